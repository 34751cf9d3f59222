import pytest

from openjpki.desk.messages import PinResetApproved, PinResetOrder
from openjpki.rules.kinds import PinKind
from tests.unit.window.card import Gone
from tests.unit.window.counter import HANAKO, WAKABA, Counter, audited

pytestmark = pytest.mark.django_db(databases=["window"])
FACE = PinKind.CARD_FACE_ENTRY


def hand_over(counter: Counter) -> tuple[PinKind, ...]:
    """Hand a card over whose PIN of the text application takes a permission; return what was permitted."""
    counter.register()
    return counter.window.cards.hand_over(WAKABA, resident_code=HANAKO, card=counter.card, permit=[FACE]).permitted


def test_the_authority_permits_what_the_card_does_not(counter: Counter) -> None:
    """R-6.3, R-6.5: after the authority knows the card, one order and one permission; both are on record, no PIN is."""
    counter.desk.answers[PinResetOrder] = PinResetApproved(order_id="approved")

    assert hand_over(counter) == (FACE,)
    assert counter.desk.names()[-2:] == ["CardReported", "PinResetOrder"]
    (order,) = [request for request in counter.desk.sent if isinstance(request, PinResetOrder)]
    assert (order.pin, order.card_number, order.officer) == (FACE, counter.card.number, WAKABA.login)
    assert counter.card.permitted == [order.order_id]
    (asked,), (told,) = audited("pin-reset.requested"), audited("pin-reset.permitted")
    assert asked.subject == told.subject
    assert asked.data["pin"] == "card-face-entry"
    assert asked.data["order"] == told.data["order"] == order.order_id


def test_without_the_authority_the_card_is_handed_over_all_the_same(counter: Counter) -> None:
    """Its PIN stays unset, and is set by a reset another day (R-6.3): refused, out of reach, or the card was taken away."""
    counter.desk.refuse(PinResetOrder)
    assert hand_over(counter) == ()
    assert counter.window.residents.list(WAKABA)[0].cards
    assert counter.card.permitted == []
    assert audited("pin-reset.permitted") == []


@pytest.mark.parametrize("away", ["line", "card"])
def test_what_is_cut_off_permits_nothing(counter: Counter, away: str) -> None:
    """R-6.3: the order does not arrive, or the card is gone before it is told."""
    counter.desk.answers[PinResetOrder] = PinResetApproved(order_id="approved")
    if away == "line":
        counter.desk.cut_before.add(PinResetOrder)
    else:
        counter.card.raises["permit_reset"] = Gone()

    assert hand_over(counter) == ()
    assert (counter.card.permitted, audited("pin-reset.permitted")) == ([], [])


def test_no_pin_is_asked_for_where_none_is_needed(counter: Counter) -> None:
    """A card that lets all its PINs be set once needs no order."""
    counter.with_card()
    assert "PinResetOrder" not in counter.desk.names()
