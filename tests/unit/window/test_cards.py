from datetime import date

import pytest

from openjpki.errors import Failure
from openjpki.rules.kinds import CardState, CertificateState, LifeEvent
from openjpki.rules.lifecycle import CardEvent, IllegalTransition
from openjpki.window.cards import (
    BadCardNumber,
    CardHeldAlready,
    CardNumberTaken,
    CauseNeeded,
    NotResident,
    NoValidity,
    ReceivedLater,
)
from openjpki.window.changes import Change
from openjpki.window.loading import CardNotFound, ResidentNotFound
from openjpki.window.models import CardHolding
from tests.unit.window.card import CounterCard
from tests.unit.window.counter import CHILD, HANAKO, MINATO, TARO, WAKABA, Counter, audited

pytestmark = pytest.mark.django_db(databases=["window"])


def test_a_card_is_handed_over_and_reported(counter: Counter) -> None:
    """E-13: handed over on 2021-07-01 to a person born 1990-06-10, the card is valid through 2031-06-10 (R-3.7)."""
    handed = counter.register().window.cards.hand_over(WAKABA, resident_code=HANAKO, card=counter.card)

    assert (handed.card.expires, handed.card.state) == (date(2031, 6, 10), CardState.ACTIVE)
    assert handed.card.handed_over_on == date(2021, 7, 1)
    assert handed.waiting == 0
    assert counter.authority.persons[HANAKO].cards == {counter.card.number: date(2031, 6, 10)}
    (row,) = audited("card.handed-over")
    assert row.data["rules"] == ["R-3.5", "R-3.7"]
    assert counter.card.number not in row.subject


def test_a_minors_card_and_a_foreign_residents_card_end_earlier(counter: Counter) -> None:
    """R-3.7: under 18 the 5th birthday; with a period of stay, its last day."""
    window = counter.register().window

    minor = window.cards.hand_over(WAKABA, resident_code=CHILD, card=CounterCard("1" * 15))
    stay = window.cards.hand_over(WAKABA, resident_code=TARO, card=CounterCard("2" * 15), stay_until=date(2022, 8, 31))

    assert (minor.card.expires, stay.card.expires) == (date(2026, 4, 1), date(2022, 8, 31))


def test_the_day_of_the_cards_application_decides_who_was_of_age(counter: Counter) -> None:
    """E-24's line: for a card applied for before 2022-04-01 the age is 20 (R-3.7)."""
    counter.register()
    counter.clock.turn("2031-04-20")

    handed = counter.window.cards.hand_over(
        WAKABA, resident_code=CHILD, card=counter.card, received_on=date(2022, 3, 31)
    )

    assert handed.card.expires == date(2036, 4, 1)


def test_no_application_is_received_after_the_hand_over(counter: Counter) -> None:
    """R-2.1, R-3.7: the application comes first; today is the last day that can be meant, and nothing is handed over."""
    hand_over = counter.register().window.cards.hand_over

    with pytest.raises(ReceivedLater, match=r"2021-07-02 \(Fri\)") as refused:
        hand_over(WAKABA, resident_code=HANAKO, card=counter.card, received_on=date(2021, 7, 2))
    assert "令和3年（2021年）7月2日（金）" in refused.value.message("ja")
    assert counter.window.residents.show(WAKABA, HANAKO).cards == ()
    assert hand_over(WAKABA, resident_code=HANAKO, card=counter.card, received_on=date(2021, 7, 1)).waiting == 0


@pytest.mark.parametrize(
    ("number", "failure"), [("12345", BadCardNumber), ("123456789012345", CardNumberTaken)], ids=["bad", "taken"]
)
def test_a_number_is_a_number_and_belongs_to_one_card(counter: Counter, number: str, failure: type[Failure]) -> None:
    """A card without fifteen digits, or with those of another card, is not handed over."""
    counter.with_card(TARO)

    with pytest.raises(failure):
        counter.window.cards.hand_over(WAKABA, resident_code=HANAKO, card=CounterCard(number))
    assert CardHolding.objects.for_municipality("99201").count() == 1


def test_one_living_card_per_person(counter: Counter) -> None:
    """A person with a card in force gets no second one; an expired one is closed and reported."""
    counter.with_card()
    second = CounterCard("2" * 15)

    with pytest.raises(CardHeldAlready, match=r"2031-06-10 \(Tue\)") as refused:
        counter.window.cards.hand_over(WAKABA, resident_code=HANAKO, card=second)
    assert "令和13年（2031年）6月10日（火）" in refused.value.message("ja")

    counter.clock.turn("2031-06-11")
    counter.window.cards.hand_over(WAKABA, resident_code=HANAKO, card=second)
    cards = counter.window.residents.show(WAKABA, HANAKO).cards
    assert [card.state for card in cards] == [CardState.EXPIRED, CardState.ACTIVE]
    assert counter.desk.names()[-2:] == ["CardReported", "CardReported"]


def test_a_period_of_stay_that_is_over_gives_no_card(counter: Counter) -> None:
    """R-3.7: a card never ends after the period of stay; one that is over gives none."""
    counter.register()

    with pytest.raises(NoValidity, match=r"2021-06-30 \(Wed\)") as refused:
        counter.window.cards.hand_over(WAKABA, resident_code=HANAKO, card=counter.card, stay_until=date(2021, 6, 30))
    assert "令和3年（2021年）6月30日（水）" in refused.value.message("ja")


