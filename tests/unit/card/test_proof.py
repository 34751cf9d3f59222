from openjpki.card.proof import order_proof_input
from openjpki.desk import messages
from openjpki.rules.kinds import CertificateKind


def test_the_proof_names_order_town_card_kind_and_key() -> None:
    """A key is proven for one order of one card: nothing of it fits another."""
    assert order_proof_input("o1", "99201", "1" * 15, CertificateKind.SIGNATURE, b"\xab") == (
        b"openjpki certificate order 1\no1\n99201\n111111111111111\nsignature\nab"
    )


def test_the_desk_tells_the_same_proof() -> None:
    """Card and authority make the text by one function."""
    assert messages.order_proof_input is order_proof_input
