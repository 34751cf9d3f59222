from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.eligibility import Holder
from openjpki.rules.kinds import Applicant, CardState, CertificateKind, Power, Procedure
from openjpki.rules.moving import CardAbroad, CardAfterMove, card_after_move, continued_use_abroad
from openjpki.rules.policy import Policy
from openjpki.rules.representation import Claim
from openjpki.rules.visit import InquiryForm, Visit

NATIONAL = Policy.preset("national")
REPORTED = date(2026, 4, 1)
LATER = date(2026, 4, 2)
HOLDER = Holder(born=date(1990, 6, 10))
SIGNATURE = frozenset({CertificateKind.SIGNATURE})
LEAVES = date(2026, 5, 12)  # a Tuesday


def _moved(
    applicant: Applicant = Applicant.SELF,
    *,
    on: date = REPORTED,
    own: str = "",
    agent: str = "",
    form: InquiryForm = "none",
    signature: bool = False,
    holder: Holder = HOLDER,
    **term: Any,
) -> CardAfterMove:
    visit = Visit(
        procedure=Procedure.NEW,
        applicant=applicant,
        on=on,
        kinds=SIGNATURE if signature else frozenset(),
        holder=holder,
        documents=tuple(ShownDocument(kind=DocumentKind(kind)) for kind in own.split()),
        agent_documents=tuple(ShownDocument(kind=DocumentKind(kind)) for kind in agent.split()),
        form=form,
    )
    return card_after_move(NATIONAL, visit, reported=REPORTED, **term)


def _codes(found: CardAfterMove | CardAbroad) -> list[str]:
    return [finding.code for finding in found.findings]


@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize(
    ("applicant", "own", "agent"),
    [
        (Applicant.SELF, "passport", ""),
        (Applicant.HOUSEHOLD, "", "pension-book"),
        (Applicant.VOLUNTARY_AGENT, "", "pension-book mandate"),
    ],
)
def test_on_the_day_of_the_report_all_are_served(
    applicant: Applicant,
    own: str,
    agent: str,
    within: bool,  # noqa: FBT001  -- a column of the table
) -> None:
    """R-2.13: self, household and agent at once, with a 転入届 as with a 転居届; the signature certificate is spoken of."""
    found = _moved(applicant, own=own, agent=agent, within=within)

    assert (found.card, found.signature) == ("same_day", None)
    by_agent = applicant is not Applicant.SELF
    assert _codes(found)[-1] == ("moving.card-goes-on-by-agent" if by_agent else "moving.card-goes-on")
    assert "再発行は無料" in found.findings[-1].ja
    assert ("入力していただけません" in found.findings[-1].ja) is by_agent


@pytest.mark.parametrize(
    ("applicant", "own", "agent", "card"),
    [
        (Applicant.SELF, "passport", "", "same_day"),
        (Applicant.HOUSEHOLD, "", "passport move-report", "inquiry"),
        (Applicant.VOLUNTARY_AGENT, "", "passport mandate move-report", "inquiry"),
    ],
)
def test_on_a_later_day_the_holder_alone_is(applicant: Applicant, own: str, agent: str, card: str) -> None:
    """R-2.13, R-2.24, R-2.25: a report of another day opens nothing, even where somebody shows one."""
    found = _moved(applicant, on=LATER, own=own, agent=agent)

    assert found.card == card
    assert ("moving.card-goes-on" in _codes(found)) is (card == "same_day")
    assert ("moving.second-visit-in-time" in _codes(found)) is (card == "inquiry")


@pytest.mark.parametrize(
    ("applicant", "agent", "form", "codes"),
    [
        (Applicant.HOUSEHOLD, "", "none", ["agent.id"]),
        (Applicant.HOUSEHOLD, "passport", "opened", ["agent.unsealed"]),
        (Applicant.VOLUNTARY_AGENT, "passport", "none", ["agent.mandate"]),
        (Applicant.VOLUNTARY_AGENT, "", "none", ["agent.mandate", "agent.id"]),
    ],
)
def test_who_acts_shows_papers(applicant: Applicant, agent: str, form: InquiryForm, codes: list[str]) -> None:
    """R-2.13, R-2.25: one document, an agent's 委任状, nothing opened; all that is missing is told."""
    found = _moved(applicant, agent=agent, form=form, signature=True)

    assert (found.card, found.signature) == ("refused", "refused")
    assert _codes(found)[: len(codes)] == codes


