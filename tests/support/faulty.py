"""Keepers of keys that sign wrongly, as a broken device, or something in its place, might."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from openjpki.authority.signing.keys import SigningKeys
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import Signer, StreamSigner

Fault = Callable[[Signer, bytes], bytes]
"""Gives what comes in place of the right signature."""


def other_bytes(signer: Signer, to_be_signed: bytes) -> bytes:
    """Sign other bytes than were given."""
    return signer.sign(to_be_signed + b"!")


def one_bit(signer: Signer, to_be_signed: bytes) -> bytes:
    """Sign rightly, and let one bit fall over."""
    signature = bytearray(signer.sign(to_be_signed))
    signature[-1] ^= 1
    return bytes(signature)


def nothing(signer: Signer, to_be_signed: bytes) -> bytes:
    """Answer with no byte at all."""
    del signer, to_be_signed
    return b""


FAULTS = (other_bytes, one_bit, nothing)


class FaultySigner:
    """Holds the right public key and gives a wrong signature."""

    def __init__(self, right: Signer, fault: Fault = other_bytes) -> None:
        self.algorithm: KeyAlgorithm = right.algorithm
        self.public_key = right.public_key
        self._right, self._fault = right, fault

    def sign(self, to_be_signed: bytes) -> bytes:
        """Return what the fault makes of it."""
        return self._fault(self._right, to_be_signed)

    def sign_stream(self, pieces: Iterable[bytes]) -> bytes:
        """Return what the fault makes of all the pieces."""
        return self._fault(self._right, b"".join(pieces))


@dataclass
class FaultyKeys:
    """A keeper whose signers are faulty while `fault` is set."""

    right: SigningKeys
    fault: Fault | None = None
    asked: list[str] = field(default_factory=list)

    def make(self, purpose: str, algorithm: KeyAlgorithm) -> str:
        """Make a key."""
        return self.right.make(purpose, algorithm)

    def signer(self, name: str) -> StreamSigner:
        """Return the signer of a key, faulty or not."""
        self.asked.append(name)
        right = self.right.signer(name)
        return right if self.fault is None else FaultySigner(right, self.fault)
