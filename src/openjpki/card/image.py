"""The card image: everything a card remembers without power, as one frozen value and one strict file form."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from openjpki.card.certificate import certified_key
from openjpki.card.face import Face, FaceKey, KeyName
from openjpki.card.keys import public_key_of
from openjpki.card.keyset import KeySet
from openjpki.card.pins import PIN_NAMES, SET_BY_HOLDER, PinName, PinReference
from openjpki.card.secure_channel import MAX_COUNTER
from openjpki.card.settings import MAX_FAILURES
from openjpki.rules.kinds import CertificateKind

NUMBER_DIGITS = 15
"""製造番号: the number of the card, as its common application tells it (C myna-card)."""
MUNICIPALITY_DIGITS = 5
SALT_SIZE = 16
MAX_CHALLENGES = 2**32 - 1
"""GET CHALLENGE commands that a card answers in its life."""


@dataclass(frozen=True, kw_only=True)
class KeySlot:
    """One key pair with, once loaded, its certificate and its issuer's; all DER. `repr` shows none."""

    private_key: bytes = field(repr=False)
    """PKCS#8."""
    certificate: bytes | None = field(default=None, repr=False)
    issuer: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Hold certificate and key together: a slot never carries another key's certificate."""
        if (self.certificate is None) is not (self.issuer is None):
            message = "a certificate stands with its issuer's, or not at all"
            raise ValueError(message)
        if self.certificate is not None and certified_key(self.certificate) != self.public_key:
            message = "the certificate certifies another key"
            raise ValueError(message)
        if self.issuer is not None:
            certified_key(self.issuer)

    @property
    def public_key(self) -> bytes:
        """Return the SubjectPublicKeyInfo, DER."""
        return public_key_of(self.private_key)


@dataclass(frozen=True, kw_only=True)
class Container:
    """The two places for a key of one kind: the one in use, and the shadow in which its successor is made."""

    active: KeySlot | None = None
    shadow: KeySlot | None = None

    def __post_init__(self) -> None:
        """Let a key come into use only with its certificate."""
        if self.active is not None and self.active.certificate is None:
            message = "a key in use has a certificate"
            raise ValueError(message)


@dataclass(frozen=True, kw_only=True)
class Channel:
    """What the card keeps of its channel to the authority."""

    keys: KeySet
    counter: int = 0
    """Sessions begun so far; it rises before a session's first answer, so no session is ever repeated."""
    failures: int = 0
    """Authentications of the other side that failed since the last that did not."""

    def __post_init__(self) -> None:
        """Refuse counters that are none."""
        counted = type(self.counter) is int and type(self.failures) is int
        if not counted or not 0 <= self.counter <= MAX_COUNTER or not 0 <= self.failures <= MAX_FAILURES:
            message = "not the state of a channel"
            raise ValueError(message)


@dataclass(frozen=True, kw_only=True)
class CardImage:
    """Everything durable on one card."""

    number: str
    """製造番号: fifteen digits."""
    municipality: str
    """Five-digit code of the municipality that handed the card over; after a move, of the one that serves its holder."""
    expires: date
    """Last day of the card's validity, included: a Japanese civil date."""
    salt: bytes = field(repr=False)
    """Sixteen bytes of entropy, under which this card's PINs are hashed."""
    pins: Mapping[PinName, PinReference]
    """The four PINs of the window (R-6.5), and what else is verified; what was never set answers like a locked one."""
    keys: Mapping[CertificateKind, Container]
    channel: Channel
    permitted: frozenset[PinName]
    """PINs that the next change may set without the old one (R-6.3); setting it spends the permission."""
    challenges: int = 0
    """Challenges given so far; the number rises before one is answered."""
    face: Face | None = None
    """What the issuer wrote of the holder; None on a card that was made blank."""

    def __post_init__(self) -> None:
        """Refuse what is no card, so that the applet need not ask again."""
        sound = (
            _digits(self.number, NUMBER_DIGITS),
            _digits(self.municipality, MUNICIPALITY_DIGITS),
            len(self.salt) == SALT_SIZE,
            set(self.pins) == set(PIN_NAMES),
            set(self.keys) == set(CertificateKind),
            self.permitted <= SET_BY_HOLDER,
            type(self.challenges) is int and 0 <= self.challenges <= MAX_CHALLENGES,
        )
        if not all(sound):
            message = "not the data of a card"
            raise ValueError(message)

    def with_pin(self, name: PinName, reference: PinReference) -> Self:
        """Return the image with this PIN reference changed."""
        return replace(self, pins={**self.pins, name: reference})

    def with_keys(self, kind: CertificateKind, container: Container) -> Self:
        """Return the image with the keys of this kind changed."""
        return replace(self, keys={**self.keys, kind: container})

    def with_channel(self, *, counter: int | None = None, failures: int | None = None) -> Self:
        """Return the image with a counter of its channel changed."""
        present = self.channel
        return replace(
            self,
            channel=replace(
                present,
                counter=present.counter if counter is None else counter,
                failures=present.failures if failures is None else failures,
            ),
        )

    def key_in_use(self, name: KeyName) -> bytes | None:
        """Return the private key of this name, PKCS#8; None where the card has none in use."""
        if isinstance(name, FaceKey):
            return None if self.face is None else self.face.keys[name]
        active = self.keys[name].active
        return None if active is None else active.private_key

    def salt_of(self, name: PinName) -> bytes:
        """Return the salt of one PIN: equal PINs of a card do not hash alike."""
        value: str = name.value
        return self.salt + value.encode()


def _digits(text: str, count: int) -> bool:
    return len(text) == count and text.isascii() and text.isdigit()