def test_no_card_for_who_is_not_here(counter: Counter) -> None:
    """R-1.1: a person of another municipality is not found, and one who left the register gets no card."""
    counter.register()
    with pytest.raises(ResidentNotFound):
        counter.window.cards.hand_over(MINATO, resident_code=HANAKO, card=counter.card)

    change = Change(event=LifeEvent.EMIGRATION, on=date(2021, 7, 1))
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=change)
    with pytest.raises(NotResident):
        counter.window.cards.hand_over(WAKABA, resident_code=HANAKO, card=counter.card)


def test_a_card_is_stopped_resumed_and_ended(counter: Counter) -> None:
    """A suspended card can come back (R-2.8); a lost one is over, and its certificates with it (R-5.2)."""
    counter.with_certificates()
    number = counter.card.number
    change = counter.window.cards.change

    stopped = change(WAKABA, resident_code=HANAKO, card_number=number, event=CardEvent.SUSPEND)
    resumed = change(WAKABA, resident_code=HANAKO, card_number=number, event=CardEvent.RESUME)
    lost = change(WAKABA, resident_code=HANAKO, card_number=number, event=CardEvent.ABOLISH, cause=LifeEvent.CARD_LOST)

    assert [stopped.card.state, resumed.card.state, lost.card.state] == [
        CardState.SUSPENDED,
        CardState.ACTIVE,
        CardState.ABOLISHED,
    ]
    certificates = counter.window.residents.show(WAKABA, HANAKO).certificates
    assert {certificate.state for certificate in certificates} == {CertificateState.REVOKED}
    assert {certificate.event for certificate in certificates} == {LifeEvent.CARD_LOST}
    assert [row.data["state"] for row in audited("card.changed")] == ["suspended", "active", "abolished"]


@pytest.mark.parametrize(
    ("event", "cause"),
    [
        (CardEvent.ABOLISH, None),
        (CardEvent.ABOLISH, LifeEvent.MOVE),
        (CardEvent.SUSPEND, LifeEvent.CARD_LOST),
    ],
)
def test_a_card_ends_for_a_reason_and_nothing_else_has_one(
    counter: Counter, event: CardEvent, cause: LifeEvent | None
) -> None:
    """Abolishing names loss or return (R-5.2, R-5.6); no other change has a cause."""
    counter.with_card()

    with pytest.raises(CauseNeeded):
        counter.window.cards.change(
            WAKABA, resident_code=HANAKO, card_number=counter.card.number, event=event, cause=cause
        )


def test_an_illegal_change_changes_nothing(counter: Counter) -> None:
    """A card moves along its table only; an unknown card is not found."""
    counter.with_card()
    change = counter.window.cards.change
    sent = len(counter.desk.sent)

    with pytest.raises(IllegalTransition):
        change(WAKABA, resident_code=HANAKO, card_number=counter.card.number, event=CardEvent.RESUME)
    with pytest.raises(CardNotFound):
        change(WAKABA, resident_code=TARO, card_number=counter.card.number, event=CardEvent.SUSPEND)
    assert len(counter.desk.sent) == sent
    assert not audited("card.changed")


def test_what_stands_against_a_hand_over_is_told_before_the_pins_are_set(counter: Counter) -> None:
    """What `hand_over` would refuse is refused beforehand, and asking enters and sends nothing."""
    cards = counter.register().window.cards
    sent = len(counter.desk.sent)
    cards.hold_receivable(WAKABA, resident_code=HANAKO, card=counter.card)
    with pytest.raises(NoValidity):
        cards.hold_receivable(WAKABA, resident_code=HANAKO, card=counter.card, stay_until=date(2021, 6, 30))
    with pytest.raises(ReceivedLater):
        cards.hold_receivable(WAKABA, resident_code=HANAKO, card=counter.card, received_on=date(2021, 7, 2))
    assert not CardHolding.objects.for_municipality("99201").exists()
    assert len(counter.desk.sent) == sent

    cards.hand_over(WAKABA, resident_code=HANAKO, card=counter.card)
    with pytest.raises(CardNumberTaken):
        cards.hold_receivable(WAKABA, resident_code=HANAKO, card=counter.card)
    second = CounterCard("2" * 15)
    with pytest.raises(CardHeldAlready):
        cards.hold_receivable(WAKABA, resident_code=HANAKO, card=second)
    counter.clock.turn("2031-06-11")
    cards.hold_receivable(WAKABA, resident_code=HANAKO, card=second)


def test_the_authority_writes_the_day_on_the_card_once_it_knows_it(counter: Counter) -> None:
    """R-3.7: municipality and last day come from the authority's register; a card that left too early is no fault."""
    cards = counter.register().window.cards
    cards.hand_over(WAKABA, resident_code=HANAKO, card=counter.card)
    assert counter.card.handed_over == 1

    gone = CounterCard("2" * 15, fails={"take_hand_over_data"})
    handed = cards.hand_over(WAKABA, resident_code=TARO, card=gone)
    assert handed.waiting == 0
    assert counter.authority.persons[TARO].cards == {gone.number: handed.card.expires}
