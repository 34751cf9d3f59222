from datetime import date
from pathlib import Path

import pytest

from openjpki.authority.cards.face_key import CardFaceKey
from openjpki.authority.cards.faces import FaceWriter
from openjpki.authority.signing.keys import KeyMissing
from openjpki.card.face import FaceKey
from openjpki.card.personalisation import Holder
from openjpki.card.pins import CodeKind
from openjpki.pki.keys import FreshKeys
from tests.support.authority import CountedEntropy
from tests.support.faces import INDIVIDUAL_NUMBER, PERSON


@pytest.fixture
def writer(tmp_path: Path) -> FaceWriter:
    """Return a writer under a new key for faces."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_bytes(b"a passphrase")
    passphrase.chmod(0o600)
    key = CardFaceKey(tmp_path / "card-face.pem", passphrase)
    key.create(FreshKeys())
    return FaceWriter(key=key, key_source=FreshKeys(), entropy=CountedEntropy())


def written(writer: FaceWriter) -> Holder:
    """Return what the writer makes for the tests' person."""
    return writer.write(
        individual_number=INDIVIDUAL_NUMBER,
        attributes=PERSON,
        municipality="99201",
        expires=date(2035, 2, 17),
        code_year="era",
    )


def test_each_card_has_a_code_and_keys_of_its_own(writer: FaceWriter) -> None:
    """A person's second card is not opened by what is printed on the first."""
    one, other = written(writer), written(writer)

    assert one.codes[CodeKind.TEXT_B] != other.codes[CodeKind.TEXT_B]
    assert len({*one.face.keys.values(), *other.face.keys.values()}) == 2 * len(FaceKey)


def test_nothing_is_written_without_the_key(writer: FaceWriter, tmp_path: Path) -> None:
    """A face that nobody signed is none."""
    (tmp_path / "card-face.pem").unlink()
    with pytest.raises(KeyMissing):
        written(writer)
