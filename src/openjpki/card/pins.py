"""PIN references: a salted hash and a counter of tries (R-6.1, R-6.2). A decision never holds the PIN itself."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, unique
from typing import Final, Self

from openjpki.card.status import MAX_COUNTER
from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import DIGITS_PIN_LENGTH, SIGNATURE_PIN_LONGEST, SIGNATURE_PIN_SHORTEST

MIN_DATA, MAX_DATA = 1, 16
"""Bytes of reference data a VERIFY may carry (JICSAP v1.1 §6.4.9)."""
DIGEST_SIZE = 32


@unique
class CodeKind(Enum):
    """What is verified on a card beside the four PINs of the window (R-6.5)."""

    COMMON = "common"
    """EF 001C of the common application: for the holder one PIN with 住民基本台帳用, on the card another reference."""
    TEXT_A = "text-a"
    """照合番号A of the text application: the individual number."""
    TEXT_B = "text-b"
    """照合番号B of the text application: birth date, last year and security code, as printed on the card."""
    TEXT_UNUSED = "text-unused"
    """EF 0012 of the text application: blocked on every card that was looked at (C myna-card)."""
    VISUAL_A = "visual-a"
    VISUAL_B = "visual-b"
    VISUAL_BIRTH_DATE = "visual-birth-date"
    """The birth date alone, as printed on the card."""


PinName = PinKind | CodeKind
PIN_NAMES: Final[tuple[PinName, ...]] = (*PinKind, *CodeKind)
"""Everything that has a counter of tries on a card."""
SET_BY_HOLDER: Final[frozenset[PinName]] = frozenset({*PinKind, CodeKind.COMMON})
"""What a holder sets and may change; the others are printed on the card, and the issuer wrote them."""

_LENGTHS: Mapping[PinName, int] = {
    CodeKind.TEXT_A: 12,
    CodeKind.TEXT_B: 14,
    CodeKind.VISUAL_A: 12,
    CodeKind.VISUAL_B: 14,
    CodeKind.VISUAL_BIRTH_DATE: 6,
}


def lengths(name: PinName) -> range:
    """Return the lengths in bytes that this reference takes (R-6.1)."""
    if name is PinKind.SIGNATURE:
        return range(SIGNATURE_PIN_SHORTEST, SIGNATURE_PIN_LONGEST + 1)
    length = _LENGTHS.get(name, DIGITS_PIN_LENGTH)
    return range(length, length + 1)


@dataclass(frozen=True)
class Proof:
    """What showing a PIN proves: the digest that it has. It stands for the present PIN as long as the digests agree."""

    name: PinName
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

    def proven(self, name: PinName, pin: bytes, salt: bytes) -> Proof | None:
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
