from datetime import date

import pytest

from openjpki.desk.messages import CertificateOrder
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, LifeEvent, Procedure
from openjpki.rules.lifecycle import CardEvent
from openjpki.window.casework import Asked, card_on_counter, gather
from openjpki.window.changes import Change
from openjpki.window.examination import Case, Known
from openjpki.window.loading import load_resident
from tests.unit.window.card import CounterCard
from tests.unit.window.counter import BY_PIN, HANAKO, TARO, WAKABA, Counter

pytestmark = pytest.mark.django_db(databases=["window"])

ON = date(2024, 5, 1)


def gathered(counter: Counter, resident_code: str = HANAKO) -> Case:
    """Return the case of a person with the counter's card on the reader."""
    asked = Asked(
        procedure=Procedure.NEW,
        kinds=(CertificateKind.SIGNATURE,),
        card_number=counter.card.number,
        shown=BY_PIN,
    )
    return gather(load_resident(WAKABA, resident_code), asked, on=ON)


def test_a_case_holds_what_the_rows_say(counter: Counter) -> None:
    """Person, card and history come from the rows, and nothing is judged on the way."""
    counter.with_certificates()
    counter.clock.turn("2024-05-01")
    move = Change(event=LifeEvent.MOVE, on=ON, address="見本県若葉市五丁目6番7号")
    counter.window.events.record(WAKABA, resident_code=HANAKO, change=move)

    case = gathered(counter)

    assert (case.resident, case.born, case.card, case.card_expires) == (
        True,
        date(1990, 6, 10),
        CardState.ACTIVE,
        date(2031, 6, 10),
    )
    assert case.own_card_shown
    assert case.history[1] == Known(
        kind=CertificateKind.SIGNATURE,
        state=CertificateState.REVOKED,
        expires=date(2026, 6, 10),
        event=LifeEvent.MOVE,
        ended_on=ON,
        card_expires=date(2031, 6, 10),
    )
    assert (case.waiting, case.card_paid) == ("", False)


def test_a_person_without_a_card(counter: Counter) -> None:
    """No card was handed over: there is none in the case, and the one on the reader is not theirs."""
    case = gathered(counter.with_card(), TARO)

    assert (case.card, case.card_expires, case.own_card_shown) == (None, None, False)


def test_the_card_they_should_have_brought(counter: Counter) -> None:
    """The card on the reader if it is the person's; else the living one; else the last one."""
    counter.with_card()
    resident = load_resident(WAKABA, HANAKO)
    number = counter.card.number
    counter.window.cards.change(
        WAKABA, resident_code=HANAKO, card_number=number, event=CardEvent.ABOLISH, cause=LifeEvent.CARD_LOST
    )
    last = card_on_counter(resident, "9" * 15)
    counter.window.cards.hand_over(WAKABA, resident_code=HANAKO, card=CounterCard("2" * 15))
    living = card_on_counter(resident, "9" * 15)
    shown = card_on_counter(resident, number)

    assert [card.card_number for card in (last, living, shown) if card] == [number, "2" * 15, number]


def test_an_application_that_waits_is_named(counter: Counter) -> None:
    """The case knows the application that holds the card's shadow slots."""
    counter.with_card().desk.cut_before.add(CertificateOrder)
    receipt = counter.issue().application.receipt

    assert gathered(counter).waiting == receipt
