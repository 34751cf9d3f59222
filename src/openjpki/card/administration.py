"""The administration application as both ends know it: its commands, and what their answers mean.

The real procedure is not public, so identifier, instructions and data are ours (docs/card-administration.md). Every
command but the two that open the channel goes inside it (`secure_channel`), from the authority's hand to the card's.
"""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum, unique
from hashlib import sha256
from typing import Final

from openjpki.card.apdu import SHORT_MAX, CommandApdu
from openjpki.card.face import NoFace
from openjpki.card.image import CardImage, KeySlot
from openjpki.card.secure_channel import COUNTER_SIZE, MAX_PLAIN, SECURED, SECURITY_LEVEL, ChannelBroken
from openjpki.card.status import SW
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CertificateKind, PinKind

AID: Final = bytes.fromhex("F04F50454E4A504B4901")
"""`F0` begins an identifier that nobody registered (ISO 7816-4 §8.2.1.2); then OPENJPKI and a version."""
KEY_INFORMATION: Final = bytes.fromhex("010370")
"""Key version 1, SCP03, pseudo-random challenges with R-MAC and R-ENCRYPTION (Amendment D table 7-2)."""
DIGEST_SIZE = 32
LAST_PART = 0x80
"""In P1 of STORE CERTIFICATE and WRITE ATTRIBUTES: this part is the last."""
PLAIN = 0x80
"""Class byte of a GlobalPlatform command outside a channel, or inside before it is sealed."""
_LE = SHORT_MAX + 1


@unique
class AdminIns(IntEnum):
    """The instruction bytes of the administration application."""

    SELECT = 0xA4
    INITIALIZE_UPDATE = 0x50
    EXTERNAL_AUTHENTICATE = 0x82
    GET_RESPONSE = 0xC0
    GENERATE_KEY = 0x46
    PROVE = 0x88
    STORE_CERTIFICATE = 0xE2
    READ_BACK = 0xCA
    ACTIVATE = 0x44
    DISCARD = 0xE4
    STATUS = 0xF2
    ALLOW_PIN_SET = 0x2C
    SET_HAND_OVER_DATA = 0xDA
    WRITE_ATTRIBUTES = 0xD6

    @property
    def words(self) -> str:
        """Return the command's name as docs/card-administration.md writes it."""
        return self.name.replace("_", " ")


@unique
class KeyForm(IntEnum):
    """What GENERATE KEY can make; the number is its P2."""

    RSA_2048 = 1
    P_384 = 2


KIND_CODES: Final = {CertificateKind.SIGNATURE: 1, CertificateKind.AUTHENTICATION: 2}
"""P1 of every command about one of the two keys."""
PIN_CODES: Final = {
    PinKind.SIGNATURE: 1,
    PinKind.AUTHENTICATION: 2,
    PinKind.RESIDENT_RECORD: 3,
    PinKind.CARD_FACE_ENTRY: 4,
}
"""P1 of ALLOW PIN SET."""
NO_PIN: Final = 0
"""P1 of ALLOW PIN SET that takes back what it allowed before."""


class NoShadowKey(Failure):
    """There is no new key, or no new certificate, to work with."""

    code = "card.shadow.absent"
    kind = Kind.REFUSED
    ja = "カードに、これから使う新しい鍵や電子証明書がありません。先にカードの中で鍵を作り、電子証明書を書き込んでください。"
    en = (
        "The card holds no such new key or certificate. Make the key inside the card, and write its certificate, first."
    )


class ShadowInUse(Failure):
    """A new certificate waits to be brought into use: making another key would lose it."""

    code = "card.shadow.in-use"
    kind = Kind.REFUSED
    ja = "書き込み済みの新しい電子証明書が使用開始を待っています。使用を開始するか、取り消してから鍵を作り直してください。"
    en = "A new certificate on the card waits to be activated. Activate or discard it before making another key."


class CertificateNotForKey(Failure):
    """The certificate is not one for the new key, or is no certificate the card can carry."""

    code = "card.certificate.not-for-key"
    kind = Kind.REFUSED
    ja = "この電子証明書は、カードの新しい鍵のものではないか、カードに書き込める形式ではありません。"
    en = "The certificate is not for the card's new key, or not of a form that a card can carry."


