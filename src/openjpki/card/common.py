"""The common application (共通カードAP): the card's number, municipality and last day, and a key that answers challenges."""

from openjpki.card.apdu import Ins
from openjpki.card.face import FaceKey
from openjpki.card.files import ApplicationTable, FileTable, KeyFile, PinFile, RecordFile
from openjpki.card.image import CardImage
from openjpki.card.key_reference import RECORD_KEY
from openjpki.card.pins import CodeKind
from openjpki.card.status import SW

AID = bytes.fromhex("D3921000310001010100")

CARD_INFORMATION = 0x0001
KEY_REFERENCE = 0x0002
INTERNAL_KEY = 0x0019
PIN = 0x001C

_TAG = 0x01
_DAY = "%Y%m%d"


def card_information(image: CardImage) -> tuple[bytes]:
    """Return record 1: simple TLV `01 1C`, then number, municipality and last day, 28 digits (C myna-card)."""
    digits = f"{image.number}{image.municipality}{image.expires:{_DAY}}".encode("ascii")
    return (bytes((_TAG, len(digits))) + digits,)


def key_record(_: CardImage) -> tuple[bytes]:
    """Return the one record of EF 0002, the same in the 住基 application (C myna-card): a key reference, as simple TLV (U)."""
    return (bytes((_TAG, len(RECORD_KEY))) + RECORD_KEY,)


FILES: FileTable = {
    CARD_INFORMATION: RecordFile(card_information),
    KEY_REFERENCE: RecordFile(key_record),
    INTERNAL_KEY: KeyFile(FaceKey.INTERNAL, authenticates=True),
    PIN: PinFile(CodeKind.COMMON, Ins.CHANGE_KEY),
}
APPLICATION = ApplicationTable(aid=AID, files=FILES, session_key_status=SW.SECURITY_ENVIRONMENT)
