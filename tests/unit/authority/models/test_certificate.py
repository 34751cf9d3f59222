from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from openjpki.authority.models import Card, Certificate, Order, OrderState, Person
from openjpki.rules.kinds import CertificateState
from tests.support.authority import OPENED
from tests.unit.authority.models.test_issuer import an_issuer
from tests.unit.authority.models.test_register import hanako

pytestmark = pytest.mark.django_db(databases=["authority"])


class Shelf:
    """A person with a card, and rows to go with them."""

    def __init__(self) -> None:
        self.issuer = an_issuer()
        self.person: Person = hanako()
        self.card = Card.objects.create(
            card_number="123456789012345", person=self.person, expires=date(2035, 6, 10), state="active"
        )
        self.count = 1

    def certificate(self, **changes: Any) -> Certificate:
        """Return a stored certificate."""
        self.count += 1
        row: dict[str, Any] = {
            "key": f"signature/{self.count}",
            "kind": "signature",
            "serial": self.count,
            "issuer": self.issuer,
            "person": self.person,
            "card": self.card,
            "issuing_municipality": "99201",
            "public_key_digest": f"{self.count:064x}",
            "to_be_signed": b"tbs",
            "der": b"der",
            "state": "valid",
            "issued_on": date(2026, 1, 5),
            "expires": date(2030, 6, 10),
            "because": "fifth-birthday",
        }
        return Certificate.objects.create(**(row | changes))

    def order(self, **changes: Any) -> Order:
        """Return a stored order."""
        self.count += 1
        row: dict[str, Any] = {
            "order_id": f"order-{self.count}",
            "municipality": "99201",
            "officer": "sato",
            "person": self.person,
            "card": self.card,
            "kind": "signature",
            "request": b"{}",
            "certificate_key": f"signature/{self.count}",
            "numbered_at": OPENED,
        }
        return Order.objects.create(**(row | changes))


@pytest.fixture
def shelf() -> Shelf:
    """Return a person with a card and no certificate."""
    return Shelf()


@pytest.mark.parametrize("first", ["valid", "held"])
@pytest.mark.parametrize("second", ["valid", "held"])
def test_a_card_has_one_live_certificate_of_a_kind(shelf: Shelf, first: str, second: str) -> None:
    """The database itself holds R-1.10: no second live certificate of a kind on a card, whatever the code does."""
    shelf.certificate(state=first)

    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        shelf.certificate(state=second)
    shelf.certificate(kind="authentication", state=second)


@pytest.mark.parametrize("first", ["prepared", "undelivered"])
@pytest.mark.parametrize("second", ["prepared", "undelivered"])
def test_one_certificate_is_on_its_way_to_a_card(shelf: Shelf, first: str, second: str) -> None:
    """A card has one shadow slot of a kind, so at most one certificate waits for it; a live one may stand beside it."""
    shelf.certificate(state="valid")
    shelf.certificate(state=first)

    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        shelf.certificate(state=second)


@pytest.mark.parametrize("state", ["revoked", "superseded", "expired"])
def test_ended_certificates_leave_room(shelf: Shelf, state: str) -> None:
    """Any number of ended certificates may stand beside a live one."""
    shelf.certificate(state=state)
    shelf.certificate(state=state)
    shelf.certificate(state="valid")

    assert Certificate.objects.count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"serial": 2},
        {"public_key_digest": f"{2:064x}"},
        {"key": "signature/2"},
        {"expires": date(2026, 1, 4)},
        *(
            {"der": None, "state": state.value}
            for state in CertificateState
            if state.value not in ("prepared", "revoked")
        ),
    ],
    ids=str,
)
def test_a_certificate_is_sound(shelf: Shelf, wrong: dict[str, Any]) -> None:
    """Serial and key are given once, validity lasts a day at least, and what was handed over was signed."""
    shelf.certificate(state="superseded")

    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        shelf.certificate(**({"state": "superseded"} | wrong))


@pytest.mark.parametrize("state", ["prepared", "revoked"])
def test_an_unsigned_certificate_can_be_revoked(shelf: Shelf, state: str) -> None:
    """What crashed before its signature is revoked without a certificate at hand (R-5.11)."""
    assert shelf.certificate(state=state, der=None).state == state


@pytest.mark.parametrize(
    "state", [state for state in OrderState if state not in (OrderState.ACTIVATED, OrderState.CLOSED)]
)
def test_one_order_is_open_for_a_card_and_kind(shelf: Shelf, state: OrderState) -> None:
    """Two orders for one slot cannot both be open."""
    shelf.order()

    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        shelf.order(state=state.value)
    shelf.order(state="closed", closed_because="event.move")
    shelf.order(state="activated")
    shelf.order(kind="authentication")


@pytest.mark.parametrize(
    "wrong",
    [{"state": "closed"}, {"state": "activated", "closed_because": "event.move"}, {"certificate_key": "signature/2"}],
    ids=str,
)
def test_an_order_is_sound(shelf: Shelf, wrong: dict[str, Any]) -> None:
    """A closed order says why, an open or finished one has nothing to say, and each has its own serial."""
    shelf.order(state="activated")

    with pytest.raises(IntegrityError), transaction.atomic("authority"):
        shelf.order(**({"state": "activated"} | wrong))


def test_rows_name_themselves(shelf: Shelf) -> None:
    """Audit subjects are the order's id and the certificate's kind and serial."""
    assert str(shelf.certificate()) == "certificate:signature/2"
    assert str(shelf.order()) == "order:order-3"
