"""Takes an application along its steps: facts in, the application as it stands then and the findings out. Pure.

The steps are `rules.application.STEPS`; which facts let one be taken is decided here. An application that cannot go on
stays where it is, with the findings that say why and what to bring; only the examination and a refused identity end it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from openjpki.rules.agency import ISSUING
from openjpki.rules.application import ENDING, ApplicationEvent, step
from openjpki.rules.catalogue import find
from openjpki.rules.fees import Fee
from openjpki.rules.finding import Finding, refusals_first
from openjpki.rules.identity import about_the_holder, decide
from openjpki.rules.inquiry import Inquiry, inquiry
from openjpki.rules.kinds import Applicant, ApplicationState, ApprovalGround, CertificateKind, Procedure
from openjpki.rules.policy import Policy
from openjpki.rules.visit import Visit
from openjpki.rules.words import word

PinOutcome = Literal["matches", "set-anew", "kept", "failed"]
"""What became of a PIN: typed and right; set anew at this visit; left as it is on the card; typed and wrong, or locked."""

Typist = Literal["applicant", "clerk"]
"""Who typed a new PIN in: who came, or the clerk from the sealed form (R-6.5)."""


class OtherProcedure(ValueError):
    """A visit about something else than the application: a bug of the caller."""


class NoLetter(ValueError):
    """An application that waits for the reply to a letter of no day: a bug of the caller."""


@dataclass(frozen=True, kw_only=True)
class Application:
    """One application as far as the rules ask."""

    procedure: Procedure
    kinds: frozenset[CertificateKind]
    entered_by: str = field(default="", repr=False)
    """The officer who received it; empty where that is known elsewhere."""
    state: ApplicationState = ApplicationState.RECEIVED
    path: tuple[ApplicationEvent, ...] = ()
    """The steps it has taken."""
    applicant: Applicant = Applicant.SELF
    """Who came at last."""
    sealed: bool = False
    """Whether a sealed form with the PINs in it came with the visit that identified the holder (R-2.23 to R-2.25)."""
    inquiry_sent: date | None = None
    grounds: frozenset[ApprovalGround] = frozenset()
    """What a second person is asked for, where the municipality wants it."""
    approved_by: str = field(default="", repr=False)
    issued: frozenset[CertificateKind] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What came of facts: the application as it stands now, and what was found, why it did not go on among it."""

    application: Application
    findings: tuple[Finding, ...] = ()

    @property
    def refused(self) -> bool:
        """Say whether anything stands in the way."""
        return any(finding.severity == "refusal" for finding in self.findings)


def received(visit: Visit, *, entered_by: str = "") -> Application:
    """Return the application that a visit begins."""
    kinds = visit.kinds if visit.procedure in ISSUING else frozenset[CertificateKind]()
    return Application(procedure=visit.procedure, kinds=kinds, applicant=visit.applicant, entered_by=entered_by)


def examine(policy: Policy, application: Application, visit: Visit, *, also: Iterable[Finding] = ()) -> Taken:
    """Examine the person, the card and the certificates there are (R-1.1 to R-1.11, R-2.2 to R-2.4, R-2.15, R-3.8).

    `also`: what the registers say beside the rules about the holder, the renewal window among it. A refusal ends the
    application; what the papers lack is told with it, so that nobody is sent away twice.
    """
    _same(application, visit)
    findings = refusals_first((*about_the_holder(policy, visit), *also))
    examined = Taken(application=_move(application, ApplicationEvent.EXAMINE), findings=findings)
    if not examined.refused:
        return examined
    return refuse(examined.application, refusals_first((*findings, *decide(policy, visit).findings)))


