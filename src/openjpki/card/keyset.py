"""The card's administration keys, how they come from a master key, and the KDF of SCP03 behind both."""

from dataclasses import dataclass, field
from math import ceil

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

KEY_SIZE = 32
"""Bytes of an administration key: AES-256."""
KEY_SIZES = frozenset({16, 24, 32})
"""Bytes of an AES key."""
_BLOCK_BITS = 128
_LABELS = (
    b"openjpki card administration ENC",
    b"openjpki card administration MAC",
    b"openjpki card administration DEK",
)


def derive(key: bytes, label: bytes, context: bytes, bits: int) -> bytes:
    """Return `bits` of key material: NIST SP 800-108 in counter mode over CMAC (SP 800-38B).

    The input of block i is label, 00, the length in bits (two bytes), i (one byte), context: the order of
    GlobalPlatform Card Specification Amendment D §4.1.5.
    """
    blocks = (
        cmac(key, label + b"\0" + bits.to_bytes(2) + block.to_bytes(1) + context)
        for block in range(1, ceil(bits / _BLOCK_BITS) + 1)
    )
    return b"".join(blocks)[: bits // 8]


def cmac(key: bytes, message: bytes) -> bytes:
    """Return the AES-CMAC, 16 bytes."""
    mac = CMAC(AES(key))
    mac.update(message)
    return mac.finalize()


@dataclass(frozen=True, kw_only=True)
class KeySet:
    """The static keys of one card's channel to the authority. `repr` shows none."""

    enc: bytes = field(repr=False)
    mac: bytes = field(repr=False)
    dek: bytes = field(repr=False)
    """Reserved for keys put on the card inside a session; no command uses it yet."""

    def __post_init__(self) -> None:
        """Refuse what is no set of three AES keys of one length."""
        sizes = {len(key) for key in (self.enc, self.mac, self.dek)}
        if len(sizes) != 1 or not sizes <= KEY_SIZES:
            message = "not a set of AES keys"
            raise ValueError(message)


def diversified(master: bytes, number: str) -> KeySet:
    """Return the keys of the card with this number: a card that is opened tells nothing of another's."""
    enc, mac, dek = (derive(master, label, number.encode("ascii"), KEY_SIZE * 8) for label in _LABELS)
    return KeySet(enc=enc, mac=mac, dek=dek)
