"""What to bring and which PINs to know, one thing a line (R-2.20 to R-2.25, R-6.1, R-6.7; S-39 to S-56)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, unique

from openjpki.rules.agency import ISSUING
from openjpki.rules.checklist.days import Days, replied, second_visit
from openjpki.rules.checklist.interview import Interview
from openjpki.rules.checklist.papers import Choice, Plan, Whose, choices, form_of, plan
from openjpki.rules.dates import LAST_DAY
from openjpki.rules.documents import TABLE, DocumentKind, DocumentList, greatest_age_months
from openjpki.rules.kinds import Applicant, FeeReason, PinKind, Procedure
from openjpki.rules.policy import Policy
from openjpki.rules.visit import InquiryForm


@unique
class Thing(Enum):
    """What lies on the counter."""

    CARD = "card"
    NOTICE = "notice"
    """有効期限通知書."""
    DOCUMENT = "document"
    """An identity document, or a paper that proves a power."""
    FORM = "form"
    """The 照会書兼回答書 that came with the notice, signed, PINs inside, sealed."""
    SEALED_MANDATE = "sealed-mandate"
    """The 委任状 of a household that moves, signed, PINs inside, sealed."""
    REPLY = "reply"
    """The 照会書兼回答書 that the window sent, signed, PINs inside, sealed."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line of the list: a thing, any one of some kinds of document, and which rules ask for it."""

    thing: Thing
    whose: Whose
    rules: tuple[str, ...]
    """The R- and S-numbers that ask for it."""
    kinds: tuple[DocumentKind, ...] = ()
    """Any one of them will do."""
    required: bool = True
    """False: asked for, or good to have, but nobody is sent away for want of it."""
    another: bool = False
    """Whether it has to be of another kind than the identity document of the same person before it."""
    months: int = 0
    """Months from its day of issue for which it counts; 0 = no term."""

    @property
    def identity(self) -> bool:
        """Say whether it is an identity document, which has to be in force (S-59)."""
        return any(TABLE[kind].list is not DocumentList.POWER for kind in self.kinds)


@dataclass(frozen=True, kw_only=True)
class Pin:
    """One PIN: to be remembered, to be thought of anew, or, where it is changed, both."""

    kind: PinKind
    remember: bool
    think_of: bool
    rules: tuple[str, ...]


_CARD: Mapping[Applicant, tuple[str, ...]] = {
    Applicant.SELF: ("R-1.2", "R-2.20", "S-39"),
    Applicant.LEGAL_REPRESENTATIVE: ("R-1.2", "R-2.22"),
    Applicant.VOLUNTARY_AGENT: ("R-1.2", "R-2.23", "S-48"),
    Applicant.HOUSEHOLD: ("R-1.2", "R-2.23", "S-48"),
}
GONE = frozenset({FeeReason.CARD_LOST, FeeReason.CARD_STOLEN})
"""The reasons for which there is no old card to bring."""
_FORMS: Mapping[Thing, tuple[str, ...]] = {
    Thing.FORM: ("R-2.23", "S-51", "S-52", "S-53", "S-54"),
    Thing.SEALED_MANDATE: ("R-2.25",),
    Thing.REPLY: ("R-2.24", "S-15"),
}


def visits(policy: Policy, interview: Interview, found: Days) -> tuple[tuple[Item, ...], ...]:
    """Return what to bring to each visit: one, or two with the inquiry letter between them (R-2.20 to R-2.25)."""
    spread = (found.first_open_day, found.last_open_day or LAST_DAY)
    first = _visit(policy, interview, spread, found.plan, form_of(interview))
    if found.plan.way == "same_day":
        return ((*first, *_to_be_sure(policy, interview, spread)),)
    second = second_visit(policy, interview, found.first_open_day)
    return (first, _visit(policy, replied(interview), spread, second, "returned"))


def _visit(
    policy: Policy, interview: Interview, spread: Sequence[date], found: Plan, form: InquiryForm
) -> tuple[Item, ...]:
    papers = choices(policy, interview, spread, found, form=form)
    return (*_always(policy, interview), *_items(policy, interview, papers, form))


def _always(policy: Policy, interview: Interview) -> Iterator[Item]:
    """Return the card, which the routes take for granted, and the notice, unless it was lost (R-1.2, R-2.20, R-7.1; S-39, S-40, S-48, S-50).

    Nobody brings a card that is gone; the new one lies at the counter. For a revocation, which asks for no card (R-2.5), it
    is brought if it is there; a PIN is tried on it (R-2.20).
    """
    required = interview.procedure is not Procedure.REVOCATION or bool(interview.pins(policy))
    if interview.reason not in GONE:
        yield Item(
            thing=Thing.CARD,
            whose=Whose.HOLDER,
            rules=_CARD[interview.applicant] if required else ("R-2.5",),
            required=required,
        )
    if interview.procedure is Procedure.RENEWAL:
        sentence = "S-40" if interview.applicant is Applicant.SELF else "S-50"
        required = policy.notice_required
        yield Item(thing=Thing.NOTICE, whose=Whose.HOLDER, rules=("R-7.1", sentence), required=required)


