"""The two small public files of the JPKI application: EF 0006 and EF 0008."""

from openjpki.card.image import CardImage
from openjpki.card.settings import LABEL_SIZE
from openjpki.rules.kinds import CertificateKind

TOKEN_INFO_SIZE = 160
PRESENT, ABSENT = 0x8F, 0x00
"""The marks of EF 0008 (C myna-card)."""

_MANUFACTURER = "OpenJPKI"
_MODEL = "VIRTUAL CARD"
_FLAGS = 0x040D
"""CKF_RNG, CKF_LOGIN_REQUIRED, CKF_USER_PIN_INITIALIZED, CKF_TOKEN_INITIALIZED, as on test cards (C myna-card)."""
_SESSIONS = (0, 0, 0, 0)
"""Most and open sessions, most and open read-write sessions: no limit is told (PKCS #11 §3.2)."""
_PIN_LENGTHS = (16, 6)
_MEMORY = (0xFFFFFFFF,) * 4
"""CK_UNAVAILABLE_INFORMATION."""
_HARDWARE, _FIRMWARE = b"03", b"01"
_NO_TIME = b"9" * 16


def token_info(image: CardImage, label: str) -> bytes:
    """Return EF 0006: a CK_TOKEN_INFO of PKCS #11 with 32-bit big-endian numbers and space-padded texts, 160 bytes."""
    texts = ((label, LABEL_SIZE), (_MANUFACTURER, 32), (_MODEL, 16), (image.number.zfill(16), 16))
    numbers = (_FLAGS, *_SESSIONS, *_PIN_LENGTHS, *_MEMORY)
    return b"".join(
        (
            *(text.encode("ascii").ljust(size) for text, size in texts),
            *(number.to_bytes(4) for number in numbers),
            _HARDWARE,
            _FIRMWARE,
            _NO_TIME,
        )
    )


def presence(image: CardImage) -> bytes:
    """Return EF 0008: which certificates the holder has, signature first; three bytes."""
    kinds = (CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION)
    return bytes((*(PRESENT if image.keys[kind].active else ABSENT for kind in kinds), 0))
