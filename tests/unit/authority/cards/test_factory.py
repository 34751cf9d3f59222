from datetime import date
from pathlib import Path

import pytest

from openjpki.authority.cards.face_key import CardFaceKey
from openjpki.authority.cards.faces import FaceWriter
from openjpki.authority.cards.factory import CardFactory, Registered
from openjpki.authority.cards.keys import CardKeys
from openjpki.card.codes import is_individual_number
from openjpki.card.face import FaceKey
from openjpki.card.imagefile import from_bytes
from openjpki.card.personalisation import FactorySettings
from openjpki.card.pins import CodeKind
from openjpki.pki.keys import FreshKeys
from openjpki.rules.kinds import PinKind
from tests.support.authority import CARD_EXPIRES, CountedEntropy
from tests.support.faces import PERSON, fields
from tests.unit.card.test_upgrade import OLD

HANAKO = Registered(resident_code="99201000022", attributes=PERSON, municipality="99201")


@pytest.fixture
def factory(tmp_path: Path) -> CardFactory:
    """Return a factory under a new master key and a new key for faces."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_bytes(b"a passphrase")
    passphrase.chmod(0o600)
    keys, face_key = CardKeys(tmp_path / "master.key", passphrase), CardFaceKey(tmp_path / "face.pem", passphrase)
    keys.create(CountedEntropy())
    face_key.create(FreshKeys())
    writer = FaceWriter(key=face_key, key_source=FreshKeys(), entropy=CountedEntropy())
    return CardFactory(keys, CountedEntropy(), writer)


def test_a_new_card_has_a_number_and_the_keys_of_it(factory: CardFactory) -> None:
    """Fifteen digits that differ; every PIN may be set once (R-6.5)."""
    one, other = (factory.make(municipality="99201", expires=CARD_EXPIRES) for _ in range(2))

    assert one.number != other.number
    assert one.channel.keys == factory.keys.of(one.number) != other.channel.keys
    assert one.permitted == {*PinKind, CodeKind.COMMON}
    assert one.face is None


def test_an_older_card_gets_the_keys_of_its_number(factory: CardFactory) -> None:
    """What the home's upgrade calls for each image."""
    image = from_bytes(factory.upgrade(OLD))

    assert image.channel.keys == factory.keys.of(image.number)


def test_a_card_of_a_person_has_what_the_register_says(factory: CardFactory) -> None:
    """Name and number in its files, its codes by the same data, four keys of its own."""
    image = factory.make_for(HANAKO, CARD_EXPIRES)
    other = factory.make_for(HANAKO, CARD_EXPIRES)
    number = factory.keys.individual_number_of(HANAKO.resident_code)
    assert image.face is not None
    assert other.face is not None

    assert image.face.text[1][3:15] == number.encode()
    assert fields(image.face.text[2], 0xFF20)[0xDF22].decode() == PERSON.name
    assert image.pins[CodeKind.VISUAL_A].matches(number.encode(), image.salt_of(CodeKind.VISUAL_A))
    assert image.pins[CodeKind.VISUAL_BIRTH_DATE].matches(b"630229", image.salt_of(CodeKind.VISUAL_BIRTH_DATE))
    assert (image.municipality, image.expires) == ("99201", CARD_EXPIRES)
    assert len({*image.face.keys.values(), *other.face.keys.values()}) == 2 * len(FaceKey)
    assert image.number != other.number


def test_the_printed_code_and_the_pictures_agree(factory: CardFactory) -> None:
    """照合番号B ends with the security code, which differs from card to card."""
    codes = factory.faces.write(  # type: ignore[union-attr]  # this factory has a writer
        individual_number="992010000222",
        attributes=PERSON,
        municipality="99201",
        expires=date(2035, 2, 17),
        code_year="era",
    ).codes

    assert codes[CodeKind.TEXT_B] == codes[CodeKind.VISUAL_B]
    assert codes[CodeKind.TEXT_B][:10] == "6302292035"
    assert len(codes[CodeKind.TEXT_B]) == 14
    assert codes[CodeKind.TEXT_A] == codes[CodeKind.VISUAL_A] == "992010000222"


def test_a_factory_follows_its_settings(factory: CardFactory) -> None:
    """Tries and the year of the printed code, where sources differ."""
    other = CardFactory(
        factory.keys, factory.entropy, factory.faces, FactorySettings(code_tries=5, code_year="western")
    ).make_for(HANAKO, CARD_EXPIRES)
    code = other.pins[CodeKind.VISUAL_BIRTH_DATE]

    assert (code.limit, code.matches(b"880229", other.salt_of(CodeKind.VISUAL_BIRTH_DATE))) == (5, True)


def test_a_factory_without_a_writer_makes_blank_cards_only(factory: CardFactory) -> None:
    """The slim command line has no register."""
    with pytest.raises(ValueError, match="blank cards only"):
        CardFactory(factory.keys, factory.entropy).make_for(HANAKO, CARD_EXPIRES)


def test_individual_numbers_are_right_and_no_two_persons_share_one(factory: CardFactory, tmp_path: Path) -> None:
    """Twelve digits with their check digit, the same for a person's next card, told by the master key alone."""
    codes = [f"{99201000000 + count:011}" for count in range(2000)]
    numbers = [factory.keys.individual_number_of(code) for code in codes]
    again = CardKeys(tmp_path / "master.key", tmp_path / "passphrase")

    assert all(map(is_individual_number, numbers))
    assert len(set(numbers)) == len(codes)
    assert [again.individual_number_of(code) for code in codes] == numbers
    assert not set(numbers) & {code + number[-1] for code, number in zip(codes, numbers, strict=True)}


def test_nothing_of_a_person_is_shown(factory: CardFactory) -> None:
    """Neither resident code nor name."""
    assert repr(HANAKO) == "Registered(municipality='99201')"
    assert PERSON.name not in repr(factory.make_for(HANAKO, CARD_EXPIRES))
