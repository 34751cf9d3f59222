from collections.abc import Mapping
from dataclasses import replace

import pytest

from openjpki.card.face import MAX_FILE, FaceKey
from openjpki.card.face_files import attribute_files
from openjpki.card.tlv import tlv
from openjpki.rules.kinds import CertificateKind
from tests.support.faces import INDIVIDUAL_NUMBER, PERSON, card_of_holder, holder, issuer
from tests.unit.card.cards import blank, ordinary

FACE = holder().face


@pytest.mark.parametrize(
    "change",
    [
        {"text": {}},
        {"visual": dict(list(FACE.visual.items())[:-1])},
        {"objects": {}},
        {"keys": {}},
        {"text": {**FACE.text, 1: b""}},
        {"visual": {**FACE.visual, 2: bytes(MAX_FILE + 1)}},
    ],
    ids=range(6),
)
def test_a_face_is_whole(change: Mapping[str, Mapping[int, bytes]]) -> None:
    """Every file is there and can be read to its end, and every key is there."""
    with pytest.raises(ValueError, match="not the face of a card"):
        replace(FACE, **change)  # type: ignore[arg-type]  # the table names real fields


def test_the_longest_file_can_be_read() -> None:
    """An offset of fifteen bits reaches its last byte."""
    assert replace(FACE, visual={**FACE.visual, 2: bytes(MAX_FILE)}).visual[2]


def test_the_attributes_alone_are_written_anew() -> None:
    """EF 0002 and EF 0003 of the text application; everything else is as it was, and lasting."""
    attributes, integrity = attribute_files(INDIVIDUAL_NUMBER, replace(PERSON, name="見本　華子"), issuer())
    written = FACE.with_attributes(attributes, integrity)

    assert {file for file in FACE.text if written.text[file] != FACE.text[file]} == {2, 3}
    assert (written.text[2], written.text[3]) == (attributes, integrity)
    assert written.lasting() == FACE.lasting()
    for other in (
        {"text": {**FACE.text, 1: b"x"}},
        {"visual": {**FACE.visual, 2: b"x"}},
        {"objects": {0xF8: b"x", 0x7F21: b"x"}},
    ):
        assert replace(FACE, **other).lasting() != FACE.lasting()  # type: ignore[arg-type]  # the table names real fields
    with pytest.raises(ValueError, match="not the face of a card"):
        FACE.with_attributes(b"", integrity)


def test_repr_shows_nothing_of_the_holder() -> None:
    """A name, a number or a key never enters a log."""
    assert repr(FACE) == "Face()"
    assert "992010000222" not in repr(holder())


def test_a_key_is_found_by_its_name() -> None:
    """A card made blank has no key of a face; without a certificate in use there is no key of its kind."""
    image = card_of_holder()

    assert image.key_in_use(FaceKey.INTERNAL) == FACE.keys[FaceKey.INTERNAL]
    assert image.key_in_use(CertificateKind.SIGNATURE) is None
    assert blank().key_in_use(FaceKey.TEXT) is None
    assert ordinary().key_in_use(CertificateKind.SIGNATURE) is not None


@pytest.mark.parametrize(
    "integrity",
    [
        attribute_files("992010000333", PERSON, issuer())[1],
        b"",
        b"\xff\x30\x00",
        tlv(0xFF30, tlv(0xDF31, b"one") + tlv(0xDF31, b"two")),
        b"no data objects",
    ],
    ids=["another's", "empty", "of no number", "of two numbers", "of no form"],
)
def test_attributes_of_another_number_are_not_written(integrity: bytes) -> None:
    """A card has one individual number for good: one person's attributes beside another's photo are nobody's card."""
    with pytest.raises(ValueError, match=r"number|data objects|unpack"):
        FACE.with_attributes(FACE.text[2], integrity)