class AdministrationBlocked(Failure):
    """Too many tries to open the channel failed."""

    code = "card.administration.blocked"
    kind = Kind.REFUSED
    ja = "カードの管理機能が、認証の失敗が続いたためロックされています。新しいカードの申請が必要です。"
    en = "The card's administration is blocked after too many failed authentications. A new card must be applied for."


class AdministrationRefused(Failure):
    """The card did not do it."""

    code = "card.administration.refused"
    kind = Kind.REFUSED
    ja = "カードが管理の命令({command})を受け付けませんでした({sw})。カードを置き直して、もう一度行ってください。"
    en = "The card refused an administration command ({command}: {sw}). Put the card back and try again."


def refusal(ins: AdminIns, sw: int) -> Failure:
    """Return what a refused command means. A status word bears no MAC, so nothing rests on it but this sentence."""
    if sw == SW.REFERENCE_NOT_FOUND:
        return NoShadowKey()
    if ins is AdminIns.WRITE_ATTRIBUTES and sw == SW.FILE_NOT_FOUND:
        return NoFace()
    if sw == SW.BLOCKED:
        return AdministrationBlocked()
    if sw == SW.CONDITIONS_NOT_SATISFIED and ins in {AdminIns.GENERATE_KEY, AdminIns.STORE_CERTIFICATE}:
        return ShadowInUse()
    if sw == SW.WRONG_DATA and ins is AdminIns.STORE_CERTIFICATE:
        return CertificateNotForKey()
    return AdministrationRefused(command=ins.words, sw=f"{sw:04X}")


@dataclass(frozen=True, kw_only=True)
class Greeting:
    """The card's answer to INITIALIZE UPDATE (Amendment D §7.1.1), 32 bytes."""

    number: str
    challenge: bytes
    cryptogram: bytes
    counter: int

    def __bytes__(self) -> bytes:
        """Return the wire form: the number as decimal digits, `F` and zeros in the ten bytes of diversification data."""
        number = bytes.fromhex(f"{self.number}F0000")
        return number + KEY_INFORMATION + self.challenge + self.cryptogram + self.counter.to_bytes(COUNTER_SIZE)

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Greeting":
        """Read it; raises `ChannelBroken` for what is none of ours."""
        found = cls(
            number=raw[:10].hex()[:15],
            challenge=raw[13:21],
            cryptogram=raw[21:29],
            counter=int.from_bytes(raw[29:]),
        )
        if len(raw) != 32 or bytes(found) != raw:  # noqa: PLR2004  -- the sum of the parts above
            raise ChannelBroken
        return found


@dataclass(frozen=True, kw_only=True)
class Status:
    """What one of the two containers holds, as SHA-256 digests; None where there is nothing."""

    waiting_key: bytes | None
    """Of the SubjectPublicKeyInfo in the shadow slot."""
    waiting_certificate: bytes | None
    in_use: bytes | None
    """Of the certificate in use."""

    @classmethod
    def of(cls, image: CardImage, kind: CertificateKind) -> "Status":
        """Return the status of a card's container."""
        container = image.keys[kind]
        return cls(
            waiting_key=None if container.shadow is None else sha256(container.shadow.public_key).digest(),
            waiting_certificate=_certificate_digest(container.shadow),
            in_use=_certificate_digest(container.active),
        )

    def __bytes__(self) -> bytes:
        """Return the wire form: three digests, zeros for nothing."""
        return b"".join(
            part or bytes(DIGEST_SIZE) for part in (self.waiting_key, self.waiting_certificate, self.in_use)
        )

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Status":
        """Read it; raises `ChannelBroken` for what is none of ours."""
        if len(raw) != 3 * DIGEST_SIZE:
            raise ChannelBroken
        parts = (raw[:DIGEST_SIZE], raw[DIGEST_SIZE : 2 * DIGEST_SIZE], raw[2 * DIGEST_SIZE :])
        key, waiting, in_use = (part if any(part) else None for part in parts)
        return cls(waiting_key=key, waiting_certificate=waiting, in_use=in_use)


def _certificate_digest(slot: KeySlot | None) -> bytes | None:
    return sha256(slot.certificate).digest() if slot and slot.certificate else None


def select() -> CommandApdu:
    """Return the selection of the application."""
    return CommandApdu(cla=0x00, ins=AdminIns.SELECT, p1=0x04, p2=0x0C, data=AID)


def initialize_update(host_challenge: bytes) -> CommandApdu:
    """Return the command that begins a session."""
    return _command(AdminIns.INITIALIZE_UPDATE, data=host_challenge)


