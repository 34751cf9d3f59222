"""The visual application (券面事項確認AP): what is printed on the card, to hold the card's face against its chip."""

from openjpki.card.face import VISUAL_FILES, FaceKey
from openjpki.card.files import ApplicationTable, Content, DataFile, FileTable, KeyFile, PinFile
from openjpki.card.image import CardImage
from openjpki.card.jpki import filler
from openjpki.card.pins import CodeKind
from openjpki.card.settings import CardSettings
from openjpki.card.status import SW

AID = bytes.fromhex("D3921000310001010402")

AGE, FACE, BASIC, CERTIFICATE, NUMBER_IMAGE = VISUAL_FILES
UNKNOWN = 0x0006
BIRTH_DATE = 0x0011
CODE_B = 0x0012
CODE_A = 0x0013

_FACE_OPENED_BY = frozenset({CodeKind.VISUAL_A, CodeKind.VISUAL_B})


def _written(number: int) -> Content:
    def content(image: CardImage, _: CardSettings) -> bytes | None:
        return None if image.face is None else image.face.visual[number]

    return content


FILES: FileTable = {
    AGE: DataFile(_written(AGE), frozenset({CodeKind.VISUAL_BIRTH_DATE})),
    FACE: DataFile(_written(FACE), _FACE_OPENED_BY),
    BASIC: DataFile(_written(BASIC)),
    CERTIFICATE: DataFile(_written(CERTIFICATE)),
    NUMBER_IMAGE: DataFile(_written(NUMBER_IMAGE), frozenset({CodeKind.VISUAL_A})),
    UNKNOWN: DataFile(filler, _FACE_OPENED_BY),
    BIRTH_DATE: PinFile(CodeKind.VISUAL_BIRTH_DATE, None),
    CODE_B: PinFile(CodeKind.VISUAL_B, None),
    CODE_A: PinFile(CodeKind.VISUAL_A, None),
}
APPLICATION = ApplicationTable(
    aid=AID, files=FILES, default_key=KeyFile(FaceKey.VISUAL), session_key_status=SW.SECURITY_ENVIRONMENT
)
