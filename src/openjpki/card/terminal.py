"""The terminal's side of the JPKI application, with the very commands that real clients use.

SELECT without control information (P2 `0C`), reads of 256 bytes, DigestInfo to `80 2A 00 80` (C OpenSC, jpki/myna).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from openjpki.card import common, jpki
from openjpki.card.apdu import CommandApdu, Ins
from openjpki.card.certificate import certified_key, stated_size
from openjpki.card.connection import Connection, NotJpkiCard, UnexpectedAnswer
from openjpki.card.conversation import BLOCK, CURRENT, Conversation, Place
from openjpki.card.image import NUMBER_DIGITS
from openjpki.card.pin_answers import PinLocked as PinLocked  # noqa: PLC0414  -- what this terminal raises is told with it
from openjpki.card.pin_answers import PinNotVerified as PinNotVerified  # noqa: PLC0414  -- the same
from openjpki.card.pin_answers import WrongPin as WrongPin  # noqa: PLC0414  -- the same
from openjpki.card.pin_answers import unexpected
from openjpki.card.pin_terminal import PinTerminal, wipe
from openjpki.card.settings import LABEL_SIZE
from openjpki.card.status import SW
from openjpki.card.token_info import PRESENT
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.policy import Policy

_MAX_FILE = 0x8000
"""The offset of READ BINARY has fifteen bits (ISO 7816-4 §7.2.3)."""
_RECORD_TAG = 0x01
"""Of the simple TLV in record 1 of the common application: number, municipality and last day, 28 digits."""
_RECORD_DIGITS = 28

DIGEST_INFO: Final[Mapping[str, bytes]] = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
"""What stands before the digest in a DigestInfo, with NULL parameters (RFC 8017 §9.2 note 1)."""


class NoCertificate(Failure):
    """The holder has no such certificate."""

    code = "card.certificate.absent"
    kind = Kind.REFUSED
    ja = "このカードには、求められた電子証明書が入っていません。"
    en = "The card does not hold the certificate asked for."


class NoSignatureCertificate(NoCertificate):
    """The holder has no signature certificate: under 15, a ward, a 顔認証カード, or it was not wished for (R-1.3, R-1.7, R-1.11)."""

    code = "card.certificate.signature-absent"
    kind = Kind.REFUSED
    ja = (
        "このカードには署名用電子証明書が入っていないため、署名できません。15歳未満のかた、成年被後見人のかたと顔認証マイナンバーカードには、"
        "原則として発行されません。そのほかのかたは、市区町村の窓口で発行を申請してください。"
    )
    en = (
        "The card has no signature certificate, so it cannot sign. As a rule none is issued to a person under 15, to a ward, or on a "
        "face authentication card; anybody else applies for it at the municipal counter."
    )


class NoAuthenticationCertificate(NoCertificate):
    """The holder has no authentication certificate: it was not wished for, or has not been issued yet (R-1.2)."""

    code = "card.certificate.authentication-absent"
    kind = Kind.REFUSED
    ja = "このカードには利用者証明用電子証明書が入っていないため、ログインには使えません。市区町村の窓口で発行を申請してください。"
    en = "The card has no authentication certificate, so nobody can log in with it. Apply for it at the municipal counter."


class NoCardNumber(Failure):
    """The card does not tell its number as a My Number card does."""

    code = "card.number.absent"
    kind = Kind.REFUSED
    ja = "カードの製造番号を読み取れません。"
    en = "The card's number cannot be read."


class DigestNotSupported(Failure):
    """The card's key does not sign such a digest."""

    code = "card.digest.not-supported"
    kind = Kind.USAGE
    ja = "このカードの鍵は、このハッシュ値({digest_name})には署名できません。"
    en = "The card's key does not sign this digest ({digest_name})."


class Presence(NamedTuple):
    """Which certificates the card says it has."""

    signature: bool
    authentication: bool


def absent(kind: CertificateKind) -> NoCertificate:
    """Return what is told of a card without this certificate: why that may be, and what to do."""
    return _ABSENT[kind]()


