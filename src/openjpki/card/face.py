"""What stands on a card of its holder beside certificates: files as the issuer wrote and signed them, and keys for them.

Of the files, two are written anew when a name or an address changes (券面更新): the attributes of the text
application, and what is signed over them. The print, and so the visual application, stays as it was made.

The card understands next to nothing of it: it keeps whole files and hands them out. `face_files` says what is in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, unique
from typing import Final, Self

from openjpki.card.tlv import objects
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CertificateKind

MAX_FILE = 0x7FFF
"""Bytes: an offset of READ BINARY has fifteen bits (ISO 7816-4 §7.2.3)."""

TEXT_FILES: Final = (0x0001, 0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0007)
VISUAL_FILES: Final = (0x0001, 0x0002, 0x0003, 0x0004, 0x0005)
DATA_OBJECTS: Final = (0x00F8, 0x7F21)
ATTRIBUTES, INTEGRITY = TEXT_FILES[1:3]
"""Of the text application: what may be written anew."""
_NUMBER_DIGEST = 0xDF31
"""In the second of them: the SHA-256 of EF 0001."""


class NoFace(Failure):
    """Nothing of its holder is written on the card."""

    code = "card.face.absent"
    kind = Kind.REFUSED
    ja = "このカードには、氏名・住所などの券面の情報が書き込まれていません。"
    en = "Nothing of its holder, neither name nor photo, is written on this card."


@unique
class FaceKey(Enum):
    """The keys of a card that no certificate of the JPKI application is for."""

    INTERNAL = "internal"
    """EF 0019 of the common application: INTERNAL AUTHENTICATE."""
    TEXT = "text"
    """EF 0013 of the text application: shows that a card is no copy of its files."""
    SESSION = "session"
    """The private half of EF 0006 of the text application: kept for secure messaging."""
    VISUAL = "visual"
    """The same as `TEXT` in the visual application."""


KeyName = CertificateKind | FaceKey


@dataclass(frozen=True, kw_only=True)
class Face:
    """The holder's data as the issuer wrote them: RSA-2048 keys as PKCS#8, whole files by identifier. `repr` shows none."""

    text: Mapping[int, bytes] = field(repr=False)
    """EF 0001 to 0007 of the text application (券面事項入力補助AP)."""
    visual: Mapping[int, bytes] = field(repr=False)
    """EF 0001 to 0005 of the visual application (券面事項確認AP)."""
    objects: Mapping[int, bytes] = field(repr=False)
    """What GET DATA tells beside what every card has."""
    keys: Mapping[FaceKey, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a face that lacks something, and files that cannot be read to their end."""
        files = (*self.text.values(), *self.visual.values(), *self.objects.values())
        sound = (
            tuple(self.text) == TEXT_FILES,
            tuple(self.visual) == VISUAL_FILES,
            tuple(self.objects) == DATA_OBJECTS,
            set(self.keys) == set(FaceKey),
            all(1 <= len(content) <= MAX_FILE for content in files),
        )
        if not all(sound):
            message = "not the face of a card"
            raise ValueError(message)

    def with_attributes(self, attributes: bytes, integrity: bytes) -> Self:
        """Return the face with the attributes of the text application, and what is signed over them, written anew.

        Raises ValueError for those of another individual number, which never changes on a card: one person's attributes
        beside another's photo would be a card that nobody issued.
        """
        if _digest_of_number(integrity) != _digest_of_number(self.text[INTEGRITY]):
            message = "written for another individual number"
            raise ValueError(message)
        return replace(self, text={**self.text, ATTRIBUTES: attributes, INTEGRITY: integrity})

    def lasting(self) -> object:
        """Return what is never written again: everything else."""
        text = [content for file, content in self.text.items() if file not in {ATTRIBUTES, INTEGRITY}]
        return text, self.visual, self.objects, self.keys


def _digest_of_number(integrity: bytes) -> bytes:
    """Return the digest of the individual number that a file is signed for; raise ValueError if there is none."""
    (signed,) = objects(integrity)
    found = [part.value for part in objects(signed.value) if part.tag == _NUMBER_DIGEST]
    if len(found) != 1:
        message = "signed for no individual number"
        raise ValueError(message)
    return found[0]
