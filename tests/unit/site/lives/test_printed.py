from dataclasses import replace
from pathlib import Path

import pytest

from openjpki.authority.cards.keys import NAME, CardKeys
from openjpki.card.codes import code_b
from openjpki.card.face_reading import FaceUnreadable
from openjpki.card.image import CardImage
from openjpki.lab.catalogue import card_named
from openjpki.readers.store import CardMissing, CardStore
from openjpki.site.entropy import entropy
from openjpki.site.home import Home, Settings
from openjpki.site.lives.printed import NotATestCard, on_the_card
from tests.support.cards import blank_card
from tests.support.faces import EXPIRES, PERSON, SECURITY_CODE, with_face

ADULT = card_named("adult")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home with the key from which individual numbers are made."""
    made = Home.create(tmp_path / "home", Settings(purpose="sandbox"))
    keys_of(made).create(entropy)
    return made


def keys_of(home: Home) -> CardKeys:
    """Return the home's administration keys."""
    return CardKeys(home.path / "authority" / "keys" / f"{NAME}.key", home.path / "authority" / "passphrase")


def put(home: Home, image: CardImage, name: str = "adult") -> None:
    """Put a card into the home."""
    CardStore(home.cards).create(name, image)


def adults(home: Home) -> CardImage:
    """Return a card with the individual number of the catalogue's adult."""
    assert ADULT.person is not None
    return with_face(blank_card(), keys_of(home).individual_number_of(ADULT.person.resident_code))


def test_what_is_printed_on_a_test_card_is_told(home: Home) -> None:
    """照合番号A is the individual number, 照合番号B of birth date, last day and security code (C myna-card)."""
    put(home, adults(home))
    found = on_the_card(home, ADULT)

    assert ADULT.person is not None
    assert found.codes is not None
    assert found.codes.code_a == keys_of(home).individual_number_of(ADULT.person.resident_code)
    assert found.codes.code_b == code_b(PERSON.birth_date, EXPIRES, SECURITY_CODE, "era")
    assert (found.number, found.expires) == (blank_card().number, EXPIRES)


@pytest.mark.parametrize("name", ["adult", "blank"])
def test_a_card_of_somebody_else_is_not_told(home: Home, name: str) -> None:
    """A card with another's number, or anybody's where the catalogue has one in stock, only has a test card's name."""
    put(home, with_face(blank_card()), name)

    with pytest.raises(NotATestCard):
        on_the_card(home, card_named(name))
    with pytest.raises(CardMissing):
        on_the_card(home, card_named("ward"))


def test_a_face_that_cannot_be_read_is_told(home: Home) -> None:
    """Whose card it is cannot be known then."""
    image = adults(home)
    assert image.face is not None
    put(home, replace(image, face=replace(image.face, text={**image.face.text, 1: b"\xff\xff"})))

    with pytest.raises(FaceUnreadable):
        on_the_card(home, ADULT)
