"""What the issuer writes into the files of a card's face: data, digests and signatures, byte by byte (C myna-card).

A signature covers every object before it in its file, as written. Two differ: the text application signs digests of two
other files, and the file with the pictures has three digests in one DigestInfo.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Final, Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from openjpki.card import text, visual
from openjpki.card.face import FaceKey
from openjpki.card.key_reference import CARD_KEY, FACE_ISSUER, TEXT_BASIC, VISUAL_BASIC
from openjpki.card.objects import CHAIN_LOWER, CHAIN_UPPER
from openjpki.card.tlv import rsa_public_key, tlv
from openjpki.rules.kinds import Sex
from openjpki.rules.person import FourAttributes

SEX_CODES: Final[Mapping[Sex, bytes]] = {Sex.MALE: b"1", Sex.FEMALE: b"2", Sex.UNKNOWN: b"0"}
"""JIS X 0303."""
FILLER: Final = b"\xff\xff"
"""Behind the individual number; the file's digest covers it."""

_CERTIFICATE, _BODY, _SIGNATURE = 0x7F21, 0x5F4E, 0x5F37
_TEXT_LAYOUT, _VISUAL_LAYOUT, _VERSION = bytes.fromhex("01030E01"), bytes.fromhex("06030E01"), b"\x01"
_OPAQUE_TEXT, _OPAQUE_VISUAL = b"\xff" * 128, b"\xff" * 256
"""Where the meaning on a real card is not known."""
_DAY = "%Y%m%d"


class FaceIssuer(Protocol):
    """The issuer's key for what is on a card's face."""

    def public_key(self) -> RSAPublicKey:
        """Return its public half."""
        ...

    def sign(self, digest_info: bytes) -> bytes:
        """Return the PKCS #1 v1.5 signature over a DigestInfo as it is."""
        ...


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """What is printed on the card, as pictures: PNG of one bit, and the photo as JPEG 2000 in grey."""

    name: bytes = field(repr=False)
    address: bytes = field(repr=False)
    number: bytes = field(repr=False)
    security_code: bytes = field(repr=False)
    photo: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class FaceData:
    """What is written of a holder. `repr` shows none of it."""

    individual_number: str = field(repr=False)
    attributes: FourAttributes = field(repr=False)
    municipality: str
    expires: date
    pictures: Pictures = field(repr=False)


def digest_info(*digests: bytes) -> bytes:
    """Return the DigestInfo for SHA-256 around one digest, or around several in a row as the face's file has it."""
    octets = b"".join(digests)
    algorithm = bytes.fromhex("300D06096086480165030402010500")
    inner = algorithm + bytes((0x04, len(octets))) + octets
    return bytes((0x30, len(inner))) + inner


def text_files(data: FaceData, keys: Mapping[FaceKey, RSAPublicKey], issuer: FaceIssuer) -> Mapping[int, bytes]:
    """Return EF 0001 to 0007 of the text application."""
    attributes, integrity = attribute_files(data.individual_number, data.attributes, issuer)
    card_key = tlv(0xDF51, rsa_public_key(keys[FaceKey.TEXT]))
    return {
        text.NUMBER: _number(data.individual_number),
        text.ATTRIBUTES: attributes,
        text.INTEGRITY: integrity,
        text.CERTIFICATE: tlv(_CERTIFICATE, certificate(issuer, FACE_ISSUER, issuer.public_key())),
        text.BASIC: tlv(0xFF40, tlv(0xDF41, _TEXT_LAYOUT) + tlv(0xDF42, TEXT_BASIC) + tlv(0xDF43, _OPAQUE_TEXT)),
        text.SESSION_KEY: tlv(0xA1, rsa_public_key(keys[FaceKey.SESSION])),
        text.SIGNED_KEY: tlv(0xFF50, _signed(card_key, 0xDF52, issuer)),
    }


def attribute_files(individual_number: str, attributes: FourAttributes, issuer: FaceIssuer) -> tuple[bytes, bytes]:
    """Return EF 0002 and EF 0003 of the text application: the attributes, and what is signed over them and the number."""
    parts = _attributes(attributes)
    number = sha256(_number(individual_number)).digest()
    digests = tlv(0xDF31, number) + tlv(0xDF32, sha256(b"".join(parts)).digest())
    return _with_offsets(0xFF20, 0xDF21, parts), tlv(0xFF30, _signed(digests, 0xDF33, issuer))


