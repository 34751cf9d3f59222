"""The examination of an application: pure. Facts in; the steps it takes, the findings and the fee out.

The steps are those of `rules.course`; added here is what the counter's own registers say: the card that was handed over,
the certificates there are. The order is the counter's (R-2.27): resident and card, certificates, identity, PINs, fee.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from openjpki.rules import course
from openjpki.rules.catalogue import find
from openjpki.rules.course import (
    Application,
    PinOutcome,
    Taken,
    approve,
    check_pins,
    clear,
    due_grounds,
    identify,
    settle_fee,
)
from openjpki.rules.documents import ShownDocument
from openjpki.rules.eligibility import Holder
from openjpki.rules.fees import Fee, fee
from openjpki.rules.finding import Finding, refusals_first
from openjpki.rules.identity import about_the_holder, decide
from openjpki.rules.kinds import (
    Applicant,
    Capacity,
    CardState,
    CertificateKind,
    CertificateState,
    FeeReason,
    LifeEvent,
    Power,
    Procedure,
    Residence,
)
from openjpki.rules.office import open_day_until
from openjpki.rules.policy import Policy
from openjpki.rules.renewal import renewal, renewal_window
from openjpki.rules.representation import Claim
from openjpki.rules.stay import Stay
from openjpki.rules.visit import Visit, Way
from openjpki.window.findings import found

FEE_REASON_OF: Mapping[LifeEvent, FeeReason] = {
    LifeEvent.MOVE: FeeReason.ATTRIBUTES_CHANGED,
    LifeEvent.NAME: FeeReason.ATTRIBUTES_CHANGED,
    LifeEvent.BIRTH_DATE: FeeReason.ATTRIBUTES_CHANGED,
    LifeEvent.SEX: FeeReason.ATTRIBUTES_CHANGED,
    # A person who left the register and came back: has the card free after leaving Japan.
    LifeEvent.DEATH: FeeReason.ATTRIBUTES_CHANGED,
    LifeEvent.EMIGRATION: FeeReason.ATTRIBUTES_CHANGED,
    LifeEvent.CARD_LOST: FeeReason.CARD_LOST,
    LifeEvent.CARD_RETURNED: FeeReason.CARD_LOST,
    LifeEvent.RENEWAL: FeeReason.RENEWAL,
    LifeEvent.REQUEST: FeeReason.OWN_REQUEST,
    LifeEvent.KEY_COMPROMISE: FeeReason.OWN_REQUEST,
    LifeEvent.HOLD: FeeReason.AFTER_HOLD,
}
"""What ended the last certificate → why the next one is issued, as far as the fee asks (R-4.1, R-4.2)."""

IN_KANA = "characters.in-kana"
"""The finding by which a case says that the name needs its reading."""

_LIVING = frozenset({CertificateState.VALID, CertificateState.HELD})
_NEVER_HANDED_OVER = frozenset({CertificateState.PREPARED, CertificateState.UNDELIVERED})


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What the applicant showed to be identified by. Never a PIN: only whether the card said it matched."""

    documents: tuple[ShownDocument, ...] = ()
    pin_matches: bool | None = None
    """What the agent beside the reader reported; None if no PIN was tried."""
    copies_taken: bool = False
    """Whether paper copies of the documents were taken (R-2.26)."""
    kana_agreed: bool = False
    """Whether the applicant saw the name in kana, as a certificate would carry it, and agreed (R-1.9)."""
    applicant: Applicant = Applicant.SELF
    """Who came: the holder, or the legal representative in the holder's place (R-2.20, R-2.22)."""
    power: Power | None = None
    """By what right the representative acts; the papers prove it (R-1.6)."""
    representative_documents: tuple[ShownDocument, ...] = ()
    """Those of who represents the holder, and the papers that prove the power."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """One certificate of the person's, as far as the examination asks."""

    kind: CertificateKind
    state: CertificateState
    expires: date
    event: LifeEvent | None = None
    """What ended it."""
    ended_on: date | None = None
    card_expires: date | None = None
    """The end of the card it was on."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is examined: one person on one day, in person or legally represented."""

    procedure: Procedure
    kinds: tuple[CertificateKind, ...]
    on: date
    resident: bool
    born: date = field(repr=False)
    card: CardState | None
    """The card handed over to the person; None if there is none."""
    card_expires: date | None
    own_card_shown: bool = True
    """Whether the card on the counter is that card."""
    history: tuple[Known, ...] = ()
    """The person's certificates, oldest first."""
    shown: Shown = Shown()
    waiting: str = ""
    """The receipt number of an application of the person's that waits to be issued."""
    characters: tuple[Finding, ...] = ()
    """How name and address can be written in a signature certificate (R-1.9)."""
    stay: Stay = field(default=Stay())
    """How long the person may stay in Japan (R-1.8, R-3.7)."""
    card_paid: bool = False
    """Whether a fee for this card's re-making has been settled: it covers both certificates (R-4.1)."""