def external_authenticate(host_cryptogram: bytes) -> CommandApdu:
    """Return the command by which the authority shows itself; the channel adds its MAC."""
    return CommandApdu(
        cla=SECURED, ins=AdminIns.EXTERNAL_AUTHENTICATE, p1=SECURITY_LEVEL, p2=0x00, data=host_cryptogram
    )


def get_response() -> CommandApdu:
    """Return the command that fetches the rest of an answer (ISO 7816-4 §7.6.1)."""
    return CommandApdu(cla=0x00, ins=AdminIns.GET_RESPONSE, p1=0x00, p2=0x00, le=_LE)


def generate_key(kind: CertificateKind, form: KeyForm) -> CommandApdu:
    """Make a key in the shadow slot; the answer is its SubjectPublicKeyInfo, DER."""
    return _command(AdminIns.GENERATE_KEY, KIND_CODES[kind], form)


def prove(kind: CertificateKind, order_id: str, municipality: str) -> CommandApdu:
    """Sign `proof.order_proof_input` with the shadow key; the answer is the signature."""
    return _command(AdminIns.PROVE, KIND_CODES[kind], data=municipality.encode() + order_id.encode())


def store_certificate(
    kind: CertificateKind, certificate: bytes, issuer: bytes, *, part: int = MAX_PLAIN
) -> tuple[CommandApdu, ...]:
    """Write a certificate and its issuer's beside the shadow key, in parts of so many bytes; the last makes it durable."""
    return _in_parts(AdminIns.STORE_CERTIFICATE, KIND_CODES[kind], certificate, issuer, part)


def write_attributes(attributes: bytes, integrity: bytes) -> tuple[CommandApdu, ...]:
    """Write EF 0002 and EF 0003 of the text application anew, in parts; the last makes both durable at once."""
    return _in_parts(AdminIns.WRITE_ATTRIBUTES, 0, attributes, integrity, MAX_PLAIN)


def read_back(kind: CertificateKind) -> CommandApdu:
    """Ask for the certificate in the shadow slot as it is stored."""
    return _command(AdminIns.READ_BACK, KIND_CODES[kind])


def activate(kind: CertificateKind, certificate_digest: bytes) -> CommandApdu:
    """Bring the shadow key into use, if its certificate is the one with this SHA-256."""
    return _command(AdminIns.ACTIVATE, KIND_CODES[kind], data=certificate_digest)


def discard(kind: CertificateKind) -> CommandApdu:
    """Empty the shadow slot; doing it twice is no fault."""
    return _command(AdminIns.DISCARD, KIND_CODES[kind])


def status(kind: CertificateKind) -> CommandApdu:
    """Ask what the container holds; the answer is a `Status`."""
    return _command(AdminIns.STATUS, KIND_CODES[kind])


def allow_pin_set(pin: PinKind) -> CommandApdu:
    """Let the next CHANGE REFERENCE DATA set this PIN without the old one (R-6.3)."""
    return _command(AdminIns.ALLOW_PIN_SET, PIN_CODES[pin])


def take_back_pin_sets() -> CommandApdu:
    """Take back every permission that was not used (R-6.3); the first setting that a new card permits stays open."""
    return _command(AdminIns.ALLOW_PIN_SET, NO_PIN)


def set_hand_over_data(municipality: str, expires: date) -> CommandApdu:
    """Write the municipality (five digits) and the card's last day, included (R-3.7)."""
    return _command(AdminIns.SET_HAND_OVER_DATA, data=f"{municipality}{expires:%Y%m%d}".encode())


def _in_parts(ins: AdminIns, p1: int, first: bytes, second: bytes, part: int) -> tuple[CommandApdu, ...]:
    whole = len(first).to_bytes(2) + first + second
    parts = [whole[start : start + part] for start in range(0, len(whole), part)]
    return tuple(
        _command(
            ins,
            p1 | (LAST_PART if number == len(parts) - 1 else 0),
            number,
            content,
            extended=part > MAX_PLAIN,
        )
        for number, content in enumerate(parts)
    )


def _command(ins: AdminIns, p1: int = 0, p2: int = 0, data: bytes = b"", *, extended: bool = False) -> CommandApdu:
    return CommandApdu(cla=PLAIN, ins=ins, p1=p1, p2=p2, data=data, le=_LE, extended=extended)
