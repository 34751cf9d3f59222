from openjpki.card import common
from openjpki.card.apdu import Ins
from openjpki.card.files import PinFile, RecordFile
from openjpki.card.juki import AID, FILES
from openjpki.rules.kinds import PinKind
from tests.unit.card.cards import blank


def test_the_application_identifier() -> None:
    """住基AP (C myna-card)."""
    assert AID.hex().upper() == "D3921000310001010401"


def test_the_record_is_that_of_the_common_application() -> None:
    """Byte for byte (C myna-card)."""
    own, other = FILES[0x02], common.FILES[0x02]
    assert isinstance(own, RecordFile)
    assert isinstance(other, RecordFile)

    assert own.records(blank()) == other.records(blank())


def test_the_pin_is_the_one_of_the_resident_record() -> None:
    """住民基本台帳用 (R-6.5), changed by CHANGE KEY and apart from that of the common application (C myna-card)."""
    assert FILES[0x1C] == PinFile(PinKind.RESIDENT_RECORD, Ins.CHANGE_KEY)
    assert FILES[0x1C] != common.FILES[0x1C]
