"""The cards, keys and certificates that the card's tests share."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509 import CertificateBuilder, Name, NameAttribute
from cryptography.x509.oid import NameOID

from openjpki.card.administration import KeyForm
from openjpki.card.card import Card
from openjpki.card.image import CardImage
from openjpki.card.imagefile import from_bytes
from openjpki.card.keys import PrivateKey
from openjpki.card.memory import carry_out
from openjpki.card.pins import PinName
from openjpki.card.settings import CardSettings
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.support.cards import Host, blank_card, keys_of, with_certificate, with_pin

SIGNATURE_PIN = "ABC123"
AUTHENTICATION_PIN = "1234"
PINS = {
    PinKind.SIGNATURE: SIGNATURE_PIN,
    PinKind.AUTHENTICATION: AUTHENTICATION_PIN,
    PinKind.RESIDENT_RECORD: "2345",
    PinKind.CARD_FACE_ENTRY: "3456",
}
IMAGES = Path(__file__).resolve().parents[2] / "dialogues" / "cards"
NUMBER, MUNICIPALITY, EXPIRES = "400000012719843", "13221", date(2035, 2, 17)
_BEGIN = datetime(2026, 4, 1, tzinfo=UTC)
FORMS = {KeyForm.RSA_2048: "rsa-2048", KeyForm.P_384: "p-384"}
AID = "D392F000260100000001"
SELECT_AP = f"00A4040C0A{AID}"


@cache
def rsa_key(_number: int) -> rsa.RSAPrivateKey:
    """Return the RSA key of this number: made once, since making one takes longer than a test."""
    return rsa.generate_private_key(65537, 2048)


@cache
def ec_key(_number: int) -> ec.EllipticCurvePrivateKey:
    """Return the P-384 key of this number."""
    return ec.generate_private_key(ec.SECP384R1())


class Keys:
    """A key source that hands out made keys in turn: "rsa-2048" or "p-384"."""

    def __init__(self) -> None:
        self._made = 0

    def generate(self, algorithm: str) -> PrivateKey:
        """Return the next key."""
        self._made += 1
        return ec_key(self._made) if algorithm == "p-384" else rsa_key(self._made)


def spki(key: PrivateKey) -> bytes:
    """Return a key's SubjectPublicKeyInfo."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def certificate_for(public_key: bytes, name: str = "holder", *, until: datetime | None = None) -> bytes:
    """Return a certificate of the test CA for this key, valid for five years or until a moment."""
    key = load_der_public_key(public_key)
    assert isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey)
    builder = CertificateBuilder(
        issuer_name=_name("Test CA"),
        subject_name=_name(name),
        public_key=key,
        serial_number=1,
        not_valid_before=_BEGIN,
        not_valid_after=until or _BEGIN + timedelta(days=1826),
    )
    return builder.sign(rsa_key(0), SHA256()).public_bytes(Encoding.DER)


@cache
def issuer() -> bytes:
    """Return the test CA's certificate."""
    return certificate_for(spki(rsa_key(0)), "Test CA")


def _name(text: str) -> Name:
    return Name([NameAttribute(NameOID.COUNTRY_NAME, "JP"), NameAttribute(NameOID.COMMON_NAME, text)])


def zeros(count: int) -> bytes:
    """Give the entropy of tests."""
    return bytes(count)


@cache
def stored(name: str) -> CardImage:
    """Return an image of the dialogues' folder: "ordinary" has two RSA certificates, "p384" two of the coming kind."""
    return from_bytes((IMAGES / f"{name}.card").read_bytes())


def ordinary() -> CardImage:
    """Return the card with both certificates and the PINs of `PINS`."""
    return stored("ordinary")


def blank() -> CardImage:
    """Return a card as handed over: no PIN set, no certificate."""
    return blank_card(NUMBER, MUNICIPALITY, EXPIRES, zeros)


def with_tries(image: CardImage, pin: PinName, tries: int) -> CardImage:
    """Return the image with this many tries left."""
    return image.with_pin(pin, replace(image.pins[pin], tries=tries))


class PowerCut(Exception):
    """The test pulled the card's power."""


@dataclass
class Bench:
    """A card in memory: a `Connection` whose power can be cut at any effect.

    `durable` is what a power cut leaves. `cut_before` and `cut_after` count the writes still to be let through.
    """

    durable: CardImage
    settings: CardSettings | None = None
    cut_before: int | None = None
    cut_after: int | None = None
    writes: int = 0

    def __post_init__(self) -> None:
        """Power the card."""
        self.keys = Keys()
        self.card = self._powered()

    def transmit(self, apdu: bytes) -> bytes:
        """Pass a command to the card."""
        return carry_out(self.card.receive(apdu), self._keep)

    def ask(self, apdu: str) -> str:
        """Pass a command in hexadecimal, blanks allowed; return the answer so."""
        return self.transmit(bytes.fromhex(apdu)).hex().upper()

    def sw(self, *apdus: str) -> str:
        """Pass commands, return the status word of the last."""
        return [self.ask(apdu) for apdu in apdus][-1][-4:]

    @property
    def image(self) -> CardImage:
        """Return the image in force."""
        return self.card.image

    def power_on_again(self) -> None:
        """Start from what is durable."""
        self.card = self._powered()
        self.cut_before = self.cut_after = None

    def _powered(self) -> Card:
        return Card(self.durable, self.settings, lambda form: self.keys.generate(FORMS[form]))

    def _keep(self, image: CardImage) -> None:
        if self.cut_before == self.writes:
            raise PowerCut
        self.durable = image
        self.writes += 1
        if self.cut_after == self.writes:
            raise PowerCut


def bench(image: CardImage | None = None, **settings: object) -> Bench:
    """Return a powered card, the ordinary one by default."""
    return Bench(image or ordinary(), CardSettings(**settings))  # type: ignore[arg-type]  # the tests name real fields


def in_application(image: CardImage | None = None, **settings: object) -> Bench:
    """Return a powered card with the JPKI application selected."""
    powered = bench(image, **settings)
    assert powered.ask(SELECT_AP) == "9000"
    return powered


def host(card: Bench) -> Host:
    """Return the authority's end of a channel to the card."""
    return Host(card, keys_of(card.durable.number))


def issue(image: CardImage, kind: CertificateKind, key: PrivateKey | None = None) -> CardImage:
    """Return the image with a new key and certificate in use."""
    made = key or rsa_key(1)
    return with_certificate(image, kind, made, certificate_for(spki(made), f"OpenJPKI test, {kind.value}"), issuer())


def make(algorithm: str) -> CardImage:
    """Return a new card with both certificates of one algorithm and all four PINs set."""
    image, keys = blank(), Keys()
    for kind in CertificateKind:
        image = issue(image, kind, keys.generate(algorithm))
    for pin, value in PINS.items():
        image = with_pin(image, pin, value)
    return replace(image, permitted=frozenset())