def visual_files(data: FaceData, keys: Mapping[FaceKey, RSAPublicKey], issuer: FaceIssuer) -> Mapping[int, bytes]:
    """Return EF 0001 to 0005 of the visual application."""
    key = rsa_public_key(keys[FaceKey.VISUAL])
    born = f"{data.attributes.birth_date:{_DAY}}".encode("ascii")
    basic = (
        tlv(0xDF31, _VISUAL_LAYOUT),
        tlv(0xDF32, VISUAL_BASIC),
        tlv(0xDF33, _VERSION),
        tlv(0xDF34, data.municipality.encode("ascii")),
        tlv(0xDF35, VISUAL_BASIC + _OPAQUE_VISUAL),
    )
    return {
        visual.AGE: tlv(0xFF10, _signed(tlv(0xDF11, born) + tlv(0xDF12, key), 0xDF13, issuer)),
        visual.FACE: _with_offsets(0xFF20, 0xDF21, _printed(data, born, key, issuer)),
        visual.BASIC: tlv(0xFF30, b"".join(basic)),
        visual.CERTIFICATE: tlv(_CERTIFICATE, certificate(issuer, FACE_ISSUER, issuer.public_key())),
        visual.NUMBER_IMAGE: tlv(0xFF40, _signed(tlv(0xDF41, data.pictures.number) + tlv(0xDF42, key), 0xDF43, issuer)),
    }


def data_objects(keys: Mapping[FaceKey, RSAPublicKey], issuer: FaceIssuer) -> Mapping[int, bytes]:
    """Return the chain of GET DATA: the issuer's certificate for itself, then that of the card's key for challenges."""
    return {
        CHAIN_UPPER: certificate(issuer, FACE_ISSUER, issuer.public_key()),
        CHAIN_LOWER: certificate(issuer, CARD_KEY, keys[FaceKey.INTERNAL]),
    }


def certificate(issuer: FaceIssuer, subject: bytes, key: RSAPublicKey) -> bytes:
    """Return what a card-verifiable certificate holds: both key references and the key, 297 bytes, and the signature over them."""
    body = FACE_ISSUER + subject + rsa_public_key(key)
    return tlv(_BODY, body) + tlv(_SIGNATURE, issuer.sign(digest_info(sha256(body).digest())))


def _number(individual_number: str) -> bytes:
    return tlv(0xFF10, individual_number.encode("ascii")) + FILLER


def _attributes(attributes: FourAttributes) -> tuple[bytes, ...]:
    return (
        tlv(0xDF22, attributes.name.encode()),
        tlv(0xDF23, attributes.address.encode()),
        tlv(0xDF24, f"{attributes.birth_date:{_DAY}}".encode("ascii")),
        tlv(0xDF25, SEX_CODES[attributes.sex]),
    )


def _printed(data: FaceData, born: bytes, key: bytes, issuer: FaceIssuer) -> tuple[bytes, ...]:
    """Return the objects of the card's face; last day and security code stand behind the signature and are not signed."""
    pictures = data.pictures
    person = (tlv(0xDF22, born), tlv(0xDF23, SEX_CODES[data.attributes.sex]), tlv(0xDF24, key))
    words = (tlv(0xDF25, pictures.name), tlv(0xDF26, pictures.address))
    photo = (tlv(0xDF27, pictures.photo),)
    digests = (sha256(b"".join(group)).digest() for group in (person, words, photo))
    return (
        *person,
        *words,
        *photo,
        tlv(0xDF28, issuer.sign(digest_info(*digests))),
        tlv(0xDF29, f"{data.expires:{_DAY}}".encode("ascii")),
        tlv(0xDF2A, pictures.security_code),
    )


def _signed(objects: bytes, tag: int, issuer: FaceIssuer) -> bytes:
    return objects + tlv(tag, issuer.sign(digest_info(sha256(objects).digest())))


def _with_offsets(tag: int, table: int, objects: tuple[bytes, ...]) -> bytes:
    """Return a file whose table tells where, from its first byte, each object begins."""
    size = sum(map(len, objects)) + len(tlv(table, bytes(2 * len(objects))))
    at = len(tlv(tag, bytes(size))) - sum(map(len, objects))
    offsets = b""
    for one in objects:
        offsets += at.to_bytes(2)
        at += len(one)
    return tlv(tag, tlv(table, offsets) + b"".join(objects))
