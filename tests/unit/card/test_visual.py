import pytest

from openjpki.card import visual
from openjpki.card.face import FaceKey
from openjpki.card.files import DataFile, KeyFile, PinFile
from openjpki.card.pins import CodeKind
from openjpki.card.settings import CardSettings
from tests.support.faces import card_of_holder
from tests.unit.card.cards import blank
from tests.unit.card.test_text import opened_by


def test_who_opens_what_in_the_visual_application() -> None:
    """C myna-card: the birth date opens one file, B the face, A the picture of the number too."""
    a, b = CodeKind.VISUAL_A, CodeKind.VISUAL_B
    assert opened_by(visual.FILES) == {1: {CodeKind.VISUAL_BIRTH_DATE}, 2: {a, b}, 3: None, 4: None, 5: {a}, 6: {a, b}}


def test_nothing_in_it_is_changed() -> None:
    """Its references are printed on the card; its key has no file of its own that is known (U)."""
    pins = [file for file in visual.FILES.values() if isinstance(file, PinFile)]

    assert len(pins) == 3
    assert all(file.changed_by is None for file in pins)
    assert visual.APPLICATION.default_key == KeyFile(FaceKey.VISUAL)


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_the_files_are_those_that_the_issuer_wrote(number: int) -> None:
    """A card made blank has none of them."""
    file, image = visual.FILES[number], card_of_holder()
    assert isinstance(file, DataFile)
    assert image.face is not None

    assert file.content(image, CardSettings()) == image.face.visual[number]
    assert file.content(blank(), CardSettings()) is None
