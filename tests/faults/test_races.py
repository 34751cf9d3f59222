from collections import Counter
from typing import Any

import pytest

from tests.faults.homes import Place
from tests.faults.stage import JIRO, NUMBERS, SABURO, TARO
from tests.faults.table import Act, Outcome

pytestmark = pytest.mark.slow


def said(place: Place, *tasks: dict[str, Any]) -> "Counter[str]":
    """Have tasks done by processes at the same time, and return what they said; a fault of the house fails here."""
    outcomes = place.together(*tasks)
    assert not [outcome["error"] for outcome in outcomes if "error" in outcome]
    return Counter(str(outcome["answer"]) for outcome in outcomes)


def attempts(act: Act, count: int) -> list[dict[str, Any]]:
    """Return the same act for so many processes."""
    return [{"task": "attempt", "act": act.value}] * count


def settle(place: Place, act: Act) -> Outcome:
    """Return by which means an act came to its end, all invariants held."""
    return Outcome(place.done("aftermath", act=act.value))


def test_imports_of_the_same_resident(place: Place) -> None:
    """One file enters the resident; the others are told that the resident is registered, and nothing is a fault."""
    assert said(place, *attempts(Act.IMPORT, 4)) == {"done": 1, "window.import.bad-lines": 3}
    assert settle(place, Act.IMPORT) is Outcome.STANDS


def test_publishers(place: Place) -> None:
    """Lists of several publishers get rising numbers, and the folder holds the newest."""
    assert said(place, *attempts(Act.PUBLISH, 3)) == {"done": 3}
    assert settle(place, Act.PUBLISH) is Outcome.STANDS


def test_hand_overs_of_one_card(place: Place) -> None:
    """A card lies on one reader at a time, and is handed over once."""
    answers = said(place, *attempts(Act.HAND_OVER, 3))

    assert answers["done"] == 1
    assert set(answers) <= {"done", "card.store.busy", "window.card.number-taken"}
    assert settle(place, Act.HAND_OVER) is Outcome.STANDS


def test_hand_overs_of_one_number_to_two_people(place: Place) -> None:
    """Two counters with cards that claim one number: one hand-over stands, the other is refused in clear words."""
    place.done("attempt", act=Act.IMPORT.value)
    first = {"task": "hand-number", "act": Act.IMPORT.value, "lent": JIRO, "resident": JIRO, "number": NUMBERS[JIRO]}
    second = first | {"lent": TARO, "resident": SABURO}

    assert said(place, first, second) == {"done": 1, "window.card.number-taken": 1}


def test_orders_for_one_card(place: Place) -> None:
    """Of issues begun at once for one card, one is carried out."""
    answers = said(place, *attempts(Act.ISSUE, 3))

    assert answers["done"] == 1
    assert set(answers) <= {"done", "card.store.busy", "window.procedure-refused"}
    assert settle(place, Act.ISSUE) is Outcome.STANDS


def test_clerks_on_one_application(place: Place) -> None:
    """An application that two clerks resume is carried out once."""
    place.done("before", act=Act.NEW_KEY.value)
    answers = said(place, *[{"task": "take-up", "act": Act.NEW_KEY.value, "card": True}] * 2)

    assert answers["done"] >= 1
    assert set(answers) <= {"done", "card.store.busy"}
    assert settle(place, Act.NEW_KEY) is Outcome.STANDS


def test_a_withdrawal_while_the_application_is_carried_out(place: Place) -> None:
    """Withdrawn or done, never half of both: no certificate comes into force behind a withdrawal."""
    place.done("before", act=Act.WITHDRAW.value)
    said(place, {"task": "take-up", "act": Act.WITHDRAW.value, "card": True}, *attempts(Act.WITHDRAW, 1))

    assert place.done("rest", act=Act.WITHDRAW.value) in {"withdrawn", "done"}


def test_a_loss_while_a_certificate_is_issued(place: Place) -> None:
    """A card reported lost while its certificate is on the way: nothing on it stays in force, nothing stays open."""
    said(place, *attempts(Act.ISSUE, 1), {"task": "lose", "act": Act.ISSUE.value})

    assert place.done("rest", act=Act.ISSUE.value) in {"done", "refused"}


def test_deliverers(place: Place) -> None:
    """A message that several deliverers send at once has one effect and one mark."""
    place.done("attempt", act=Act.UNHEARD_EVENT.value)

    assert said(place, *[{"task": "deliver", "act": Act.UNHEARD_EVENT.value}] * 3) == {"0": 3}
    assert settle(place, Act.UNHEARD_EVENT) is Outcome.STANDS


def test_resumptions(place: Place) -> None:
    """Everything taken up by three processes at once is taken up once."""
    place.done("before", act=Act.UNDO_ORDER.value)
    said(place, *[{"task": "take-up", "act": Act.UNDO_ORDER.value}] * 3)

    assert settle(place, Act.UNDO_ORDER) is Outcome.WITH_CARD
