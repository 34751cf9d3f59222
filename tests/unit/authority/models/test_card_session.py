from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from openjpki.authority.models import Card, CardChannel, CardKey, CardSession, PinReset
from tests.support.authority import OPENED, Scene

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def card(scene: Scene) -> Card:
    """Return Hanako's card."""
    scene.with_card()
    return Card.objects.get()


def session(card: Card, session_id: str = "s", **fields: Any) -> CardSession:
    """Store a session."""
    common: dict[str, Any] = {
        "municipality": "99201",
        "work_id": "w",
        "request": b"",
        "script": [],
        "opened_at": OPENED,
    }
    return CardSession.objects.create(session_id=session_id, card=card, host_challenge=b"", **(common | fields))


def refused(card: Card, **fields: Any) -> None:
    """Hold that the database refuses a session."""
    with pytest.raises(IntegrityError), transaction.atomic(using="authority"):
        session(card, "refused", **fields)


def test_a_card_holds_one_session_at_a_time(card: Card) -> None:
    """Whatever the code does: two open sessions of a card cannot stand."""
    session(card)
    refused(card)
    refused(card, state="sent", counter=1)
    session(card, "done", state="done", counter=1)


def test_a_session_says_why_it_is_closed_and_what_was_counted(card: Card) -> None:
    """A closed one has its reason, one whose commands left has the card's counter."""
    refused(card, state="closed")
    refused(card, closed_because="replaced")
    refused(card, state="sent")


def test_what_a_card_is_told_is_kept_only_on_its_way(card: Card) -> None:
    """Commands carry attributes: a session that is over, or has not begun, has none, whatever the code does."""
    refused(card, script=["80e2"])
    refused(card, script=["80e2"], state="done", counter=1)
    refused(card, script=["80e2"], state="closed", closed_because="replaced")
    session(card, script=["80e2"], state="sent", counter=1)


def test_a_key_is_not_used_before_it_is_made(card: Card) -> None:
    """The order of what is heard of it."""
    with pytest.raises(IntegrityError), transaction.atomic(using="authority"):
        CardKey.objects.create(
            digest="0" * 64, card=card, kind="signature", made_at=OPENED, in_use_at=OPENED - timedelta(days=1)
        )


def test_rows_name_themselves_without_personal_data(card: Card) -> None:
    """What the audit record writes down."""
    key = CardKey(digest="0123456789abcdef" * 4, card=card)

    assert str(key) == "card-key:0123456789abcdef"
    assert str(CardChannel(card=card)) == f"channel:{card.pk}"
    assert str(session(card)) == "card-session:s"
    assert str(PinReset(order_id="o")) == "pin-reset:o"
