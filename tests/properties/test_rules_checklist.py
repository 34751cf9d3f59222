"""What the checklist promises, held against the rules it is made of (R-2.20 to R-2.25, R-3.8, R-4.7)."""

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.checklist.checklist import Checklist, checklist
from openjpki.rules.checklist.interview import Interview
from openjpki.rules.checklist.items import Item, Thing
from openjpki.rules.checklist.papers import Whose
from openjpki.rules.dates import LAST_DAY
from openjpki.rules.documents import TABLE, DocumentKind, DocumentList, ShownDocument
from openjpki.rules.eligibility import Holder
from openjpki.rules.identity import decide
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
from openjpki.rules.office import is_open_day, open_day_from
from openjpki.rules.policy import Policy
from openjpki.rules.renewal import renewal
from openjpki.rules.representation import Claim
from openjpki.rules.visit import InquiryForm, Visit, Way

NATIONAL = Policy.preset("national")
POLICIES = st.sampled_from(
    [
        NATIONAL,
        Policy.preset("page"),
        NATIONAL.with_settings({"age_rule": "eve", "accept_via_other_municipality": "true", "notice_required": "true"}),
        NATIONAL.with_settings(
            {
                "agent_first_visit_mandate": "true",
                "inquiry_reply_holder_document": "true",
                "under15_sign_if_accompanied": "true",
                "mandate_months": "3",
                "notice_opens_window": "true",
                "window_pins": "signature,authentication",
            }
        ),
    ]
)
DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))
IDENTITY = [kind for kind, row in TABLE.items() if row.list is not DocumentList.POWER]
ALL = tuple(ShownDocument(kind=kind) for kind in DocumentKind if kind is not DocumentKind.RESIDENT_RECORD)
PROCEDURES = [*Procedure, *(one for one in Procedure if one is not Procedure.HOLD), Procedure.RENEWAL]
"""A hold, of which there is little to say, comes up less often than the others."""


def near(on: date, least: int, most: int) -> st.SearchStrategy[date]:
    """Return days around a day."""
    return st.integers(least, most).map(lambda days: on + timedelta(days=days))


@st.composite
def given_documents(draw: st.DrawFn, on: date) -> tuple[ShownDocument, ...] | None:
    """Return what somebody has: not asked, nothing, or some, in force or not, one of a kind."""
    if draw(st.booleans()):
        return None
    kinds = draw(st.lists(st.sampled_from(IDENTITY), max_size=3, unique=True))
    return tuple(ShownDocument(kind=kind, expires=draw(st.none() | near(on, -100, 400))) for kind in kinds)


ADULTS, ABOUT_15 = st.integers(16 * 366, 36_000), st.integers(15 * 365 - 400, 15 * 366 + 20)
KINDS = st.sampled_from([frozenset(CertificateKind), *(frozenset({kind}) for kind in CertificateKind)])
CLAIMS = st.builds(
    Claim,
    power=st.sampled_from(Power),
    covered=st.booleans(),
    same_household=st.booleans(),
    register_here=st.booleans(),
)


@st.composite
def holders(draw: st.DrawFn, on: date) -> Holder:
    """Return any holder; many are about 15."""
    return Holder(
        born=on - timedelta(days=draw(ADULTS | ABOUT_15)),
        residence=draw(st.sampled_from(Residence)),
        japanese=draw(st.booleans()),
        capacity=draw(st.sampled_from(Capacity)),
        card=draw(st.sampled_from(CardState)),
        face_card=draw(st.booleans()),
    )


@st.composite
def usual_holders(draw: st.DrawFn, on: date, applicant: Applicant) -> Holder:
    """Return a holder who lives here and has a card in force; one who is represented is a child or an adult ward."""
    represented = applicant is Applicant.LEGAL_REPRESENTATIVE
    ward = represented and draw(st.booleans())
    return Holder(
        born=on - timedelta(days=draw(ABOUT_15 if represented and not ward else ADULTS)),
        capacity=Capacity.GUARDIANSHIP if ward else Capacity.FULL,
    )


