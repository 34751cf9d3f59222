from collections.abc import Mapping
from dataclasses import replace

import pytest

from openjpki.card.face import MAX_FILE, FaceKey
from openjpki.rules.kinds import CertificateKind
from tests.support.faces import card_of_holder, holder
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
    written = FACE.with_attributes(b"attributes", b"integrity")

    assert {file for file in FACE.text if written.text[file] != FACE.text[file]} == {2, 3}
    assert (written.text[2], written.text[3]) == (b"attributes", b"integrity")
    assert written.lasting() == FACE.lasting()
    for other in (
        {"text": {**FACE.text, 1: b"x"}},
        {"visual": {**FACE.visual, 2: b"x"}},
        {"objects": {0xF8: b"x", 0x7F21: b"x"}},
    ):
        assert replace(FACE, **other).lasting() != FACE.lasting()  # type: ignore[arg-type]  # the table names real fields
    with pytest.raises(ValueError, match="not the face of a card"):
        FACE.with_attributes(b"", b"integrity")


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
