"""The card lying on the counter's reader, as the window may use it. No PIN passes here in either direction."""

from typing import Protocol

from openjpki.rules.kinds import CertificateKind


class CardAtCounter(Protocol):
    """Card administration at the counter: between authority and card; the window only asks and relays.

    Whether the holder's PIN matched, and the holder's setting of PINs, happen between holder, agent and card: an act
    is told the outcome and nothing else. New keys live in a shadow slot: the old key works until `activate`. Every
    method raises a `Failure` if the card is gone or refuses.
    """

    def card_number(self) -> str:
        """Return the card's 製造番号 (fifteen digits)."""
        ...

    def take_hand_over_data(self) -> None:
        """Have municipality and last day written to the card, as the authority's register has them."""
        ...

    def write_attributes(self) -> None:
        """Have name and address on the card's face brought to what the authority's register has (券面更新)."""
        ...

    def generate_key(self, kind: CertificateKind) -> bytes:
        """Make a key pair in the empty shadow slot and return its SubjectPublicKeyInfo, DER."""
        ...

    def prove(self, kind: CertificateKind, order_id: str) -> bytes:
        """Return the signature of the shadow key over `order_proof_input` for this order of the officer's municipality."""
        ...

    def load(self, kind: CertificateKind, certificate: bytes) -> None:
        """Have the authority write this certificate (DER) of its own, with its issuer's, beside the shadow key."""
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

    def waiting_key_digest(self, kind: CertificateKind) -> bytes | None:
        """Return the SHA-256 of the shadow key (SubjectPublicKeyInfo), if there is one: an issue is resumed by it."""
        ...

    def digest_in_use(self, kind: CertificateKind) -> bytes | None:
        """Return the SHA-256 of the active certificate, if there is one: an issue that was cut off is told from it."""
        ...

    def permit_reset(self, order_id: str) -> None:
        """Let the holder set a PIN at the reader without the old one: carries out an approved `PinResetOrder` (R-6.3)."""
        ...

    def take_back_resets(self) -> None:
        """Have a permission that was not used taken off the card, and every approval of one ended."""
        ...