def identify(policy: Policy, application: Application, visit: Visit) -> Taken:
    """Establish who came and by what right: at once, by letter, or not (R-2.20 to R-2.25, R-6.3, R-6.4).

    Examined, an application that can only be answered by letter stays there, and `send_inquiry` goes on; one without
    the papers is refused. After the letter a reply that does not count leaves it open: its term still runs.
    """
    _same(application, visit)
    step(application.procedure, application.state, ApplicationEvent.IDENTIFY)
    sent = application.inquiry_sent
    if visit.form == "returned" and sent is None:  # a reply to no letter of this application
        visit = replace(visit, form="none")
    if visit.form == "returned" and _letter(policy, application, visit.on).state == "lapsed":
        return look_at_letter(policy, application, on=visit.on)
    found = decide(policy, replace(visit, inquiry_sent=sent))
    answers = visit.form == "returned" and visit.form_signed and sent is not None and sent <= visit.on
    if found.route == "same_day":
        known = replace(
            application,
            applicant=visit.applicant,
            sealed=answers or (visit.form == "sealed" and visit.form_signed),
            grounds=application.grounds | _grounds(visit, answers=answers),
        )
        event = ApplicationEvent.REPLY if answers else ApplicationEvent.IDENTIFY
        return Taken(application=_move(known, event), findings=found.findings)
    if found.route == "refused" and application.state is ApplicationState.EXAMINED:
        return refuse(application, found.findings)
    return Taken(application=application, findings=found.findings)


def _grounds(visit: Visit, *, answers: bool) -> frozenset[ApprovalGround]:
    found = set()
    if answers:
        found.add(ApprovalGround.INQUIRY_REPLY)
    if visit.applicant is not Applicant.SELF:
        found.add(ApprovalGround.ACTED_FOR)
    elif not visit.pin_matches and not answers:
        found.add(ApprovalGround.NO_PIN)
    if visit.procedure is Procedure.PIN_RESET:
        found.add(ApprovalGround.PIN_RESET)
    return frozenset() if visit.procedure in ENDING else frozenset(found)


def send_inquiry(policy: Policy, application: Application, *, on: date, address_flagged: bool = False) -> Taken:
    """Post the letter to the registered address, 転送不要, if mail reaches it (R-2.24; S-15)."""
    if address_flagged:
        step(application.procedure, application.state, ApplicationEvent.SEND_INQUIRY)
        return Taken(application=application, findings=(find("inquiry.address-flagged"),))
    sent = _move(replace(application, inquiry_sent=on), ApplicationEvent.SEND_INQUIRY)
    return Taken(application=sent, findings=inquiry(policy, sent=on, on=on).findings)


def look_at_letter(policy: Policy, application: Application, *, on: date, mail_returned: bool = False) -> Taken:
    """Say where the letter stands: still open, come back by post, or lapsed; the latter two end it (R-2.24)."""
    step(application.procedure, application.state, ApplicationEvent.LAPSE)
    found = _letter(policy, application, on, mail_returned=mail_returned)
    event = {"cancelled": ApplicationEvent.RETURN_BY_POST, "lapsed": ApplicationEvent.LAPSE}.get(found.state)
    return Taken(application=_move(application, event) if event else application, findings=found.findings)


def _letter(policy: Policy, application: Application, on: date, *, mail_returned: bool = False) -> Inquiry:
    if application.inquiry_sent is None:
        raise NoLetter
    return inquiry(policy, sent=application.inquiry_sent, on=on, mail_returned=mail_returned)


def check_pins(
    application: Application, pins: Mapping[CertificateKind, PinOutcome], *, typed_by: Typist = "applicant"
) -> Taken:
    """See to the PINs of the certificates asked for: right, set anew, or kept as they are (R-2.27, R-6.3, R-6.5, R-6.7).

    One that is not named is kept. One that failed is set anew first (S-45, S-63). Who may type a new one is told apart:
    the applicant who is the holder or the legal representative, or the clerk from the sealed form; never an agent.
    """
    ready = _move(application, ApplicationEvent.CHECK_PINS)
    outcomes = {pins.get(kind, "kept") for kind in application.kinds}
    if "failed" in outcomes:
        return Taken(application=application, findings=(find("application.pin-first"),))
    if "set-anew" not in outcomes:
        return Taken(application=ready)
    if not _may_type(application, typed_by):
        return Taken(application=application, findings=(find("application.pin-by-holder"),))
    return Taken(application=replace(ready, grounds=ready.grounds | {ApprovalGround.PIN_RESET}))