@st.composite
def interviews(draw: st.DrawFn) -> Interview:
    """Return any answers that go together."""
    on = draw(DAYS)
    applicant = draw(st.sampled_from(Applicant))
    procedure = draw(st.sampled_from(PROCEDURES))
    represented = applicant is Applicant.LEGAL_REPRESENTATIVE and procedure is not Procedure.HOLD
    holder = draw(usual_holders(on, applicant) | usual_holders(on, applicant) | holders(on))
    ward = holder.capacity is Capacity.GUARDIANSHIP
    right = Claim(power=Power.GUARDIAN if ward else Power.PARENT, same_household=draw(st.booleans()))
    end = near(on, -40, 300)
    ends = end if procedure is Procedure.RENEWAL else st.none() | end
    both = draw(ends)
    return Interview(
        procedure=procedure,
        applicant=applicant,
        on=on,
        kinds=draw(KINDS),
        holder=holder,
        claim=draw(st.just(right) | CLAIMS) if represented else None,
        accompanied=draw(st.booleans()),
        signature_expires=both,
        authentication_expires=draw(st.just(both) | ends),
        card_expires=draw(st.none() | near(on, 1, 3000) | near(on, -20, 300)),
        unknown_pins=draw(st.frozensets(st.sampled_from(PinKind))),
        knows_pins=draw(st.booleans()),
        changed_pins=draw(st.frozensets(st.sampled_from(PinKind))),
        documents=draw(given_documents(on)),
        agent_documents=draw(given_documents(on)),
        notice=draw(st.booleans()),
        form=draw(st.sampled_from(["none", "sealed", "opened", "returned"])),
        form_until=draw(st.none() | near(on, -10, 200)),
        inquiry_sent=draw(st.none() | near(on, -60, 0)),
        address_flagged=draw(st.sampled_from([*5 * [False], True])),
        move_report=draw(st.booleans()),
        card_items_change=draw(st.sampled_from([False, False, True])),
    )


FORMS: dict[Thing, InquiryForm] = {
    Thing.FORM: "sealed",
    Thing.SEALED_MANDATE: "sealed",
    Thing.REPLY: "returned",
}


def shown(
    interview: Interview, items: Sequence[Item], chosen: Sequence[DocumentKind], whose: Whose
) -> list[ShownDocument]:
    """Return the documents of somebody: what was given of the kind, or a good one."""
    had = interview.documents if whose is Whose.HOLDER else interview.agent_documents
    return [
        document
        for item, kind in zip(items, chosen, strict=True)
        if item.whose is whose
        for document in [one for one in had or () if one.kind is kind] or [ShownDocument(kind=kind)]
    ]


def went(
    policy: Policy,
    interview: Interview,
    on: date,
    items: Sequence[Item],
    chosen: Sequence[DocumentKind],
    *,
    second: bool,
) -> Way:
    """Return the route of who comes on a day with some items, a kind chosen for each document."""
    documents = [item for item in items if item.kinds]
    forms = {item.thing: FORMS[item.thing] for item in items if item.thing in FORMS}
    if DocumentKind.MOVE_REPORT not in chosen:
        forms.pop(Thing.SEALED_MANDATE, None)
    in_hand = not second and interview.form == "returned"
    visit = Visit(
        procedure=interview.procedure,
        applicant=interview.applicant,
        on=on,
        kinds=interview.kinds,
        holder=interview.holder_on(on),
        claim=interview.claim,
        accompanied=interview.accompanied,
        pin_matches=interview.pin_matches(policy),
        documents=tuple(shown(interview, documents, chosen, Whose.HOLDER)),
        agent_documents=tuple(shown(interview, documents, chosen, Whose.APPLICANT)),
        form=next(iter(forms.values()), "none"),
        form_until=None if second else interview.form_until,
        inquiry_sent=interview.inquiry_sent if in_hand else on,
        address_flagged=interview.address_flagged,
        card_items_change=interview.card_items_change,
    )
    if interview.procedure is Procedure.RENEWAL:
        card = interview.card_expires or LAST_DAY
        for end in interview.ends().values():
            assert renewal(policy, expires=end, card_expires=card, on=on, notice=interview.notice).open
    return decide(policy, visit).route


def promised(found: Checklist, number: int) -> Way:
    """Return the route of a visit: the letter comes after the first of two."""
    return "inquiry" if found.means == "two_visits" and number == 0 else "same_day"


@st.composite
def choices(draw: st.DrawFn, items: Sequence[Item]) -> tuple[DocumentKind, ...]:
    """Choose a kind for every document; one that has to be another is another than that person's before."""
    chosen: list[tuple[Whose, DocumentKind]] = []
    for item in items:
        if item.kinds:
            free = [kind for kind in item.kinds if not item.another or (item.whose, kind) not in chosen]
            chosen.append((item.whose, draw(st.sampled_from(free))))
    return tuple(kind for _, kind in chosen)