@dataclass(frozen=True)
class _Place:
    """Where the things of one kind are."""

    certificate: int
    issuer: int
    key: int
    pin: int


_PLACES: Final[Mapping[CertificateKind, _Place]] = {
    CertificateKind.SIGNATURE: _Place(
        jpki.SIGNATURE_CERTIFICATE, jpki.SIGNATURE_CA_CERTIFICATE, jpki.SIGNATURE_KEY, jpki.SIGNATURE_PIN
    ),
    CertificateKind.AUTHENTICATION: _Place(
        jpki.AUTHENTICATION_CERTIFICATE,
        jpki.AUTHENTICATION_CA_CERTIFICATE,
        jpki.AUTHENTICATION_KEY,
        jpki.AUTHENTICATION_PIN,
    ),
}


_ABSENT: Final[Mapping[CertificateKind, type[NoCertificate]]] = {
    CertificateKind.SIGNATURE: NoSignatureCertificate,
    CertificateKind.AUTHENTICATION: NoAuthenticationCertificate,
}
_JPKI: Final = Place(aid=jpki.AID, without=NotJpkiCard, without_file=NoCertificate)
_COMMON: Final = Place(aid=common.AID, without=NoCardNumber, without_file=NoCardNumber)


class JpkiTerminal:
    """A conversation with the JPKI application of one card.

    Every method raises `CardRemoved`, `NotJpkiCard` or `UnexpectedAnswer` beside what it names. PINs of the wrong form
    are never sent (R-6.2). A PIN given as a bytearray is overwritten with zeros after use; copies that Python makes on
    the way cannot be.
    """

    def __init__(self, connection: Connection, policy: Policy | None = None) -> None:
        self._talk = Conversation.over(connection)
        self._pins = PinTerminal(self._talk, policy)
        self._rsa: dict[CertificateKind, bool] = {}
        self._learnt_in = 0

    def presence(self) -> Presence:
        """Return which certificates the card says it has (EF 0008)."""
        marks = self._read_file(jpki.PRESENCE)
        if len(marks) < len(Presence._fields):
            raise UnexpectedAnswer(command=Ins.READ_BINARY.words, sw=f"{len(marks)} bytes")
        return Presence(marks[0] == PRESENT, marks[1] == PRESENT)

    def token_label(self) -> str:
        """Return the label by which a plastic card and a phone differ (EF 0006)."""
        return self._read_file(jpki.TOKEN_INFO)[:LABEL_SIZE].decode("ascii", "replace").rstrip()

    def card_number(self) -> str:
        """Return the card's 製造番号, fifteen digits, from the common application's record; raises `NoCardNumber`.

        The serial number of EF 0006 is another one on cards of plastic. A PIN that was verified is not any more.
        """
        record = self._talk.read_record(_COMMON, common.CARD_INFORMATION, 1)
        digits = record[2:].decode("ascii", "replace")
        framed = record[:2] == bytes((_RECORD_TAG, _RECORD_DIGITS)) and len(digits) == _RECORD_DIGITS
        if not framed or not digits.isdecimal():
            raise NoCardNumber
        return digits[:NUMBER_DIGITS]

    def tries_left(self, kind: CertificateKind) -> int:
        """Return how many times the PIN may still be wrong; 0 if it is locked or was never set. Spends no try."""
        return self._pins.tries_left(PinKind(kind.value))

    def verify_pin(self, kind: CertificateKind, pin: bytes | bytearray) -> None:
        """Show the PIN; raises `BadSignaturePin` or `BadDigitsPin` without sending it, `WrongPin` or `PinLocked`."""
        self._pins.verify(PinKind(kind.value), pin)

    def change_pin(self, kind: CertificateKind, new: bytes | bytearray) -> None:
        """Set a new PIN after `verify_pin`, or where the authority lets it be set without (R-6.3); raises `BadSignaturePin`, `BadDigitsPin` or `PinNotVerified`."""
        self._pins.set(PinKind(kind.value), new)

    def hold_present(self, kind: CertificateKind) -> None:
        """Raise `NoSignatureCertificate` or `NoAuthenticationCertificate` where the card says that it has none (EF 0008).

        To be asked before any PIN: that a holder under 15 has no signature certificate is no fault of a PIN. Costs no try.
        A card that lacks EF 0008 says nothing.
        """
        try:
            present = self.presence()
        except NoCertificate:
            return
        if not (present.signature if kind is CertificateKind.SIGNATURE else present.authentication):
            raise absent(kind)

    def read_certificate(self, kind: CertificateKind, pin: bytes | bytearray | None = None) -> bytes:
        """Return the holder's certificate, DER; the signature certificate needs its PIN, now or before.

        Raises what `hold_present` raises, before any PIN is sent, `PinNotVerified`, and what `verify_pin` raises.
        """
        try:
            if pin is not None:
                self.hold_present(kind)
                self.verify_pin(kind, pin)
            return self._read_certificate(_PLACES[kind].certificate)
        except NoCertificate:
            raise absent(kind) from None
        finally:
            if pin is not None:
                wipe(pin)

    def read_ca_certificate(self, kind: CertificateKind) -> bytes:
        """Return the issuer's certificate, DER; raises `NoCertificate`."""
        return self._read_certificate(_PLACES[kind].issuer)

    def sign_digest(self, kind: CertificateKind, digest_name: str, digest: bytes) -> bytes:
        """Sign a digest ("sha256", "sha384", "sha512") after `verify_pin`: one command to the card.

        Returns RSASSA-PKCS1-v1_5 of 256 bytes, or ECDSA as the card gives it. Raises `DigestNotSupported`,
        `PinNotVerified`, `NoCertificate`.
        """
        data = self._to_be_signed(kind, digest_name, digest)
        self._talk.select(_JPKI, _PLACES[kind].key)
        command = CommandApdu(cla=0x80, ins=Ins.PERFORM_SECURITY_OPERATION, p1=0x00, p2=CURRENT, data=data, le=BLOCK)
        answer = self._talk.ask(command)
        if answer.sw == SW.SECURITY_STATUS_NOT_SATISFIED:
            raise PinNotVerified
        if not answer.ok or not answer.data:
            raise unexpected(command, answer)
        return answer.data

    def _to_be_signed(self, kind: CertificateKind, digest_name: str, digest: bytes) -> bytes:
        """Return the card's input: a DigestInfo for RSA, the bare SHA-384 digest for P-384."""
        prefix = DIGEST_INFO.get(digest_name)
        if prefix is None or len(digest) != prefix[-1]:
            raise DigestNotSupported(digest_name=digest_name)
        if self._key_is_rsa(kind):
            return prefix + digest
        if digest_name != "sha384":
            raise DigestNotSupported(digest_name=digest_name)
        return digest

    def _key_is_rsa(self, kind: CertificateKind) -> bool:
        """Tell the key's algorithm, as the certificate on the card does; asked once."""
        if self._learnt_in != self._talk.entries:
            self._rsa.clear()
        if kind not in self._rsa:
            certificate = self.read_certificate(kind)
            try:
                key = load_der_public_key(certified_key(certificate))
            except ValueError as error:
                raise NoCertificate from error
            self._rsa[kind] = isinstance(key, rsa.RSAPublicKey)
            self._learnt_in = self._talk.entries
        return self._rsa[kind]

    def _read_certificate(self, file: int) -> bytes:
        content = self._read_file(file)
        size = stated_size(content)
        if size is None or size > _MAX_FILE:
            raise NoCertificate
        return self._talk.read_on(_JPKI, content, size)

    def _read_file(self, file: int) -> bytes:
        """Return the first 256 bytes of a file, or all of a shorter one."""
        self._talk.select(_JPKI, file)
        return self._talk.read(_JPKI, 0)