@dataclass(frozen=True, kw_only=True)
class Examination:
    """What was decided, and why."""

    application: Application
    """How far it has come."""
    findings: tuple[Finding, ...]
    """Refusals first."""
    way: Way

    @property
    def refused(self) -> bool:
        """Say whether anything stands in the way."""
        return any(finding.severity == "refusal" for finding in self.findings)


@dataclass(frozen=True, kw_only=True)
class IssueExamination(Examination):
    """The same for what issues certificates: with the fee and its reason."""

    fee: Fee
    reason: FeeReason


def examine(policy: Policy, case: Case, *, authority_away: bool = False) -> IssueExamination:
    """Examine a new issue, renewal or re-issue (R-2.2 to R-2.4) of a person who came in person (R-2.20).

    `authority_away`: the authority gives no answer just now (R-4.5); what is accepted waits for it.
    """
    found = _identified(policy, case, also=(*_about_the_card(case), *_about_certificates(policy, case)))
    reason, price = _fee(policy, case)
    if not found.refused:
        found = _with(found, check_pins(found.application, _pins(case.shown)))
    if not found.refused:
        settled = settle_fee(found.application, price, paid=price.yen).application
        second_person = bool(due_grounds(policy, settled))
        taken = Taken(application=settled, findings=()) if second_person else clear(policy, settled)
        waits = "window.renewal.issue-by" if second_person else "window.renewal.finish-by" if authority_away else ""
        found = _with(
            _with(found, taken), Taken(application=taken.application, findings=_last_day(policy, case, waits))
        )
    return IssueExamination(
        application=found.application, findings=found.findings, way=found.way, fee=price, reason=reason
    )


def _last_day(policy: Policy, case: Case, code: str) -> tuple[Finding, ...]:
    """Say until when a renewal that waits can be issued: the window is that of the day of issue (R-3.3, R-3.8).

    Told is its last open day (R-4.7), or today where the office works though it is closed.
    """
    renewed = [_last(case, kind) for kind in case.kinds] if case.procedure is Procedure.RENEWAL else []
    closes = [renewal_window(policy, last.expires).closes for last in renewed if last]
    if not (code and closes):
        return ()
    return (found(code, closes=max(open_day_until(policy, min(closes)), case.on)),)


def _pins(shown: Shown) -> Mapping[CertificateKind, PinOutcome]:
    """Return what became of the PIN that is tried at the counter, the authentication PIN (R-2.27)."""
    if shown.pin_matches is None:
        return {}
    return {CertificateKind.AUTHENTICATION: "matches" if shown.pin_matches else "failed"}


def examine_ending(policy: Policy, case: Case, *, known_afresh: bool) -> Examination:
    """Examine a revocation, a report of a compromised key, or a hold: no card and no PIN is needed (R-2.5 to R-2.7).

    A PIN that was tried says who came only if the card is the person's own (R-2.20). What the counter only remembers does not stand in the way: the authority is told, and answers.
    """
    also = [] if case.resident else [find("eligibility.not-resident")]
    if case.shown.pin_matches is not None and not case.own_card_shown:
        also.append(found("window.other-card"))
    if known_afresh and not any(_alive(case, kind) for kind in case.kinds):
        also.append(found("window.ending.nothing"))
    return _cleared(policy, _identified(policy, case, also=also))


