import pytest

from openjpki.card import text
from openjpki.card.files import DataFile, FileTable, KeyFile, PinFile
from openjpki.card.pins import CodeKind, PinName
from openjpki.card.settings import CardSettings
from openjpki.rules.kinds import PinKind
from tests.support.faces import card_of_holder
from tests.unit.card.cards import blank, in_application, stored

PIN, A, B = PinKind.CARD_FACE_ENTRY, CodeKind.TEXT_A, CodeKind.TEXT_B


def opened_by(table: FileTable) -> dict[int, frozenset[PinName] | None]:
    """Return what opens each file."""
    return {number: file.opened_by for number, file in table.items() if isinstance(file, DataFile)}


def test_who_opens_what_in_the_text_application() -> None:
    """C myna-card: A opens the number and not the attributes, B the reverse, the PIN both."""
    assert opened_by(text.FILES) == {
        1: {PIN, A},
        2: {PIN, B},
        3: {PIN, A, B},
        4: None,
        5: None,
        6: {PIN, A, B},
        7: {PIN, A, B},
        8: set(),
    }


def test_what_is_printed_on_the_card_nobody_changes() -> None:
    """Only the PIN of the text application has a command that changes it."""
    changed = {file.pin for file in text.FILES.values() if isinstance(file, PinFile) and file.changed_by is not None}

    assert changed == {PIN}
    assert isinstance(text.FILES[0x13], KeyFile)
    assert text.APPLICATION.default_key == text.FILES[0x13]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6, 7])
def test_the_files_are_those_that_the_issuer_wrote(number: int) -> None:
    """A card made blank has none of them."""
    file, image = text.FILES[number], card_of_holder()
    assert isinstance(file, DataFile)
    assert image.face is not None

    assert file.content(image, CardSettings()) == image.face.text[number]
    assert file.content(blank(), CardSettings()) is None


def test_an_absent_face_follows_the_setting_for_absent_files() -> None:
    """SELECT answers 6A82, or SELECT succeeds and READ answers 6B00 (U)."""
    select, read = "00 A4 04 0C 0A D3921000310001010408", "00 B0 84 00 00"

    assert in_application().sw(select, read) == "6A82"
    assert in_application(absent_certificate_status=0x6B00).sw(select, read) == "6B00"
    assert in_application(stored("holder")).sw(select, read) == "9000"
