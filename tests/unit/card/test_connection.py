from openjpki.card.connection import CardRemoved, Connection, NotJpkiCard, UnexpectedAnswer
from openjpki.errors import Kind
from tests.unit.card.cards import bench


def test_a_card_in_memory_is_a_connection() -> None:
    """The seam is one method on bytes."""
    connection: Connection = bench()

    assert connection.transmit(bytes(4)).hex() == "6d00"


def test_what_goes_wrong_with_a_card_is_told() -> None:
    """A removed card may come back; another card will not become a My Number card."""
    assert CardRemoved().kind is Kind.UNAVAILABLE
    assert NotJpkiCard().kind is Kind.REFUSED
    assert "READ BINARY: 6F00" in UnexpectedAnswer(command="READ BINARY", sw="6F00").message("en")
