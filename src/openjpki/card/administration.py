"""Card administration: what the municipality does to a card and its holder cannot.

The real procedure (secure channel, keys, commands) is not public. Here it acts on the image directly: a divergence.
Each act is one durable change, so the power may fail anywhere and the card has either the old state or the new.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Generic, Protocol, TypeVar

from openjpki.card.image import SALT_SIZE, CardImage, Container, KeySlot
from openjpki.card.keys import KeySource, from_pkcs8, prove, to_pkcs8
from openjpki.card.pins import PinReference
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.pins import check_pin, tries
from openjpki.rules.policy import Policy

AlgorithmName = TypeVar("AlgorithmName")


class NoShadowKey(Failure):
    """There is no new key to work with."""

    code = "card.shadow.no-key"
    kind = Kind.REFUSED
    ja = "カードに新しい鍵がありません。先にカードの中で鍵を作ってください。"
    en = "The card holds no new key. Make one inside the card first."


class NoShadowCertificate(Failure):
    """There is no new certificate to read back or to bring into use."""

    code = "card.shadow.no-certificate"
    kind = Kind.REFUSED
    ja = "カードに新しい電子証明書が書き込まれていません。先に書き込んでください。"
    en = "No new certificate was written to the card. Write it first."


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


class AdministeredCard(Protocol):
    """A card under administration: its image, and the way a change of it becomes durable."""

    @property
    def image(self) -> CardImage:
        """Return the durable state in force."""
        ...

    def change(self, transition: Callable[[CardImage], CardImage]) -> None:
        """Make `transition` of the present image durable and then true; nothing else changes in between."""
        ...

    def stored(self) -> CardImage:
        """Read the image again from where it is durable."""
        ...


class Administration(Generic[AlgorithmName]):
    """The administration of one card. `key_source` makes its keys, of this algorithm."""

    def __init__(self, card: AdministeredCard, key_source: KeySource[AlgorithmName], algorithm: AlgorithmName) -> None:
        self._card = card
        self._key_source = key_source
        self._algorithm = algorithm

    def generate_key(self, kind: CertificateKind) -> bytes:
        """Make a key pair in the shadow slot; return its SubjectPublicKeyInfo (DER). The key in use stays in use.

        Raises `ShadowInUse` if the shadow slot holds a certificate already; an unfinished key there is replaced.
        """
        if self._waiting(kind) is not None:
            raise ShadowInUse
        private_key = to_pkcs8(self._key_source.generate(self._algorithm))
        from_pkcs8(private_key)
        slot = KeySlot(private_key=private_key)

        def fill(image: CardImage) -> CardImage:
            container = image.keys[kind]
            if container.shadow is not None and container.shadow.certificate is not None:
                raise ShadowInUse
            return image.with_keys(kind, replace(container, shadow=slot))

        self._card.change(fill)
        return slot.public_key

    def prove(self, kind: CertificateKind, message: bytes) -> bytes:
        """Sign with the shadow key: RSA PKCS#1 v1.5 with SHA-256, or ECDSA with SHA-384 (DER).

        Raises `NoShadowKey`.
        """
        return prove(_shadow(self._card.image, kind).private_key, message)

    def load_certificate(self, kind: CertificateKind, certificate: bytes, issuer: bytes) -> None:
        """Write certificate and issuer's certificate (DER) beside the shadow key.

        Raises `NoShadowKey` or `CertificateNotForKey`.
        """

        def load(image: CardImage) -> CardImage:
            shadow = _shadow(image, kind)
            try:
                loaded = replace(shadow, certificate=certificate, issuer=issuer)
            except ValueError as error:
                raise CertificateNotForKey from error
            return image.with_keys(kind, replace(image.keys[kind], shadow=loaded))

        self._card.change(load)

    def read_back(self, kind: CertificateKind) -> bytes:
        """Return the certificate in the shadow slot as it is stored; raises `NoShadowKey`, `NoShadowCertificate`."""
        certificate = _shadow(self._card.stored(), kind).certificate
        if certificate is None:
            raise NoShadowCertificate
        return certificate

    def activate(self, kind: CertificateKind) -> None:
        """Bring the new key and certificate into use in place of the old ones, both in one durable change.

        Raises `NoShadowKey` or `NoShadowCertificate`.
        """

        def swap(image: CardImage) -> CardImage:
            shadow = _shadow(image, kind)
            if shadow.certificate is None:
                raise NoShadowCertificate
            return image.with_keys(kind, Container(active=shadow))

        self._card.change(swap)

    def discard(self, kind: CertificateKind) -> None:
        """Empty the shadow slot; what is in use stays. Discarding nothing is no fault: the act may be repeated."""
        self._card.change(lambda image: image.with_keys(kind, replace(image.keys[kind], shadow=None)))

    def waiting_key(self, kind: CertificateKind) -> bytes | None:
        """Return the SubjectPublicKeyInfo (DER) of the shadow key, if there is one: an issue may be resumed by it."""
        shadow = self._card.image.keys[kind].shadow
        return None if shadow is None else shadow.public_key

    def certificate_in_use(self, kind: CertificateKind) -> bytes | None:
        """Return the active certificate (DER), if there is one."""
        active = self._card.image.keys[kind].active
        return None if active is None else active.certificate

    def set_pin(self, name: PinKind, pin: str, policy: Policy) -> None:
        """Set a PIN and give it all its tries (R-6.3, R-6.5); raises `BadSignaturePin` or `BadDigitsPin`."""
        data = check_pin(name, pin, policy).encode("ascii")

        def setting(image: CardImage) -> CardImage:
            return image.with_pin(name, image.pins[name].holding(data, image.salt_of(name)))

        self._card.change(setting)

    def hand_over(self, *, municipality: str, expires: date) -> None:
        """Write who hands the card over (five digits) and its last day, included (R-3.7); raises ValueError."""
        self._card.change(lambda image: replace(image, municipality=municipality, expires=expires))

    def _waiting(self, kind: CertificateKind) -> bytes | None:
        shadow = self._card.image.keys[kind].shadow
        return None if shadow is None else shadow.certificate


def personalise(*, number: str, municipality: str, expires: date, entropy: Callable[[int], bytes]) -> CardImage:
    """Return the image of a card handed over without certificates: every PIN unset and so blocked, no keys.

    `number` has fifteen digits, `municipality` five; `expires` is the last day, included. Raises ValueError.
    """
    pins: Mapping[PinKind, PinReference] = {name: PinReference(limit=tries(name)) for name in PinKind}
    return CardImage(
        number=number,
        municipality=municipality,
        expires=expires,
        salt=entropy(SALT_SIZE),
        pins=pins,
        keys={kind: Container() for kind in CertificateKind},
    )


def _shadow(image: CardImage, kind: CertificateKind) -> KeySlot:
    shadow = image.keys[kind].shadow
    if shadow is None:
        raise NoShadowKey
    return shadow