def examine_pin_reset(policy: Policy, case: Case, *, officer: str, approver: str = "") -> Examination:
    """Examine a PIN reset (R-2.10, R-6.3): residence, age and the person's own card in force, and a document.

    `approver`: the second person, where the municipality asks for one, and not the `officer` who enters it (R-2.27).
    """
    examined = _identified(policy, case, also=_about_the_card(case), officer=officer)
    if examined.refused or not (approver and due_grounds(policy, examined.application)):
        return _cleared(policy, examined)
    return _with(examined, approve(examined.application, by=approver))


def _cleared(policy: Policy, examined: Examination) -> Examination:
    return examined if examined.refused else _with(examined, clear(policy, examined.application))


def _with(examined: Examination, taken: Taken) -> Examination:
    findings = refusals_first((*examined.findings, *taken.findings))
    return replace(examined, application=taken.application, findings=findings)


def _identified(policy: Policy, case: Case, *, also: Iterable[Finding], officer: str = "") -> Examination:
    """Take the case through the examination and the identity; everything that was found is told at once."""
    visit = _visit(case)
    way = decide(policy, visit).route
    examined = course.examine(policy, course.received(visit, entered_by=officer), visit, also=also)
    if examined.refused:
        return Examination(application=examined.application, findings=examined.findings, way=way)
    identified = identify(policy, examined.application, visit)
    findings = refusals_first((*examined.findings, *identified.findings))
    return Examination(application=identified.application, findings=findings, way=way)


def _visit(case: Case) -> Visit:
    """Return the visit of the person, or of the legal representative; whose guardian came is a ward (R-1.7)."""
    shown = case.shown
    return Visit(
        procedure=case.procedure,
        applicant=shown.applicant,
        on=case.on,
        kinds=frozenset(case.kinds),
        holder=Holder(
            born=case.born,
            residence=Residence.HERE if case.resident else Residence.ELSEWHERE,
            japanese=case.stay.japanese,
            capacity=Capacity.GUARDIANSHIP if shown.power is Power.GUARDIAN else Capacity.FULL,
            card=_card_today(case),
        ),
        claim=Claim(power=shown.power) if shown.power else None,
        pin_matches=shown.pin_matches,
        documents=shown.documents,
        agent_documents=shown.representative_documents,
    )


def standing(policy: Policy, case: Case, *, unordered: Iterable[CertificateKind] = ()) -> tuple[Finding, ...]:
    """Return what must hold on every day on which something is issued: residence, card, age (R-1.1 to R-1.4).

    Of the certificates that are not ordered yet also what the procedure needs: a renewal its window (R-3.8).
    """
    about = [finding for kind in unordered for finding in _PROCEDURES[case.procedure](policy, case, kind)]
    return (*_about_the_card(case), *about_the_holder(policy, _visit(case)), *about)


def _about_the_card(case: Case) -> Iterator[Finding]:
    if case.card is None or case.card_expires is None:
        yield found("window.no-card")
    elif not case.own_card_shown:
        yield found("window.other-card")


def _card_today(case: Case) -> CardState:
    """Return the card's state: past its last day it has expired, whatever its row says (R-1.2)."""
    if case.card_expires is not None and case.card_expires < case.on:
        return CardState.EXPIRED
    return case.card or CardState.ACTIVE


def _about_certificates(policy: Policy, case: Case) -> Iterator[Finding]:
    if case.waiting:
        yield found("window.issue-waiting", receipt=case.waiting)
    if CertificateKind.SIGNATURE in case.kinds:  # the other one carries no attributes
        yield from case.characters
        if IN_KANA in {finding.code for finding in case.characters} and not case.shown.kana_agreed:
            yield found("window.kana-not-agreed")
    for kind in case.kinds:
        yield from _PROCEDURES[case.procedure](policy, case, kind)


def _new(policy: Policy, case: Case, kind: CertificateKind) -> Iterator[Finding]:
    """Issue where nothing is in force (R-2.2); on a day behind the window the label is a new issue too (CF-2)."""
    alive = _alive(case, kind)
    if alive and case.on <= renewal_window(policy, alive.expires).closes:
        yield found("window.new.in-force", expires=alive.expires)


