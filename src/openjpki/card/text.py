"""The text application (券面事項入力補助AP): the individual number and the four attributes, to be copied into a form."""

from openjpki.card.face import TEXT_FILES, FaceKey
from openjpki.card.files import NEVER, ApplicationTable, Content, DataFile, FileTable, KeyFile, PinFile
from openjpki.card.image import CardImage
from openjpki.card.jpki import filler
from openjpki.card.pins import CodeKind, PinName
from openjpki.card.settings import CardSettings
from openjpki.rules.kinds import PinKind

AID = bytes.fromhex("D3921000310001010408")

NUMBER, ATTRIBUTES, INTEGRITY, CERTIFICATE, BASIC, SESSION_KEY, SIGNED_KEY = TEXT_FILES
UNKNOWN = 0x0008
PIN = 0x0011
UNUSED_PIN = 0x0012
CARD_KEY = 0x0013
CODE_A = 0x0014
CODE_B = 0x0015

_NUMBER_OPENED_BY: frozenset[PinName] = frozenset({PinKind.CARD_FACE_ENTRY, CodeKind.TEXT_A})
_ATTRIBUTES_OPENED_BY: frozenset[PinName] = frozenset({PinKind.CARD_FACE_ENTRY, CodeKind.TEXT_B})
_ANY = _NUMBER_OPENED_BY | _ATTRIBUTES_OPENED_BY


def _written(number: int) -> Content:
    def content(image: CardImage, _: CardSettings) -> bytes | None:
        return None if image.face is None else image.face.text[number]

    return content


FILES: FileTable = {
    NUMBER: DataFile(_written(NUMBER), _NUMBER_OPENED_BY),
    ATTRIBUTES: DataFile(_written(ATTRIBUTES), _ATTRIBUTES_OPENED_BY),
    INTEGRITY: DataFile(_written(INTEGRITY), _ANY),
    CERTIFICATE: DataFile(_written(CERTIFICATE)),
    BASIC: DataFile(_written(BASIC)),
    SESSION_KEY: DataFile(_written(SESSION_KEY), _ANY),
    SIGNED_KEY: DataFile(_written(SIGNED_KEY), _ANY),
    UNKNOWN: DataFile(filler, NEVER),
    PIN: PinFile(PinKind.CARD_FACE_ENTRY),
    UNUSED_PIN: PinFile(CodeKind.TEXT_UNUSED, None),
    CARD_KEY: KeyFile(FaceKey.TEXT),
    CODE_A: PinFile(CodeKind.TEXT_A, None),
    CODE_B: PinFile(CodeKind.TEXT_B, None),
}
APPLICATION = ApplicationTable(aid=AID, files=FILES, default_key=KeyFile(FaceKey.TEXT))
