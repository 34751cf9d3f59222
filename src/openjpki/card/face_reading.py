"""What a terminal makes of the files of a card's face: the holder's data, and whether the issuer's signature holds over them.

The counterpart of `face_files`. A signature is held against the key in the card's own certificate: that nothing was
changed since is shown by it, but who the owner of that key is, is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from openjpki.card.codes import NUMBER_DIGITS
from openjpki.card.face_files import SEX_CODES, digest_info
from openjpki.card.key_reference import SIZE
from openjpki.card.tlv import DataObject, begun, objects, read_rsa_public_key
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import Sex

_SEXES: Final[Mapping[bytes, Sex]] = {code: sex for sex, code in SEX_CODES.items()}
"""JIS X 0303; `9`, not applicable, has no word here and reads as unknown."""
_BIRTH_DIGITS = 8


class FaceUnreadable(Failure):
    """A file of the card's face is not made as such files are."""

    code = "card.face.unreadable"
    kind = Kind.REFUSED
    ja = "カードに書き込まれた券面の情報を読み取れません。"
    en = "What is written on the card of its face cannot be read."


@dataclass(frozen=True, kw_only=True)
class WrittenAttributes:
    """The four attributes as the text application has them. `repr` shows none."""

    name: str = field(repr=False)
    address: str = field(repr=False)
    birth_date: str = field(repr=False)
    """YYYYMMDD, as it stands: of a birth whose day is not known some digits are no date."""
    sex: Sex = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Printed:
    """What stands on the front of the card beside the pictures of words. `repr` shows no birth date and no code."""

    born: date = field(repr=False)
    expires: date
    security_code: bytes = field(repr=False)
    """Its picture."""


@dataclass(frozen=True, kw_only=True)
class Seal:
    """Whether digest and signature hold over what was read."""

    held: bool
    signer: str
    """The reference (鍵ID) of the key that signed, as the card's certificate names it: hexadecimal."""


def number_in(file: bytes) -> str:
    """Return the individual number of EF 0001 of the text application; raises `FaceUnreadable`."""
    try:
        tag, header, size = begun(file)
        number = file[header : header + size].decode("ascii")
    except ValueError as error:
        raise FaceUnreadable from error
    if tag != 0xFF10 or len(number) != NUMBER_DIGITS or not number.isdecimal():  # noqa: PLR2004  -- a tag
        raise FaceUnreadable
    return number


def attributes_in(file: bytes) -> WrittenAttributes:
    """Return the four attributes of EF 0002 of the text application; raises `FaceUnreadable`."""
    parts = _parts(file, 0xFF20, 0xDF22, 0xDF23, 0xDF24, 0xDF25)
    try:
        name, address = (parts[tag].value.decode() for tag in (0xDF22, 0xDF23))
        birth_date = parts[0xDF24].value.decode("ascii")
    except ValueError as error:
        raise FaceUnreadable from error
    if len(birth_date) != _BIRTH_DIGITS:
        raise FaceUnreadable
    sex = _SEXES.get(parts[0xDF25].value, Sex.UNKNOWN)
    return WrittenAttributes(name=name, address=address, birth_date=birth_date, sex=sex)


def photo_in(file: bytes) -> bytes:
    """Return the photo of EF 0002 of the visual application, JPEG 2000; raises `FaceUnreadable`."""
    return _parts(file, 0xFF20, 0xDF27)[0xDF27].value


def printed_in(file: bytes) -> Printed:
    """Return birth date, last day and the picture of the security code of the visual application's EF 0002; raises `FaceUnreadable`."""
    parts = _parts(file, 0xFF20, 0xDF22, 0xDF29, 0xDF2A)
    try:
        born, expires = (date.fromisoformat(parts[tag].value.decode("ascii")) for tag in (0xDF22, 0xDF29))
    except ValueError as error:
        raise FaceUnreadable from error
    return Printed(born=born, expires=expires, security_code=parts[0xDF2A].value)


def seal_of_number(file: bytes, integrity: bytes, certificate: bytes) -> Seal:
    """Return whether EF 0001, with its filler, is what EF 0003 is signed over; raises `FaceUnreadable`."""
    return _seal_of_text(0xDF31, file, integrity, certificate)


def seal_of_attributes(file: bytes, integrity: bytes, certificate: bytes) -> Seal:
    """Return whether EF 0002, without its table, is what EF 0003 is signed over; raises `FaceUnreadable`."""
    parts = _parts(file, 0xFF20, 0xDF21)
    return _seal_of_text(0xDF32, _whole(parts, skip=0xDF21), integrity, certificate)


def seal_of_photo(file: bytes, certificate: bytes) -> Seal:
    """Return whether the visual application's EF 0002 is what its signature is over; raises `FaceUnreadable`.

    One DigestInfo holds three digests: of the person, of the pictures of name and address, of the photo. The last day and
    the picture of the security code are not signed.
    """
    groups = ((0xDF22, 0xDF23, 0xDF24), (0xDF25, 0xDF26), (0xDF27,))
    parts = _parts(file, 0xFF20, 0xDF28, *(tag for group in groups for tag in group))
    digests = (sha256(b"".join(parts[tag].whole for tag in group)).digest() for group in groups)
    signer, key = _certified(certificate)
    return Seal(held=_signed(key, parts[0xDF28].value, digest_info(*digests)), signer=signer)


def _seal_of_text(tag: int, covered: bytes, integrity: bytes, certificate: bytes) -> Seal:
    parts = _parts(integrity, 0xFF30, 0xDF31, 0xDF32, 0xDF33)
    signer, key = _certified(certificate)
    told = sha256(_whole(parts, skip=0xDF33)).digest()
    same = parts[tag].value == sha256(covered).digest()
    return Seal(held=same and _signed(key, parts[0xDF33].value, digest_info(told)), signer=signer)


def _certified(certificate: bytes) -> tuple[str, RSAPublicKey]:
    """Return reference and key of a card-verifiable certificate: `7F21 { 5F4E: issuer, subject, key ; 5F37 }`."""
    body = _parts(certificate, 0x7F21, 0x5F4E)[0x5F4E].value
    try:
        return body[SIZE : 2 * SIZE].hex(), read_rsa_public_key(body[2 * SIZE :])
    except ValueError as error:
        raise FaceUnreadable from error


def _signed(key: RSAPublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        return key.recover_data_from_signature(signature, PKCS1v15(), None) == signed
    except InvalidSignature:
        return False


def _whole(parts: Mapping[int, DataObject], *, skip: int) -> bytes:
    return b"".join(part.whole for tag, part in parts.items() if tag != skip)


def _parts(file: bytes, outer: int, *needed: int) -> Mapping[int, DataObject]:
    """Return the objects inside a file's one object, in their order; raises `FaceUnreadable` if one is not there."""
    try:
        (whole,) = objects(file)
        parts = {part.tag: part for part in objects(whole.value)}
    except ValueError as error:
        raise FaceUnreadable from error
    if whole.tag != outer or not parts.keys() >= set(needed):
        raise FaceUnreadable
    return parts
