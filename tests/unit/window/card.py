"""A card on the counter's reader that keeps what the port promises, and fails where a test says so."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CertificateKind


class Gone(Failure):
    """The card was taken off the reader."""

    code = "test.card-gone"
    kind = Kind.UNAVAILABLE
    ja = "カードがありません。"
    en = "The card is gone."


def proof(key: bytes, message: bytes) -> bytes:
    """Return the stand-in's signature of a key over a message."""
    return hashlib.sha256(key + b"|" + message).digest()


@dataclass
class Slot:
    """A key with its certificate, if it has one."""

    key: bytes
    certificate: bytes = b""


@dataclass
class CounterCard:
    """One card: two containers, each with an active and a shadow slot."""

    number: str = "123456789012345"
    active: dict[CertificateKind, Slot] = field(default_factory=dict)
    shadow: dict[CertificateKind, Slot] = field(default_factory=dict)
    made: int = 0
    fails: set[str] = field(default_factory=set)
    """Methods that find the card gone."""
    after: dict[str, Callable[[], None]] = field(default_factory=dict)
    """Method → what happens once its act is done, before it answers."""
    forgets: bool = False
    """Whether what is written is damaged."""

    def card_number(self) -> str:
        """Return the number."""
        self._may_fail("card_number")
        return self.number

    def generate_key(self, kind: CertificateKind) -> bytes:
        """Make a key."""
        self._may_fail("generate_key")
        assert kind not in self.shadow or not self.shadow[kind].certificate, "the shadow slot is in use"
        self.made += 1
        self.shadow[kind] = Slot(f"key {self.made} of {self.number} for {kind.value}".encode())
        self._then("generate_key")
        return self.shadow[kind].key

    def prove(self, kind: CertificateKind, message: bytes) -> bytes:
        """Sign with the shadow key."""
        self._may_fail("prove")
        return proof(self.shadow[kind].key, message)

    def load(self, kind: CertificateKind, certificate: bytes, issuer: bytes) -> None:
        """Write the certificate."""
        self._may_fail("load")
        assert issuer
        assert self.shadow[kind].key in certificate
        self.shadow[kind].certificate = b"damaged" if self.forgets else certificate

    def read_back(self, kind: CertificateKind) -> bytes:
        """Read the shadow certificate."""
        self._may_fail("read_back")
        return self.shadow[kind].certificate

    def activate(self, kind: CertificateKind) -> None:
        """Put the shadow slot in the place of the active one."""
        self._may_fail("activate")
        self.active[kind] = self.shadow.pop(kind)
        self._then("activate")

    def discard(self, kind: CertificateKind) -> None:
        """Empty the shadow slot."""
        self._may_fail("discard")
        self.shadow.pop(kind, None)

    def waiting_key(self, kind: CertificateKind) -> bytes | None:
        """Return the shadow key."""
        return self.shadow[kind].key if kind in self.shadow else None

    def certificate_in_use(self, kind: CertificateKind) -> bytes | None:
        """Return the active certificate."""
        return self.active[kind].certificate if kind in self.active else None

    def go(self) -> None:
        """Leave the reader before the answer."""
        raise Gone

    def _then(self, method: str) -> None:
        self.after.get(method, lambda: None)()

    def _may_fail(self, method: str) -> None:
        if method in self.fails:
            raise Gone
