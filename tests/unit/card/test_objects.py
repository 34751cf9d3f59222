import pytest

from openjpki.card.objects import ATR, OBJECTS, data_object
from tests.support.faces import card_of_holder
from tests.unit.card.cards import blank


@pytest.mark.parametrize(
    ("tag", "content"),
    [
        (0x0045, b"400000012719843"),
        (0x00F0, b"13221"),
        (0x00F2, b"20350217"),
        (0x5F51, ATR[1:]),
    ],
)
def test_every_card_tells_what_it_is(tag: int, content: bytes) -> None:
    """Number, municipality, last day, and the contact ATR without its first byte (C myna-card)."""
    assert data_object(tag, blank(), selected=False) == content


@pytest.mark.parametrize("tag", sorted(OBJECTS))
def test_inside_an_application_only_the_contact_atr_is_told(tag: int) -> None:
    """GET DATA works after power-on; where the ATR is told differs between cards (C myna-card)."""
    assert (data_object(tag, card_of_holder(), selected=True) is not None) == (tag == 0x5F51)


@pytest.mark.parametrize("tag", [0x00F7, 0x00F8, 0x7F21])
def test_a_card_made_blank_has_no_certificates(tag: int) -> None:
    """What is signed of a card is written with its face; real cards of some makes lack 7F21 too (C myna-card)."""
    assert data_object(tag, blank(), selected=False) is None
    assert data_object(tag, card_of_holder(), selected=False)


def test_the_recognition_data_are_one_object() -> None:
    """GlobalPlatform Card Specification §H.2: DO 73 to its last byte."""
    raw = data_object(0x0066, blank(), selected=False)

    assert raw is not None
    assert (raw[0], raw[1]) == (0x73, len(raw) - 2)


@pytest.mark.parametrize("tag", [0x0000, 0x0041, 0xDF30])
def test_an_unknown_object_is_none(tag: int) -> None:
    """Nothing is told by accident."""
    assert data_object(tag, card_of_holder(), selected=False) is None