@given(policy=POLICIES, interview=interviews(), data=st.data())
def test_who_brings_what_is_listed_is_served_as_promised(
    policy: Policy, interview: Interview, data: st.DataObject
) -> None:
    """R-2.20 to R-2.25, R-3.8; S-13 to S-16: on every open day of the window, with any choice among the alternatives."""
    found = checklist(policy, interview)
    if found.first_open_day is None or found.means == "telephone":
        return
    last = found.last_open_day or found.first_open_day + timedelta(days=2000)
    day = open_day_from(policy, data.draw(st.dates(found.first_open_day, last)))
    days = {found.first_open_day, last if is_open_day(policy, last) else found.first_open_day, min(day, last)}
    for number, items in enumerate(found.visits):
        brought = [item for item in items if item.required]
        chosen = data.draw(choices(brought))
        for on in sorted(days):
            if is_open_day(policy, on):
                assert went(policy, interview, on, brought, chosen, second=number == 1) == promised(found, number)


@given(policy=POLICIES, interview=interviews(), data=st.data())
def test_no_paper_is_asked_for_in_vain(policy: Policy, interview: Interview, data: st.DataObject) -> None:
    """R-2.20 to R-2.25: without any one of the papers that are required the route is another one."""
    found = checklist(policy, interview)
    for number, items in enumerate(found.visits):
        assert found.first_open_day is not None
        brought = [item for item in items if item.required]
        chosen = data.draw(choices(brought))
        documents = [item for item in brought if item.kinds]
        for left in brought:
            if left.thing in {Thing.CARD, Thing.NOTICE}:
                continue
            rest = [item for item in brought if item is not left]
            kinds = [kind for item, kind in zip(documents, chosen, strict=True) if item is not left]
            way = went(policy, interview, found.first_open_day, rest, kinds, second=number == 1)

            assert way != promised(found, number), left


@given(policy=POLICIES, interview=interviews())
def test_open_days_are_open_and_in_the_window(policy: Policy, interview: Interview) -> None:
    """R-3.8, R-4.4, R-4.7: from the interview on, up to the last day; the first open day is the first, the last the last."""
    found = checklist(policy, interview)
    if found.opens is None or found.means == "telephone":
        return
    assert found.first_open_day == open_day_from(policy, found.opens)
    assert interview.on <= found.opens
    assert (found.closes is None) is (found.last_open_day is None)
    if found.closes is not None and found.last_open_day is not None:
        assert found.first_open_day <= found.last_open_day <= found.closes
        assert is_open_day(policy, found.last_open_day)
        between = (found.closes - found.last_open_day).days
        assert not any(is_open_day(policy, found.closes - timedelta(days=days)) for days in range(between))
    if interview.procedure is Procedure.RENEWAL:
        assert found.closes is not None
        assert found.closes <= min(interview.ends().values())


@given(policy=POLICIES, interview=interviews())
def test_there_is_a_way_or_something_instead(policy: Policy, interview: Interview) -> None:
    """R-1.6, R-2.4; S-09, S-30, S-36, S-58: nobody is left without a word, and what is proposed is served when it is said."""
    found = checklist(policy, interview)

    assert found.means != "not" or found.instead
    for other in found.instead:
        assert all(finding.bring_ja and finding.bring_en for finding in other.findings)
        if other.interview is not None:
            served = checklist(policy, other.interview)
            assert served.means != "not"
            assert served.first_open_day == other.opens


@given(policy=POLICIES, interview=interviews())
def test_nothing_would_have_been_served_before(policy: Policy, interview: Interview) -> None:
    """R-1.3, R-3.8; S-33: where it opens later than today, nobody is served on an open day before, whatever they bring."""
    found = checklist(policy, interview)
    if found.opens is None or found.means == "telephone":
        return
    for days in range(1, 8):
        before = found.opens - timedelta(days=days)
        if before >= interview.on and is_open_day(policy, before):
            had = {
                whose: interview.documents if whose is Whose.HOLDER else interview.agent_documents for whose in Whose
            }
            own, agent = (ALL if had[whose] is None else had[whose] or () for whose in Whose)
            powers = tuple(one for one in ALL if TABLE[one.kind].list is DocumentList.POWER)
            visit = interview.visit(policy, before, own=own, agent=(*agent, *powers))
            card = interview.card_expires or LAST_DAY
            closed = interview.procedure is Procedure.RENEWAL and not all(
                renewal(policy, expires=end, card_expires=card, on=before, notice=interview.notice).open
                for end in interview.ends().values()
            )

            assert closed or decide(policy, visit).route == "refused"