def _may_type(application: Application, typed_by: Typist) -> bool:
    if typed_by == "clerk":
        return application.sealed
    return application.applicant in {Applicant.SELF, Applicant.LEGAL_REPRESENTATIVE}


def settle_fee(application: Application, fee: Fee, *, paid: int, waived: bool = False) -> Taken:
    """Settle the fee: paid to the yen, free, or waived by hand (R-4.1, R-4.2; S-18, S-27)."""
    settled = _move(application, ApplicationEvent.SETTLE_FEE)
    if waived and fee.yen:
        return Taken(application=replace(settled, grounds=settled.grounds | {ApprovalGround.FEE_WAIVED}))
    if paid != fee.yen:
        return Taken(application=application, findings=(find("application.fee-open", yen=fee.yen),))
    return Taken(application=settled)


def due_grounds(policy: Policy, application: Application) -> tuple[ApprovalGround, ...]:
    """Return on which grounds a second person of the office is asked for (R-2.27), in the vocabulary's order."""
    return tuple(
        ground for ground in ApprovalGround if ground in policy.second_person_for and ground in application.grounds
    )


def clear(policy: Policy, application: Application) -> Taken:
    """Let an application go on for which no second person is asked for; another one waits for `approve` (R-2.27)."""
    cleared = _move(application, ApplicationEvent.CLEAR)
    due = due_grounds(policy, application)
    if not due:
        return Taken(application=cleared)
    grounds_ja, grounds_en = "、".join(word(one, "ja") for one in due), ", ".join(word(one, "en") for one in due)
    finding = find("application.second-person", grounds_ja=grounds_ja, grounds_en=grounds_en)
    return Taken(application=application, findings=(finding,))


def approve(application: Application, *, by: str) -> Taken:
    """Let it go on by the approval of a second person of the office, who did not enter it (R-2.27)."""
    approved = _move(replace(application, approved_by=by), ApplicationEvent.APPROVE)
    one, other = (login.strip().casefold() for login in (application.entered_by, by))
    if not one or not other or one == other:  # who is not known is nobody else
        return Taken(application=application, findings=(find("application.same-person"),))
    return Taken(application=approved)


def issue(application: Application, kind: CertificateKind) -> Application:
    """Say that one certificate stands on the card, in force and read back (R-8.1); with the last all are issued."""
    issued = application.issued | {kind}
    done = issued >= application.kinds
    return _move(replace(application, issued=issued), ApplicationEvent.ISSUE if done else ApplicationEvent.ISSUE_PART)


def perform(application: Application) -> Application:
    """Say that what was asked and issues nothing is done (R-2.5, R-2.7, R-2.9, R-2.10)."""
    return _move(application, ApplicationEvent.PERFORM)


def hand_over(application: Application) -> Application:
    """Give the card back with what was issued (R-2.27)."""
    return _move(application, ApplicationEvent.HAND_OVER)


def withdraw(application: Application) -> Application:
    """End it by the applicant's wish."""
    return _move(application, ApplicationEvent.WITHDRAW)


def refuse(application: Application, findings: tuple[Finding, ...]) -> Taken:
    """End it with the refusals that say why and what to do instead."""
    return Taken(application=_move(application, ApplicationEvent.REFUSE), findings=findings)


def _move(application: Application, event: ApplicationEvent) -> Application:
    """Take one step of the table; raise `IllegalTransition`."""
    after = step(application.procedure, application.state, event).after
    return replace(application, state=after, path=(*application.path, event))


def _same(application: Application, visit: Visit) -> None:
    asked = visit.kinds if visit.procedure in ISSUING else frozenset[CertificateKind]()
    if visit.procedure is not application.procedure or asked != application.kinds:
        raise OtherProcedure(visit.procedure)
