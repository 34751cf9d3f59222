"""What a card signs with a new key before any certificate is ordered for it: never a message of another's choosing."""

from openjpki.rules.kinds import CertificateKind


def order_proof_input(
    order_id: str, municipality: str, card_number: str, kind: CertificateKind, public_key: bytes
) -> bytes:
    """Return the bytes the card signs with its new key: they bind the key to one order for one card.

    The card makes them itself, of its own number and key: no PIN is asked for this signature, so the key must sign
    nothing else with it.
    """
    return b"\n".join(
        (
            b"openjpki certificate order 1",
            order_id.encode(),
            municipality.encode(),
            card_number.encode(),
            kind.value.encode(),
            public_key.hex().encode(),
        )
    )
