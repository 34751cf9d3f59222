"""Who may, who acts, with which papers: what holds for every visit (R-1.1 to R-1.11, R-2.20 to R-2.25, R-6.3 to R-6.6)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.catalogue import CATALOGUE
from openjpki.rules.dates import JST, day_of_age, months_after
from openjpki.rules.documents import DocumentKind, ShownDocument, examine
from openjpki.rules.eligibility import ABROAD_SINCE, Holder, may_have
from openjpki.rules.face_card import face_card_switch
from openjpki.rules.family import decide_together
from openjpki.rules.finding import Finding
from openjpki.rules.identity import decide
from openjpki.rules.inquiry import inquiry
from openjpki.rules.kinds import (
    Applicant,
    Capacity,
    CardState,
    CertificateKind,
    PinKind,
    Power,
    Procedure,
    Residence,
)
from openjpki.rules.pin_reset import kiosk_reset
from openjpki.rules.policy import Policy
from openjpki.rules.representation import Claim, powers_over
from openjpki.rules.visit import Visit

NATIONAL = Policy.preset("national")
POLICIES = st.sampled_from(
    [
        NATIONAL,
        Policy.preset("page"),
        NATIONAL.with_settings({"age_rule": "eve", "accept_via_other_municipality": "true"}),
        NATIONAL.with_settings(
            {
                "agent_first_visit_mandate": "true",
                "inquiry_reply_holder_document": "true",
                "ward_sign_if_accompanied": "true",
                "under15_sign_if_accompanied": "true",
                "mandate_months": "3",
                "family_register_certificate_months": "6",
            }
        ),
    ]
)
ISSUING = (Procedure.NEW, Procedure.RENEWAL, Procedure.REISSUE)
DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))
NEAR = st.integers(-400, 400).map(timedelta)
KINDS = st.frozensets(st.sampled_from(CertificateKind))


@st.composite
def _papers(draw: st.DrawFn, on: date) -> tuple[ShownDocument, ...]:
    """Return some documents, in force or not."""
    days = st.none() | NEAR.map(lambda shift: on + shift)
    shown = st.builds(ShownDocument, kind=st.sampled_from(DocumentKind), expires=days, issued=days)
    return tuple(draw(st.lists(shown, max_size=5)))


@st.composite
def _holders(draw: st.DrawFn, on: date) -> Holder:
    """Return a holder of any age and standing; many are about 15."""
    ages = st.integers(0, 36_000) | st.integers(15 * 365 - 20, 15 * 366 + 20)
    return Holder(
        born=on - timedelta(days=draw(ages)),
        residence=draw(st.sampled_from(Residence)),
        japanese=draw(st.booleans()),
        capacity=draw(st.sampled_from(Capacity)),
        card=draw(st.sampled_from(CardState)),
        face_card=draw(st.booleans()),
    )


@st.composite
def visits(draw: st.DrawFn) -> Visit:
    """Return any visit: with or without a person, a claim, documents, forms and faults."""
    on = draw(DAYS)
    holder = draw(st.none() | _holders(on))
    claims = st.builds(
        Claim,
        power=st.sampled_from(Power),
        covered=st.booleans(),
        same_household=st.booleans(),
        register_here=st.booleans(),
    )
    return Visit(
        procedure=draw(st.sampled_from(Procedure)),
        applicant=draw(st.sampled_from(Applicant)),
        on=on,
        kinds=draw(KINDS),
        holder=holder,
        claim=draw(st.none() | claims) if holder else None,
        accompanied=draw(st.booleans()),
        pin_matches=draw(st.none() | st.booleans()),
        documents=draw(_papers(on)),
        agent_documents=draw(_papers(on)),
        form=draw(st.sampled_from(["none", "sealed", "opened", "returned"])),
        form_signed=draw(st.booleans()),
        form_until=draw(st.none() | NEAR.map(lambda shift: on + shift)),
        inquiry_sent=draw(st.none() | st.integers(0, 60).map(lambda days: on - timedelta(days=days))),
        address_flagged=draw(st.booleans()),
        certificate_expired=draw(st.booleans()),
        card_items_change=draw(st.booleans()),
    )


Remedy = Callable[[Policy, Visit], Visit]


def _shows(kind: DocumentKind) -> Remedy:
    """The holder brings a document that is new today."""
    return lambda _, visit: replace(visit, documents=(*visit.documents, ShownDocument(kind=kind, issued=visit.on)))


def _agent_shows(*kinds: DocumentKind) -> Remedy:
    """Who acts brings documents that are new today."""

    def remedy(_: Policy, visit: Visit) -> Visit:
        papers = (ShownDocument(kind=kind, issued=visit.on) for kind in kinds)
        return replace(visit, agent_documents=(*visit.agent_documents, *papers))

    return remedy


def _replies(_: Policy, visit: Visit) -> Visit:
    """The holder has filled in, signed and sealed the reply to the letter that was sent."""
    return replace(visit, form="returned", form_signed=True, inquiry_sent=visit.on)


def _seals(_: Policy, visit: Visit) -> Visit:
    return replace(visit, form="sealed", form_signed=True)


def _signs(_: Policy, visit: Visit) -> Visit:
    return replace(visit, form_signed=True)


def _comes(_: Policy, visit: Visit) -> Visit:
    """The holder comes in person with a document."""
    papers = (*visit.documents, ShownDocument(kind=DocumentKind.PASSPORT, issued=visit.on))
    return replace(visit, applicant=Applicant.SELF, claim=None, documents=papers)


def _is_represented(policy: Policy, visit: Visit) -> Visit:
    """The legal representative comes, with a document and the proof of power."""
    holder = visit.holder
    assert holder is not None
    power = min(powers_over(policy, holder, visit.on), key=lambda power: power.value)
    papers = (
        DocumentKind.PASSPORT,
        DocumentKind.FAMILY_REGISTER_CERTIFICATE,
        DocumentKind.GUARDIANSHIP_CERTIFICATE,
    )
    represented = replace(visit, applicant=Applicant.LEGAL_REPRESENTATIVE, claim=Claim(power=power))
    return _agent_shows(*papers)(policy, represented)


def _with_holder(change: Callable[[Holder], Holder]) -> Remedy:
    def remedy(_: Policy, visit: Visit) -> Visit:
        assert visit.holder is not None
        return replace(visit, holder=change(visit.holder))

    return remedy


def _applies_where_they_live(holder: Holder) -> Holder:
    abroad = holder.residence is Residence.ABROAD_ELSEWHERE
    return replace(holder, residence=Residence.ABROAD_HERE if abroad else Residence.HERE)


_NEW_CARD = _with_holder(lambda holder: replace(holder, card=CardState.ACTIVE))
_ORDINARY_CARD = _with_holder(lambda holder: replace(holder, face_card=False))
_WHERE_THEY_LIVE = _with_holder(_applies_where_they_live)

REMEDIES: Mapping[str, Remedy] = {
    "eligibility.not-resident": _WHERE_THEY_LIVE,
    "eligibility.moved-out": _WHERE_THEY_LIVE,
    "eligibility.abroad-other-municipality": _WHERE_THEY_LIVE,
    "eligibility.abroad-nationality": _with_holder(lambda holder: replace(holder, residence=Residence.HERE)),
    "eligibility.abroad-not-yet": lambda _, visit: replace(visit, on=ABROAD_SINCE),
    "eligibility.card-expired": _NEW_CARD,
    "eligibility.card-suspended": _NEW_CARD,
    "eligibility.card-abolished": _NEW_CARD,
    "eligibility.juki-card": _NEW_CARD,
    "eligibility.face-card": _ORDINARY_CARD,
    "eligibility.face-card-no-pin": _ORDINARY_CARD,
    "eligibility.ward_or_under15_principle": lambda _, visit: replace(
        visit, kinds=frozenset({CertificateKind.AUTHENTICATION})
    ),
    "representative.needed": _is_represented,
    "representative.other-power": _is_represented,
    "representative.acts-alone": _comes,
    "representative.not-covered": _comes,
    "representative.family-register": _agent_shows(DocumentKind.FAMILY_REGISTER_CERTIFICATE),
    "representative.guardianship-certificate": _agent_shows(DocumentKind.GUARDIANSHIP_CERTIFICATE),
    "representative.power": _agent_shows(DocumentKind.FAMILY_REGISTER_CERTIFICATE),
    "representative.photo-id": _agent_shows(DocumentKind.PASSPORT),
    "representative.two-documents": _agent_shows(DocumentKind.PASSPORT, DocumentKind.PENSION_BOOK),
    "agent.photo-id": _agent_shows(DocumentKind.DRIVERS_LICENCE),
    "agent.id": _agent_shows(DocumentKind.PENSION_BOOK),
    "agent.mandate": _agent_shows(DocumentKind.MANDATE),
    "agent.holder-document": _shows(DocumentKind.STUDENT_ID),
    "agent.two-visits": _replies,
    "agent.pin-mismatch": _replies,
    "agent.certificate-expired": _replies,
    "agent.card-items-change": _replies,
    "agent.form-lapsed": _replies,
    "agent.unsealed": _seals,
    "agent.unsigned": _signs,
    "identity.inquiry": _replies,
    "identity.pin-must-match": _replies,
    "identity.reply-unsigned": _signs,
    "identity.reset-needs-document": _shows(DocumentKind.PASSPORT),
    "inquiry.address-flagged": lambda _, visit: replace(visit, address_flagged=False),
}
"""What each refusal says to bring or to do, done."""


def _refusals(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "refusal"]


def test_every_refusal_of_a_visit_has_a_remedy() -> None:
    """R-2.20 to R-2.25: no refusal about the person, the representative, the agent or the identity is a dead end."""
    about_visits = {"eligibility", "representative", "agent", "identity", "household"}
    refusals = {
        code
        for code, finding in CATALOGUE.items()
        if finding.severity == "refusal" and code.partition(".")[0] in about_visits
    }

    assert refusals | {"inquiry.address-flagged"} == set(REMEDIES)


@given(policy=POLICIES, visit=visits())
def test_following_the_advice_leads_to_acceptance(policy: Policy, visit: Visit) -> None:
    """R-1.1 to R-2.25, R-6.3, R-6.4: who does what each refusal says is served at last, whatever they began with."""
    told: list[list[str]] = []
    found = decide(policy, visit)
    while found.route != "same_day" and len(told) < 8:
        told.append([finding.code for finding in _refusals(found.findings)])
        for code in told[-1]:
            visit = REMEDIES[code](policy, visit)
        found = decide(policy, visit)

    assert found.route == "same_day", told


@given(policy=POLICIES, visit=visits())
def test_what_stands_in_the_way_is_said(policy: Policy, visit: Visit) -> None:
    """R-2.20 to R-2.25: not on the same day if and only if a refusal says why, and each says what to do, in both languages."""
    found = decide(policy, visit)
    refusals = _refusals(found.findings)

    assert (found.route == "same_day") is not bool(refusals)
    for finding in found.findings:
        assert not {"{", "}"} & set(finding.ja + finding.en + finding.bring_ja + finding.bring_en)
    assert all(finding.bring_ja and finding.bring_en for finding in refusals)
    assert found.findings[: len(refusals)] == tuple(refusals)


@given(policy=POLICIES, visit=visits())
def test_an_agent_without_the_sealed_paper_is_never_served_at_once(policy: Policy, visit: Visit) -> None:
    """R-2.23 to R-2.25; S-16, S-54: neither an agent nor the household, but for a revocation or a hold."""
    for applicant in (Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD):
        for form in ("none", "opened"):
            tried = replace(visit, applicant=applicant, form=form)
            asks_no_form = visit.procedure in {Procedure.REVOCATION, Procedure.HOLD}

            assert asks_no_form or decide(policy, tried).route != "same_day"


@given(visit=visits(), procedure=st.sampled_from(ISSUING), days=st.integers(1, 15 * 365))
def test_nobody_under_15_gets_a_signature_certificate(visit: Visit, procedure: Procedure, days: int) -> None:
    """R-1.3, R-1.4, R-1.7; S-08: under the default policy, whoever comes, with whatever papers; up to the day before."""
    born = visit.on - timedelta(days=15 * 365 - days)
    child = replace(visit.holder or Holder(born=born), born=born)
    asked = visit.kinds | {CertificateKind.SIGNATURE}

    assert visit.on < day_of_age(born, 15, NATIONAL)
    assert decide(NATIONAL, replace(visit, procedure=procedure, holder=child, kinds=asked)).route == "refused"


@given(visit=visits(), procedure=st.sampled_from(ISSUING))
def test_no_ward_gets_a_signature_certificate(visit: Visit, procedure: Procedure) -> None:
    """R-1.7, CF-6; S-08: the same for an adult ward."""
    ward = replace(visit.holder or Holder(born=date(1950, 1, 1)), capacity=Capacity.GUARDIANSHIP)
    asked = visit.kinds | {CertificateKind.SIGNATURE}

    assert decide(NATIONAL, replace(visit, procedure=procedure, holder=ward, kinds=asked)).route == "refused"


@given(policy=POLICIES, visit=visits(), kind=st.sampled_from(DocumentKind))
def test_another_good_document_never_harms(policy: Policy, visit: Visit, kind: DocumentKind) -> None:
    """R-2.20 to R-2.22: who is served is served with one document more, and the order of the documents is nothing."""
    more = ShownDocument(kind=kind, issued=visit.on)
    richer = replace(
        visit, documents=(more, *visit.documents[::-1]), agent_documents=(more, *visit.agent_documents[::-1])
    )

    assert decide(policy, visit).route != "same_day" or decide(policy, richer).route == "same_day"


@given(born=st.dates(date(1930, 1, 1), date(2030, 1, 1)), capacity=st.sampled_from(Capacity), on=DAYS)
def test_from_15_all_but_wards_may(born: date, capacity: Capacity, on: date) -> None:
    """R-1.3, R-1.6: a resident with a card in force: from the 15th birthday on both certificates, unless an adult ward."""
    found = may_have(NATIONAL, Holder(born=born, capacity=capacity), kind=CertificateKind.SIGNATURE, on=on)
    old_enough = on >= day_of_age(born, 15, NATIONAL)

    assert found.eligible is (old_enough and capacity is not Capacity.GUARDIANSHIP)


@given(issued=DAYS, months=st.integers(1, 120))
def test_the_term_of_a_paper_has_a_last_day(issued: date, months: int) -> None:
    """R-2.22: a paper counts through the corresponding day of its last month, and not on the next."""
    policy = NATIONAL.with_settings({"guardianship_certificate_months": str(months)})
    shown = [ShownDocument(kind=DocumentKind.GUARDIANSHIP_CERTIFICATE, issued=issued)]
    last = months_after(issued, months)

    assert examine(policy, shown, last).counted
    assert not examine(policy, shown, last + timedelta(days=1)).counted


@given(sent=DAYS, days=st.integers(0, 60), later=st.integers(0, 120))
def test_an_inquiry_is_open_to_its_last_day(sent: date, days: int, later: int) -> None:
    """R-2.24: open if and only if the day is not after the last one; never before it was sent plus its days."""
    policy = NATIONAL.with_settings({"inquiry_reply_days": str(days)})
    on = sent + timedelta(days=later)
    found = inquiry(policy, sent=sent, on=on)

    assert found.until >= sent + timedelta(days=days)
    assert (found.state == "open") is (on <= found.until)


@given(policy=POLICIES, visit=visits(), shown=DAYS.flatmap(_papers), others=st.lists(visits(), max_size=3))
def test_a_family_is_routed_as_its_members_are(
    policy: Policy, visit: Visit, shown: tuple[ShownDocument, ...], others: list[Visit]
) -> None:
    """R-2.20: nobody is identified by another's documents: who acts alone is routed as if alone."""
    members = {"came": visit, **{str(number): other for number, other in enumerate(others)}}
    found = decide_together(policy, members, came="came", shown=shown)

    assert list(found.routes) == list(members)
    for name, member in members.items():
        if name != "came" and member.applicant is Applicant.SELF:
            assert found.routes[name] == decide(policy, member)


