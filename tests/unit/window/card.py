"""A card on the counter's reader that keeps what the port promises, and fails where a test says so."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from openjpki.card.proof import order_proof_input
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
    municipality: str = "99201"
    """Of the counter whose reader it lies on."""
    active: dict[CertificateKind, Slot] = field(default_factory=dict)
    shadow: dict[CertificateKind, Slot] = field(default_factory=dict)
    made: int = 0
    handed_over: int = 0
    written: int = 0
    """Times that its face was brought up to date."""
    permitted: list[str] = field(default_factory=list)
    """Numbers of the PIN resets that it was told of."""
    fails: set[str] = field(default_factory=set)
    """Methods that find the card gone."""
    raises: dict[str, Failure] = field(default_factory=dict)
    """Method → what the authority has to say to it."""
    after: dict[str, Callable[[], None]] = field(default_factory=dict)
    """Method → what happens once its act is done, before it answers."""
    before: dict[str, Callable[[], object]] = field(default_factory=dict)
    """Method → what somebody else does before it answers."""
    forgets: bool = False
    """Whether what is written is damaged."""

    def card_number(self) -> str:
        """Return the number."""
        self._may_fail("card_number")
        return self.number

    def write_attributes(self) -> None:
        """Take the attributes."""
        self._may_fail("write_attributes")
        self.written += 1

    def generate_key(self, kind: CertificateKind) -> bytes:
        """Make a key."""
        self._may_fail("generate_key")
        assert kind not in self.shadow or not self.shadow[kind].certificate, "the shadow slot is in use"
        self.made += 1
        self.shadow[kind] = Slot(f"key {self.made} of {self.number} for {kind.value}".encode())
        self._then("generate_key")
        return self.shadow[kind].key

    def take_hand_over_data(self) -> None:
        """Take what the register has."""
        self._may_fail("take_hand_over_data")
        self.handed_over += 1

    def prove(self, kind: CertificateKind, order_id: str) -> bytes:
        """Sign with the shadow key."""
        self._may_fail("prove")
        key = self.shadow[kind].key
        return proof(key, order_proof_input(order_id, self.municipality, self.number, kind, key))

    def load(self, kind: CertificateKind, certificate: bytes) -> None:
        """Write the certificate."""
        self._may_fail("load")
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

    def waiting_key_digest(self, kind: CertificateKind) -> bytes | None:
        """Return the digest of the shadow key."""
        self.before.get("waiting_key_digest", lambda: None)()
        return hashlib.sha256(self.shadow[kind].key).digest() if kind in self.shadow else None

    def digest_in_use(self, kind: CertificateKind) -> bytes | None:
        """Return the digest of the active certificate."""
        return hashlib.sha256(self.active[kind].certificate).digest() if kind in self.active else None

    def permit_reset(self, order_id: str) -> None:
        """Take a permission."""
        self._may_fail("permit_reset")
        self.permitted.append(order_id)
        self._then("permit_reset")

    def take_back_resets(self) -> None:
        """Forget every permission."""
        self._may_fail("take_back_resets")
        self.permitted.clear()

    def go(self) -> None:
        """Leave the reader before the answer."""
        raise Gone

    def _then(self, method: str) -> None:
        self.after.get(method, lambda: None)()

    def _may_fail(self, method: str) -> None:
        if method in self.fails:
            raise Gone
        if method in self.raises:
            raise self.raises[method]
