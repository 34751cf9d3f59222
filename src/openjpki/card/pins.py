"""PIN references: a salted hash and a counter of tries (R-6.1, R-6.2). A decision never holds the PIN itself."""

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from typing import Self

from openjpki.card.status import MAX_COUNTER
from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import DIGITS_PIN_LENGTH, SIGNATURE_PIN_LONGEST, SIGNATURE_PIN_SHORTEST

MIN_DATA, MAX_DATA = 1, 16
"""Bytes of reference data a VERIFY may carry (JICSAP v1.1 §6.4.9)."""
DIGEST_SIZE = 32


def lengths(kind: PinKind) -> range:
    """Return the lengths in bytes that the reference of this PIN takes (R-6.1)."""
    if kind is PinKind.SIGNATURE:
        return range(SIGNATURE_PIN_SHORTEST, SIGNATURE_PIN_LONGEST + 1)
    return range(DIGITS_PIN_LENGTH, DIGITS_PIN_LENGTH + 1)


@dataclass(frozen=True)
class Proof:
    """What showing a PIN proves: the digest that it has. It stands for the present PIN as long as the digests agree."""

    name: PinKind
    digest: bytes | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class PinReference:
    """One PIN as the card remembers it. A reference that was never set is blocked like a locked one."""

    limit: int
    tries: int = 0
    digest: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse a counter that no status word can tell, and tries on a reference that was never set."""
        counted = type(self.limit) is int and type(self.tries) is int and 0 <= self.tries <= self.limit <= MAX_COUNTER
        if not counted or len(self.digest or bytes(DIGEST_SIZE)) != DIGEST_SIZE or (self.tries and not self.digest):
            message = "not a PIN reference"
            raise ValueError(message)

    def spent(self) -> Self:
        """Return the reference with one try less; only a usable one has a try to spend."""
        return replace(self, tries=self.tries - 1)

    def restored(self) -> Self:
        """Return the reference with all its tries: what a correct PIN earns (R-6.2)."""
        return replace(self, tries=self.limit)

    def holding(self, pin: bytes, salt: bytes) -> Self:
        """Return the reference set to a new PIN, with all its tries."""
        return replace(self, tries=self.limit, digest=_digest(pin, salt))

    def proven(self, name: PinKind, pin: bytes, salt: bytes) -> Proof | None:
        """Return the proof that this PIN is the one, or None."""
        shown = Proof(name, _digest(pin, salt))
        return shown if self.matches(pin, salt) else None

    def matches(self, pin: bytes, salt: bytes) -> bool:
        """Compare in constant time; a reference that was never set matches nothing."""
        return self.digest is not None and hmac.compare_digest(self.digest, _digest(pin, salt))


def _digest(pin: bytes, salt: bytes) -> bytes:
    """Hash with scrypt (RFC 7914) for about two milliseconds.

    Four digits cannot be hidden from whoever holds the image: this only keeps PINs, which people use elsewhere too,
    from being read off it at a glance.
    """
    sized = bytes((len(pin),)) + pin  # scrypt keys an HMAC, for which "1234" and "1234\0" would be one key
    return hashlib.scrypt(sized, salt=salt, n=1024, r=8, p=1, dklen=DIGEST_SIZE)