@pytest.mark.parametrize(
    ("applicant", "own", "agent", "form", "signature"),
    [
        (Applicant.SELF, "passport", "", "none", "same_day"),
        (Applicant.HOUSEHOLD, "", "passport", "sealed", "same_day"),
        (Applicant.HOUSEHOLD, "", "passport", "none", "inquiry"),
        (Applicant.VOLUNTARY_AGENT, "", "passport mandate", "sealed", "inquiry"),
    ],
)
def test_the_signature_certificate_goes_its_own_way(
    applicant: Applicant, own: str, agent: str, form: InquiryForm, signature: str
) -> None:
    """R-2.13, R-2.24, R-2.25; S-26: with the card for the holder, by the sealed mandate for the household, by letter else."""
    found = _moved(applicant, own=own, agent=agent, form=form, signature=True)

    assert (found.card, found.signature) == ("same_day", signature)


@pytest.mark.parametrize(
    ("on", "moved_again", "code"),
    [
        (date(2026, 6, 29), None, "moving.card-goes-on"),
        (date(2026, 6, 30), None, "deadline.card-void"),
        (date(2026, 5, 11), date(2026, 5, 10), "deadline.moved-again"),
    ],
)
def test_the_ninety_days(on: date, moved_again: date | None, code: str) -> None:
    """R-2.13, R-5.21; E-37: past the term, or after another move, the card is void and so is the certificate's way."""
    found = _moved(on=on, own="passport", signature=True, moved_again=moved_again)
    over = code != "moving.card-goes-on"

    assert code in _codes(found)
    assert (found.card, found.signature) == (("refused", "refused") if over else ("same_day", "same_day"))
    assert found.deadline is not None
    assert found.deadline.last_day == date(2026, 6, 29)


@pytest.mark.parametrize(
    ("on", "card"),
    [
        (date(2026, 6, 26), "inquiry"),  # a Friday: on Monday, the last day, the reply may be there
        (date(2026, 6, 27), "refused"),
        (date(2026, 6, 29), "refused"),
    ],
)
@pytest.mark.parametrize(
    ("applicant", "agent"),
    [(Applicant.VOLUNTARY_AGENT, "passport mandate"), (Applicant.HOUSEHOLD, "passport"), (Applicant.SELF, "")],
)
def test_a_letter_that_comes_too_late_is_no_way(on: date, card: str, applicant: Applicant, agent: str) -> None:
    """R-2.24, R-5.21; E-37: the reply is brought in the ninety days too; where it cannot be, the holder comes in person."""
    found = _moved(applicant, on=on, agent=agent, signature=True)
    late = card == "refused"

    assert (found.card, found.signature) == (card, card)
    assert (_codes(found) == ["moving.letter-too-late"]) is late
    assert ("moving.second-visit-in-time" in _codes(found)) is not late
    told = next(finding for finding in found.findings if finding.code.startswith("moving."))
    assert "2026-06-29" in told.en
    assert not late or "ご本人が" in told.bring_ja


def test_how_long_a_letter_takes_is_for_the_municipality_to_say() -> None:
    """R-2.24: under `inquiry_letter_days` the letter is a way as long as its reply can come in time."""
    visit = Visit(
        procedure=Procedure.REISSUE,
        applicant=Applicant.HOUSEHOLD,
        on=date(2026, 6, 26),
        agent_documents=(ShownDocument(kind=DocumentKind.PASSPORT),),
    )
    slow = NATIONAL.with_settings({"inquiry_letter_days": "4"})

    assert card_after_move(NATIONAL, visit, reported=REPORTED).card == "inquiry"
    assert card_after_move(slow, visit, reported=REPORTED).card == "refused"