@given(policy=POLICIES, visit=visits(), to_face=st.booleans())
def test_a_switch_says_what_stands_in_its_way(policy: Policy, visit: Visit, to_face: bool) -> None:  # noqa: FBT001  -- drawn by the property
    """R-1.11: a switch is free, and not done only where a refusal says why."""
    found = face_card_switch(policy, visit, direction="to-face" if to_face else "to-pin")

    assert found.yen == 0
    assert (found.route == "same_day") is not bool(_refusals(found.findings))


@given(
    pin=st.sampled_from(PinKind),
    known=st.frozensets(st.sampled_from(PinKind)),
    in_force=KINDS,
    ago=st.none() | st.integers(-3600, 200_000),
    at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001  -- the zone is set below
)
def test_a_kiosk_helps_or_says_where_to_go(
    pin: PinKind,
    known: frozenset[PinKind],
    in_force: frozenset[CertificateKind],
    ago: int | None,
    at: datetime,
) -> None:
    """R-6.6: at a kiosk at once, or after what is said is done; else at the window, where a document is enough (R-6.3)."""
    moment = at.replace(tzinfo=JST)
    applied = None if ago is None else moment - timedelta(seconds=ago)
    found = kiosk_reset(NATIONAL, pin=pin, known=known, in_force=in_force, applied=applied, at=moment)
    noon = moment.replace(hour=12)
    later = kiosk_reset(NATIONAL, pin=pin, known=known, in_force=in_force, applied=noon, at=noon)
    window = Visit(
        procedure=Procedure.PIN_RESET,
        applicant=Applicant.SELF,
        on=moment.date(),
        documents=(ShownDocument(kind=DocumentKind.PASSPORT),),
    )

    assert (found.place == "kiosk") is not bool(_refusals(found.findings))
    assert later.place == ("window" if found.place == "window" else "kiosk")
    assert decide(NATIONAL, window).route == "same_day"
