"""The terminal's side of the JPKI application, with the very commands that real clients use.

SELECT without control information (P2 `0C`), reads of 256 bytes, DigestInfo to `80 2A 00 80` (C OpenSC, jpki/myna).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from openjpki.card import jpki
from openjpki.card.apdu import SHORT_MAX, CommandApdu, Ins, MalformedApdu, ResponseApdu
from openjpki.card.certificate import certified_key, stated_size
from openjpki.card.connection import Connection, NotJpkiCard, UnexpectedAnswer
from openjpki.card.image import NUMBER_DIGITS
from openjpki.card.settings import LABEL_SIZE
from openjpki.card.status import SW, tries_in
from openjpki.card.token_info import PRESENT, SERIAL
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.pins import check_pin
from openjpki.rules.policy import Policy

_BLOCK = SHORT_MAX + 1
_MAX_FILE = 0x8000
"""The offset of READ BINARY has fifteen bits (ISO 7816-4 §7.2.3)."""
_BY_NAME, _BY_FILE_IDENTIFIER, _NO_FCI, _CURRENT = 0x04, 0x02, 0x0C, 0x80
_READ_OK = frozenset({SW.SUCCESS, SW.END_OF_FILE})
_LOCKED = frozenset({SW.BLOCKED, SW.REFERENCE_DATA_UNUSABLE})

DIGEST_INFO: Final[Mapping[str, bytes]] = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}
"""What stands before the digest in a DigestInfo, with NULL parameters (RFC 8017 §9.2 note 1)."""


class WrongPin(Failure):
    """The PIN did not match; a try is spent."""

    code = "card.pin.wrong"
    kind = Kind.REFUSED
    ja = "暗証番号が違います。ロックされるまであと{tries}回です。"
    en = "The PIN is wrong. Tries left before it locks: {tries}."


class PinLocked(Failure):
    """The PIN has no tries left, or was never set."""

    code = "card.pin.locked"
    kind = Kind.REFUSED
    ja = "暗証番号がロックされているか、まだ設定されていません。市区町村の窓口で設定し直してください。"
    en = "The PIN is locked or was never set. It can be set again at the municipal counter."


class PinNotVerified(Failure):
    """The card wants the PIN first."""

    code = "card.pin.not-verified"
    kind = Kind.REFUSED
    ja = "先に暗証番号を入力してください。"
    en = "The PIN must be entered first."


class NoCertificate(Failure):
    """The holder has no such certificate."""

    code = "card.certificate.absent"
    kind = Kind.REFUSED
    ja = "このカードには、求められた電子証明書が入っていません。"
    en = "The card does not hold the certificate asked for."


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


class JpkiTerminal:
    """A conversation with the JPKI application of one card.

    Every method raises `CardRemoved`, `NotJpkiCard` or `UnexpectedAnswer` beside what it names. PINs of the wrong form
    are never sent (R-6.2). A PIN given as a bytearray is overwritten with zeros after use; copies that Python makes on
    the way cannot be.
    """

    def __init__(self, connection: Connection, policy: Policy | None = None) -> None:
        self._connection = connection
        self._policy = policy or Policy()
        self._entered = False
        self._rsa: dict[CertificateKind, bool] = {}

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
        """Return the card's 製造番号 (EF 0006), fifteen digits, zeros before a shorter one."""
        return self._read_file(jpki.TOKEN_INFO)[SERIAL].decode("ascii", "replace")[-NUMBER_DIGITS:]

    def tries_left(self, kind: CertificateKind) -> int:
        """Return how many times the PIN may still be wrong; 0 if it is locked or was never set. Spends no try."""
        self._select(_PLACES[kind].pin)
        answer = self._ask(CommandApdu(cla=0x00, ins=Ins.VERIFY, p1=0x00, p2=_CURRENT))
        tries = tries_in(answer.sw)
        if tries is None:
            raise _unexpected(Ins.VERIFY, answer)
        return tries

    def verify_pin(self, kind: CertificateKind, pin: bytes | bytearray) -> None:
        """Show the PIN; raises `BadSignaturePin` or `BadDigitsPin` without sending it, `WrongPin` or `PinLocked`."""
        answer = self._send_pin(kind, pin, Ins.VERIFY, p1=0x00)
        tries = tries_in(answer.sw)
        if answer.sw in _LOCKED or tries == 0:
            raise PinLocked
        if tries is not None:
            raise WrongPin(tries=tries)
        if not answer.ok:
            raise _unexpected(Ins.VERIFY, answer)

    def change_pin(self, kind: CertificateKind, new: bytes | bytearray) -> None:
        """Set a new PIN after `verify_pin`, or where the authority lets it be set without (R-6.3); raises `BadSignaturePin`, `BadDigitsPin` or `PinNotVerified`."""
        answer = self._send_pin(kind, new, Ins.CHANGE_REFERENCE_DATA, p1=0x01)
        if answer.sw == SW.SECURITY_STATUS_NOT_SATISFIED:
            raise PinNotVerified
        if not answer.ok:
            raise _unexpected(Ins.CHANGE_REFERENCE_DATA, answer)

    def read_certificate(self, kind: CertificateKind, pin: bytes | bytearray | None = None) -> bytes:
        """Return the holder's certificate, DER; the signature certificate needs its PIN, now or before.

        Raises `NoCertificate`, `PinNotVerified`, and what `verify_pin` raises.
        """
        if pin is not None:
            self.verify_pin(kind, pin)
        return self._read_certificate(_PLACES[kind].certificate)

    def read_ca_certificate(self, kind: CertificateKind) -> bytes:
        """Return the issuer's certificate, DER; raises `NoCertificate`."""
        return self._read_certificate(_PLACES[kind].issuer)

    def sign_digest(self, kind: CertificateKind, digest_name: str, digest: bytes) -> bytes:
        """Sign a digest ("sha256", "sha384", "sha512") after `verify_pin`: one command to the card.

        Returns RSASSA-PKCS1-v1_5 of 256 bytes, or ECDSA as the card gives it. Raises `DigestNotSupported`,
        `PinNotVerified`, `NoCertificate`.
        """
        data = self._to_be_signed(kind, digest_name, digest)
        self._select(_PLACES[kind].key)
        command = CommandApdu(cla=0x80, ins=Ins.PERFORM_SECURITY_OPERATION, p1=0x00, p2=_CURRENT, data=data, le=_BLOCK)
        answer = self._ask(command)
        if answer.sw == SW.SECURITY_STATUS_NOT_SATISFIED:
            raise PinNotVerified
        if not answer.ok or not answer.data:
            raise _unexpected(Ins.PERFORM_SECURITY_OPERATION, answer)
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
        if kind not in self._rsa:
            certificate = self.read_certificate(kind)
            try:
                key = load_der_public_key(certified_key(certificate))
            except ValueError as error:
                raise NoCertificate from error
            self._rsa[kind] = isinstance(key, rsa.RSAPublicKey)
        return self._rsa[kind]

    def _send_pin(self, kind: CertificateKind, pin: bytes | bytearray, ins: Ins, *, p1: int) -> ResponseApdu:
        try:
            checked = check_pin(PinKind(kind.value), pin.decode("latin-1"), self._policy).encode("ascii")
            self._select(_PLACES[kind].pin)
            return self._ask(CommandApdu(cla=0x00, ins=ins, p1=p1, p2=_CURRENT, data=checked))
        finally:
            if isinstance(pin, bytearray):
                pin[:] = bytes(len(pin))

    def _read_certificate(self, file: int) -> bytes:
        content = self._read_file(file)
        size = stated_size(content)
        if size is None or size > _MAX_FILE:
            raise NoCertificate
        while len(content) < size:
            content += self._read(len(content))
        return content[:size]

    def _read_file(self, file: int) -> bytes:
        """Return the first 256 bytes of a file, or all of a shorter one."""
        self._select(file)
        return self._read(0)

    def _read(self, offset: int) -> bytes:
        command = CommandApdu(cla=0x00, ins=Ins.READ_BINARY, p1=offset >> 8, p2=offset & SHORT_MAX, le=_BLOCK)
        answer = self._ask(command)
        if answer.sw == SW.SECURITY_STATUS_NOT_SATISFIED:
            raise PinNotVerified
        if answer.sw == SW.OFFSET_OUTSIDE_FILE and not offset:
            raise NoCertificate
        if answer.sw not in _READ_OK or not answer.data:
            raise _unexpected(Ins.READ_BINARY, answer)
        return answer.data

    def _select(self, file: int) -> None:
        """Select a file; the application first, and again if the card was reset meanwhile."""
        if not self._entered:
            self._enter()
        answer = self._select_file(file)
        if answer.sw == SW.NO_CURRENT_FILE:
            self._enter()
            answer = self._select_file(file)
        if answer.sw == SW.FILE_NOT_FOUND:
            raise NoCertificate
        if not answer.ok:
            raise _unexpected(Ins.SELECT, answer)

    def _select_file(self, file: int) -> ResponseApdu:
        data = file.to_bytes(2)
        return self._ask(CommandApdu(cla=0x00, ins=Ins.SELECT, p1=_BY_FILE_IDENTIFIER, p2=_NO_FCI, data=data))

    def _enter(self) -> None:
        answer = self._ask(CommandApdu(cla=0x00, ins=Ins.SELECT, p1=_BY_NAME, p2=_NO_FCI, data=jpki.AID))
        if answer.sw == SW.FILE_NOT_FOUND:
            raise NotJpkiCard
        if not answer.ok:
            raise _unexpected(Ins.SELECT, answer)
        self._entered = True
        self._rsa.clear()

    def _ask(self, command: CommandApdu) -> ResponseApdu:
        try:
            return ResponseApdu.from_bytes(self._connection.transmit(bytes(command)))
        except MalformedApdu as error:
            raise UnexpectedAnswer(command=Ins(command.ins).words, sw="-") from error


def _unexpected(ins: Ins, answer: ResponseApdu) -> UnexpectedAnswer:
    return UnexpectedAnswer(command=ins.words, sw=f"{answer.sw:04X}")