@pytest.mark.parametrize("applicant", [Applicant.SELF, Applicant.HOUSEHOLD])
def test_a_card_that_identifies_by_face_has_no_pin(applicant: Applicant) -> None:
    """R-1.11, R-2.13: no PIN to check, no signature certificate to end or to issue again."""
    found = _moved(applicant, own="passport", agent="passport", holder=replace(HOLDER, face_card=True))

    assert _codes(found)[-1] == "moving.card-goes-on-without-pin"
    assert "署名用" not in found.findings[-1].ja
    assert found.findings[-1].bring_ja == ""


def test_what_is_not_asked_is_not_refused() -> None:
    """R-5.21: a void card says nothing of a signature certificate that nobody asked for."""
    assert _moved(on=date(2026, 6, 30), own="passport").signature is None


def test_a_move_inside_the_municipality_has_no_term() -> None:
    """R-2.13, R-5.21: the ninety days are those of a 転入届."""
    found = _moved(on=date(2027, 6, 30), own="passport", within=True)

    assert (found.card, found.deadline) == ("same_day", None)


def test_a_child_has_no_agent() -> None:
    """R-1.6, R-2.13: the parent acts; whoever reports the move, the household does not serve for an under-15 alone."""
    child = Holder(born=date(2020, 1, 1))
    parent = Visit(
        procedure=Procedure.NEW,
        applicant=Applicant.LEGAL_REPRESENTATIVE,
        on=REPORTED,
        holder=child,
        claim=Claim(power=Power.PARENT, same_household=True),
        agent_documents=(ShownDocument(kind=DocumentKind.PASSPORT),),
    )

    assert _codes(_moved(Applicant.HOUSEHOLD, agent="passport", holder=child))[0] == "representative.needed"
    assert _moved(Applicant.HOUSEHOLD, agent="passport", holder=child).card == "refused"
    served = card_after_move(NATIONAL, parent, reported=REPORTED)
    assert (served.card, _codes(served)[-1]) == ("same_day", "moving.card-goes-on-represented")
    assert "再発行" not in served.findings[-1].ja
    assert "法定代理人のかたが暗証番号を入力します" in served.findings[-1].bring_ja


@pytest.mark.parametrize(
    ("on", "is_open", "codes"),
    [
        (date(2026, 5, 11), True, ["event.continued-abroad"]),
        (date(2026, 5, 12), False, ["deadline.left-japan"]),
    ],
)
def test_abroad_up_to_the_day_before(on: date, is_open: bool, codes: list[str]) -> None:  # noqa: FBT001  -- a column of the table
    """R-2.14, R-5.5: the day before leaving is the last one; on the day of leaving it is too late."""
    found = continued_use_abroad(NATIONAL, HOLDER, leaves=LEAVES, on=on)

    assert (found.open, found.deadline.last_day) == (is_open, date(2026, 5, 11))
    assert _codes(found) == codes


def test_a_closed_day_before_leaving() -> None:
    """R-2.14, R-4.7: leaving on Monday 2026-05-11, the last day at the window is Friday 2026-05-08, and told."""
    found = continued_use_abroad(NATIONAL, HOLDER, leaves=date(2026, 5, 11), on=date(2026, 4, 1))

    assert (found.open, found.deadline.last_open_day) == (True, date(2026, 5, 8))
    assert _codes(found) == ["deadline.closed-day", "event.continued-abroad"]


@pytest.mark.parametrize(
    ("holder", "leaves", "code"),
    [
        (replace(HOLDER, japanese=False), LEAVES, "moving.nationals-only"),
        (replace(HOLDER, card=CardState.EXPIRED), LEAVES, "eligibility.card-expired"),
        (HOLDER, date(2024, 5, 26), "eligibility.abroad-not-yet"),
    ],
)
def test_who_may_use_it_abroad(holder: Holder, leaves: date, code: str) -> None:
    """R-1.1, R-1.2, R-2.14: a Japanese national with a card in force, from 2024-05-27 on."""
    found = continued_use_abroad(NATIONAL, holder, leaves=leaves, on=date(2024, 4, 1))

    assert not found.open
    assert _codes(found)[0] == code
    assert "event.continued-abroad" not in _codes(found)


def test_the_first_day_of_use_abroad() -> None:
    """R-1.1, R-2.14: leaving on 2024-05-27."""
    assert continued_use_abroad(NATIONAL, HOLDER, leaves=date(2024, 5, 27), on=date(2024, 5, 20)).open