def _renewal(policy: Policy, case: Case, kind: CertificateKind) -> Iterator[Finding]:
    """Renew what is in force, inside its window (R-2.3, R-3.8, R-7.5)."""
    last = _last(case, kind)
    renewable = last is not None and last.state in {CertificateState.VALID, CertificateState.EXPIRED}
    if last is None or not renewable:
        yield found("window.renewal.nothing")
        return
    card_expires = case.card_expires or last.expires
    japanese = case.stay.japanese
    yield from renewal(policy, expires=last.expires, card_expires=card_expires, on=case.on, japanese=japanese).findings
    yield from _cap_advice(policy, case, kind)


def _cap_advice(policy: Policy, case: Case, kind: CertificateKind) -> Iterator[Finding]:
    """Advise renewing both where the authentication certificate would cap the signature certificate (R-3.1)."""
    other = _alive(case, CertificateKind.AUTHENTICATION)
    alone = kind is CertificateKind.SIGNATURE and CertificateKind.AUTHENTICATION not in case.kinds
    if alone and other and renewal_window(policy, other.expires).contains(case.on):
        yield found("window.renew-both", expires=other.expires)


def _reissue(policy: Policy, case: Case, kind: CertificateKind) -> Iterator[Finding]:
    """Issue again, in place of one that is alive or has ended (R-2.4, R-5.22)."""
    if _last(case, kind) is None:
        yield found("window.reissue.nothing")
    alive = _alive(case, kind)
    renewable = alive is not None and alive.state is CertificateState.VALID  # a held one is never renewed
    if alive and renewable and (window := renewal_window(policy, alive.expires)).opens > case.on:
        yield found("window.reissue.loses-time", opens=window.opens)


_PROCEDURES = {Procedure.NEW: _new, Procedure.RENEWAL: _renewal, Procedure.REISSUE: _reissue}


def _last(case: Case, kind: CertificateKind) -> Known | None:
    """Return the last certificate of a kind that counts: one never handed over does not (R-5.11)."""
    return next((known for known in reversed(case.history) if known.kind is kind and _counts(known)), None)


def _counts(known: Known) -> bool:
    """Say whether a certificate was the holder's: one never handed over, or ended by no event of theirs, was not."""
    return known.state not in _NEVER_HANDED_OVER and (
        known.state is not CertificateState.REVOKED or known.event is not None
    )


def _alive(case: Case, kind: CertificateKind) -> Known | None:
    last = _last(case, kind)
    return last if last and last.state in _LIVING and last.expires >= case.on else None


def _fee(policy: Policy, case: Case) -> tuple[FeeReason, Fee]:
    """One fee covers all certificates of a visit: the highest of what each would cost (R-4.1)."""
    priced = [
        (reason, fee(policy, reason=reason, on=case.on))
        for reason in (fee_reason(policy, case, kind) for kind in case.kinds)
    ]
    return max(priced, key=lambda pair: pair[1].yen)


def fee_reason(policy: Policy, case: Case, kind: CertificateKind) -> FeeReason:
    """Return why a certificate is issued, from what became of the last one of its kind (R-1.5, R-4.1, R-4.2; S-18, S-27)."""
    last = _last(case, kind)
    if last is None:
        return FeeReason.FIRST
    window = renewal_window(policy, last.expires)
    if last.state is CertificateState.VALID and case.on <= last.expires:
        return FeeReason.RENEWAL if case.on >= window.opens else FeeReason.OWN_REQUEST
    if last.state is CertificateState.HELD:
        return FeeReason.AFTER_HOLD
    if last.event is None or last.state in {CertificateState.VALID, CertificateState.EXPIRED}:
        return FeeReason.AFTER_EXPIRY
    if last.event is LifeEvent.CARD_RETURNED and _returned_near_its_end(policy, last):
        return FeeReason.RENEWAL
    reason = FEE_REASON_OF[last.event]
    return FeeReason.FIRST if reason is FeeReason.CARD_LOST and case.card_paid else reason


def _returned_near_its_end(policy: Policy, known: Known) -> bool:
    """Say whether the card had less than three months to go: then it is re-made free of charge (R-4.1)."""
    if known.card_expires is None or known.ended_on is None:
        return False
    return renewal_window(policy, known.card_expires).contains(known.ended_on)
