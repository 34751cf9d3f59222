"""The card lying on the counter's reader, as the window may use it. No PIN passes here in either direction."""

from typing import Protocol

from openjpki.rules.kinds import CertificateKind


class CardAtCounter(Protocol):
    """Card administration at the counter, done by the agent beside the reader; the window only asks.

    Whether the holder's PIN matched, and the holder's setting of PINs, happen between holder, agent and card: an act
    is told the outcome and nothing else. New keys live in a shadow slot: the old key works until `activate`. Every
    method raises a `Failure` if the card is gone or refuses.
    """

    def card_number(self) -> str:
        """Return the card's 製造番号 (fifteen digits)."""
        ...

    def generate_key(self, kind: CertificateKind) -> bytes:
        """Make a key pair in the empty shadow slot and return its SubjectPublicKeyInfo, DER."""
        ...

    def prove(self, kind: CertificateKind, message: bytes) -> bytes:
        """Return the signature of the shadow key over `message`."""
        ...

    def load(self, kind: CertificateKind, certificate: bytes, issuer: bytes) -> None:
        """Write the certificate for the shadow key, and its issuer's certificate, both DER."""
        ...

    def read_back(self, kind: CertificateKind) -> bytes:
        """Return the certificate of the shadow slot as the card has it now, DER."""
        ...

    def activate(self, kind: CertificateKind) -> None:
        """Put the shadow key and certificate in the place of the old ones, in one durable change."""
        ...

    def discard(self, kind: CertificateKind) -> None:
        """Empty the shadow slot; the old key and certificate stay. Discarding nothing is no fault."""
        ...

    def waiting_key(self, kind: CertificateKind) -> bytes | None:
        """Return the SubjectPublicKeyInfo (DER) of the shadow key, if there is one: an issue is resumed by it."""
        ...

    def certificate_in_use(self, kind: CertificateKind) -> bytes | None:
        """Return the active certificate (DER), if there is one: an issue that was cut off is told from it."""
        ...
