import pytest

from openjpki.card.personalisation import FactorySettings, personalise
from openjpki.card.pins import CodeKind
from openjpki.rules.kinds import PinKind
from tests.support.cards import keys_of
from tests.support.faces import INDIVIDUAL_NUMBER, card_of_holder, holder
from tests.unit.card.cards import EXPIRES, MUNICIPALITY, NUMBER, blank, zeros


def test_a_personalised_card_has_no_pins_and_no_keys() -> None:
    """A card is made blank: its PINs are set, each once without an old one, and its keys made, afterwards (R-6.5)."""
    image = blank()

    assert {name: pin.limit for name, pin in image.pins.items()} == {
        PinKind.SIGNATURE: 5,
        PinKind.AUTHENTICATION: 3,
        PinKind.RESIDENT_RECORD: 3,
        PinKind.CARD_FACE_ENTRY: 3,
        CodeKind.COMMON: 3,
        CodeKind.TEXT_A: 10,
        CodeKind.TEXT_B: 10,
        CodeKind.TEXT_UNUSED: 10,
        CodeKind.VISUAL_A: 10,
        CodeKind.VISUAL_B: 10,
        CodeKind.VISUAL_BIRTH_DATE: 10,
    }
    assert all(pin.tries == 0 and pin.digest is None for pin in image.pins.values())
    assert all(keys.active is None and keys.shadow is None for keys in image.keys.values())
    assert (image.number, image.municipality, image.expires) == (NUMBER, MUNICIPALITY, EXPIRES)
    assert image.permitted == {*PinKind, CodeKind.COMMON}
    assert (image.channel.keys, image.channel.counter, image.channel.failures) == (keys_of(NUMBER), 0, 0)
    assert (image.face, image.challenges) == (None, 0)


def test_a_card_has_a_number_of_fifteen_digits() -> None:
    """製造番号, as the card's common application tells it."""
    with pytest.raises(ValueError, match="not the data of a card"):
        personalise(number="1", municipality=MUNICIPALITY, expires=EXPIRES, keys=keys_of("1"), entropy=zeros)


def test_a_card_of_a_holder_has_its_face_and_the_codes_printed_on_it() -> None:
    """The codes can be verified with all their tries; PINs are the holder's to set, as on a blank card (R-6.5).

    But not the one that opens the number and the attributes: whoever has the card in hand could set it and read them.
    """
    image = card_of_holder()
    code = image.pins[CodeKind.TEXT_A]

    assert image.face == holder().face
    assert {name for name, pin in image.pins.items() if pin.tries} == set(CodeKind) - {
        CodeKind.COMMON,
        CodeKind.TEXT_UNUSED,
    }
    assert code.matches(INDIVIDUAL_NUMBER.encode(), image.salt_of(CodeKind.TEXT_A))
    assert image.permitted == {*PinKind, CodeKind.COMMON} - {PinKind.CARD_FACE_ENTRY}


@pytest.mark.parametrize(("year", "code"), [("era", b"63022920352285"), ("western", b"88022920352285")])
def test_the_year_of_the_printed_code_is_a_setting(year: str, code: bytes) -> None:
    """照合番号B has the year of the era on test cards (C myna-card); some documents say the western year."""
    image = card_of_holder(settings=FactorySettings(code_year=year))  # type: ignore[arg-type]  # the table names real values

    assert image.pins[CodeKind.VISUAL_B].matches(code, image.salt_of(CodeKind.VISUAL_B))
    assert image.pins[CodeKind.VISUAL_BIRTH_DATE].matches(code[:6], image.salt_of(CodeKind.VISUAL_BIRTH_DATE))


def test_tries_of_what_no_source_counts_are_settings() -> None:
    """Three for EF 001C and ten for the printed codes are recalled only (R)."""
    image = card_of_holder(settings=FactorySettings(card_pin_tries=5, code_tries=15))

    assert (image.pins[PinKind.RESIDENT_RECORD].limit, image.pins[CodeKind.COMMON].limit) == (5, 5)
    assert (image.pins[CodeKind.TEXT_B].tries, image.pins[CodeKind.VISUAL_A].tries) == (15, 15)


@pytest.mark.parametrize(
    "limits", [{"card_pin_tries": 0}, {"card_pin_tries": 16}, {"code_tries": 0}, {"code_tries": 16}]
)
def test_tries_fit_a_status_word(limits: dict[str, int]) -> None:
    """`63Cx` has one digit for them."""
    with pytest.raises(ValueError, match="1 to 15 tries"):
        FactorySettings(**limits)  # type: ignore[arg-type]  # the table names real fields