def _items(policy: Policy, interview: Interview, papers: Sequence[Choice], form: InquiryForm) -> Iterator[Item]:
    """Return the form, the powers, then the identities, the ones with fewer choices first."""
    shown: set[Whose] = set()
    for paper in sorted(papers, key=lambda paper: len(paper.documents)):
        if not paper.documents:
            thing = Thing.REPLY if form == "returned" else Thing.FORM
            thing = Thing.SEALED_MANDATE if form == "sealed" and interview.form != "sealed" else thing
            yield Item(thing=thing, whose=Whose.HOLDER, rules=_FORMS[thing])
            continue
        item = _document(policy, paper)
        yield replace(item, another=item.identity and item.whose in shown)
        shown |= {item.whose} if item.identity else set()


def _document(policy: Policy, paper: Choice) -> Item:
    cited = (number for finding in paper.missing for number in (finding.rule, finding.sentence))
    kinds = tuple(dict.fromkeys(document.kind for document in paper.documents))
    item = Item(
        thing=Thing.DOCUMENT,
        whose=paper.whose,
        rules=tuple(dict.fromkeys(filter(None, cited))),
        kinds=kinds,
        months=greatest_age_months(policy, kinds[0]),
    )
    return replace(item, rules=tuple(dict.fromkeys((*item.rules, "R-2.21", "S-59")))) if item.identity else item


def _to_be_sure(policy: Policy, interview: Interview, spread: Sequence[date]) -> Iterator[Item]:
    """Return what is needed for a PIN: in case that of a holder does not match, and to have one set anew (R-6.3, R-6.4; S-43, S-44).

    Without it a holder comes twice, and a legal representative gets the certificate without the PIN. To have the stop of a
    card lifted a document is shown in any case (R-2.8).
    """
    if interview.applicant is Applicant.LEGAL_REPRESENTATIVE:
        yield from _for_a_reset(policy, interview, spread)
        return
    if interview.applicant is not Applicant.SELF or not interview.pin_matches(policy):
        return
    doubtful = replace(interview, unknown_pins=frozenset(PinKind))
    papers = choices(policy, doubtful, spread, plan(policy, doubtful, spread[0]))
    for item in _items(policy, doubtful, papers, form_of(doubtful)):
        if interview.reason is FeeReason.AFTER_HOLD and item.identity:
            yield replace(item, rules=("R-2.8", "R-2.21", "S-59"))
        else:
            yield replace(item, required=False, rules=("R-6.3", "S-43", "S-44") if item.identity else item.rules)


def _for_a_reset(policy: Policy, interview: Interview, spread: Sequence[date]) -> Iterator[Item]:
    """Return the second document of a legal representative who has a PIN set anew on the way (R-2.22, R-6.4)."""
    if interview.procedure not in ISSUING or not interview.unknown(policy):
        return
    resets = replace(interview, procedure=Procedure.PIN_RESET, reason=None)
    papers = choices(policy, resets, spread, plan(policy, resets, spread[0]))
    for item in _items(policy, resets, papers, form_of(resets)):
        if item.another:
            yield replace(item, required=False, rules=("R-2.22", "R-6.4"))


def pins(policy: Policy, interview: Interview) -> tuple[Pin, ...]:
    """Return the PINs to know or to think of (R-6.1, R-6.3, R-6.5, R-6.7, R-8.1; S-41 to S-43, S-53, S-61, CF-13)."""
    lost, fresh = interview.unknown(policy), interview.fresh(policy)
    changing = interview.procedure is Procedure.PIN_CHANGE
    present = _IDENTIFYING if interview.procedure is Procedure.REVOCATION else _PRESENT
    return tuple(
        Pin(
            kind=kind,
            remember=kind not in lost | fresh,
            think_of=changing or kind in lost | fresh,
            rules=_LOST if kind in lost else _FIRST if kind in fresh else present,
        )
        for kind in interview.pins(policy)
        if kind not in interview.left_as_they_are(policy)
    )


_PRESENT, _LOST = ("R-6.1", "R-6.7", "S-41", "S-42"), ("R-6.1", "R-6.3", "S-43", "S-61")
_FIRST, _IDENTIFYING = ("R-6.1", "R-8.1", "S-42"), ("R-6.1", "R-2.20", "S-13")
"""Why a PIN is to be known, thought of anew, thought of for the first time, or known instead of a document."""
