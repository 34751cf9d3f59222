import pytest

from openjpki.card.terminal import JpkiTerminal, NoCertificate, PinLocked, WrongPin
from openjpki.documents.card_signer import CardSigner
from openjpki.documents.sign import sign_cms, sign_pdf
from openjpki.documents.verify import signers_of
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.unit.card.cards import AUTHENTICATION_PIN, SIGNATURE_PIN, Bench, bench, ordinary, stored, with_tries
from tests.unit.documents.world import SIGNED, pdf

COMPUTE_SIGNATURE = bytes.fromhex("802a0080")


class Counting:
    """A connection that notes the headers of the commands."""

    def __init__(self, card: Bench) -> None:
        self.card = card
        self.headers: list[bytes] = []

    def transmit(self, apdu: bytes) -> bytes:
        """Pass the command on."""
        self.headers.append(apdu[:4])
        return self.card.transmit(apdu)


@pytest.mark.parametrize("name", ["ordinary", "p384"])
def test_a_card_signs_a_pdf_by_one_command_after_one_pin(name: str) -> None:
    """One PIN, one COMPUTE DIGITAL SIGNATURE, and the signature verifies under the card's own certificate."""
    connection = Counting(bench(stored(name)))
    signer = CardSigner(JpkiTerminal(connection), bytearray(SIGNATURE_PIN.encode()))

    signed = sign_pdf(pdf(), signer, moment=SIGNED)

    assert signers_of(signed) == (signer.certificate,)
    assert connection.headers.count(COMPUTE_SIGNATURE) == 1
    assert connection.headers.count(bytes.fromhex("00200080")) == 1


def test_the_authentication_key_signs_when_asked_for() -> None:
    """The same signer answers login challenges."""
    signer = CardSigner(JpkiTerminal(bench()), AUTHENTICATION_PIN.encode(), CertificateKind.AUTHENTICATION)

    assert sign_cms(b"content", signer, moment=SIGNED)


def test_the_issuer_comes_from_the_card() -> None:
    """The CA certificate on the card goes into the signature."""
    terminal = JpkiTerminal(bench())
    signer = CardSigner(terminal, SIGNATURE_PIN.encode())

    assert signer.chain == (terminal.read_ca_certificate(CertificateKind.SIGNATURE),)


class WithoutIssuer(JpkiTerminal):
    """A terminal at a card that lacks its issuer's certificate."""

    def read_ca_certificate(self, kind: CertificateKind) -> bytes:  # noqa: ARG002  -- the signature of the terminal
        """Refuse."""
        raise NoCertificate


def test_a_card_without_its_issuers_certificate_signs_all_the_same() -> None:
    """The verifier has the anchors; the chain inside is a courtesy."""
    signer = CardSigner(WithoutIssuer(bench()), SIGNATURE_PIN.encode())

    assert signer.chain == ()
    assert signers_of(sign_cms(b"content", signer, moment=SIGNED)) == (signer.certificate,)


def test_a_wrong_pin_signs_nothing() -> None:
    """It costs a try and says how many are left (R-6.4)."""
    with pytest.raises(WrongPin) as refusal:
        CardSigner(JpkiTerminal(bench()), b"WRONG0")

    assert refusal.value.data["tries"] == 4


def test_a_locked_pin_signs_nothing() -> None:
    """R-6.4."""
    with pytest.raises(PinLocked):
        CardSigner(JpkiTerminal(bench(with_tries(ordinary(), PinKind.SIGNATURE, 0))), SIGNATURE_PIN.encode())
