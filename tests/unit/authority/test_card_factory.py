from pathlib import Path

import pytest

from openjpki.authority.card_factory import CardFactory
from openjpki.authority.card_keys import CardKeys
from openjpki.card.imagefile import from_bytes
from openjpki.rules.kinds import PinKind
from tests.support.authority import CARD_EXPIRES, CountedEntropy
from tests.unit.card.test_upgrade import OLD


@pytest.fixture
def factory(tmp_path: Path) -> CardFactory:
    """Return a factory under a new master key."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_bytes(b"a passphrase")
    passphrase.chmod(0o600)
    keys = CardKeys(tmp_path / "master.key", passphrase)
    keys.create(CountedEntropy())
    return CardFactory(keys, CountedEntropy())


def test_a_new_card_has_a_number_and_the_keys_of_it(factory: CardFactory) -> None:
    """Fifteen digits that differ; every PIN may be set once (R-6.5)."""
    one, other = (factory.make(municipality="99201", expires=CARD_EXPIRES) for _ in range(2))

    assert one.number != other.number
    assert one.channel.keys == factory.keys.of(one.number) != other.channel.keys
    assert one.permitted == set(PinKind)


def test_an_older_card_gets_the_keys_of_its_number(factory: CardFactory) -> None:
    """What the home's upgrade calls for each image."""
    image = from_bytes(factory.upgrade(OLD))

    assert image.channel.keys == factory.keys.of(image.number)
