from dataclasses import replace
from datetime import date

from openjpki.card.apdu import Ins
from openjpki.card.common import AID, APPLICATION, FILES, card_information, key_record
from openjpki.card.files import KeyFile, PinFile, RecordFile
from openjpki.card.key_reference import RECORD_KEY
from openjpki.card.pins import CodeKind
from tests.unit.card.cards import blank


def test_the_application_identifier() -> None:
    """共通カードAP (C jpki/myna, myna-card)."""
    assert AID.hex().upper() == "D3921000310001010100"


def test_the_record_of_a_test_card() -> None:
    """01 1C, then number, municipality and last day: the bytes that myna-card's tests have of a test card."""
    assert card_information(blank()) == (b"\x01\x1c4000000127198431322120350217",)


def test_the_record_follows_the_hand_over() -> None:
    """It is a view of the card: after a move the municipality that serves the holder stands there, and the new last day."""
    image = replace(blank(), municipality="99202", expires=date(2036, 4, 1))

    assert card_information(image)[0].endswith(b"9920220360401")


def test_the_files_of_the_common_application() -> None:
    """Two record files, the one key that answers challenges, and a PIN that CHANGE KEY changes (C myna-card)."""
    assert set(FILES) == {0x01, 0x02, 0x19, 0x1C}
    assert key_record(blank()) == (b"\x01\x10" + RECORD_KEY,)
    assert isinstance(FILES[0x01], RecordFile)
    key = FILES[0x19]
    assert isinstance(key, KeyFile)
    assert (key.authenticates, key.pin) == (True, None)
    assert FILES[0x1C] == PinFile(CodeKind.COMMON, Ins.CHANGE_KEY)
    assert APPLICATION.default_key is None
