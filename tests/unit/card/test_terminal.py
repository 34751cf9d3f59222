from dataclasses import dataclass, field
from hashlib import new

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key

from openjpki.card.connection import NotJpkiCard, UnexpectedAnswer
from openjpki.card.conversation import Conversation
from openjpki.card.pin_terminal import PinTerminal
from openjpki.card.terminal import (
    DigestNotSupported,
    JpkiTerminal,
    NoAuthenticationCertificate,
    NoCardNumber,
    NoCertificate,
    NoSignatureCertificate,
    PinLocked,
    PinNotVerified,
    Presence,
    WrongPin,
)
from openjpki.errors import Failure
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.pins import BadDigitsPin, BadSignaturePin
from openjpki.rules.policy import Policy
from tests.unit.card.cards import Bench, bench, blank, ordinary, stored, with_tries

SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION
PIN = {SIGNATURE: b"ABC123", AUTHENTICATION: b"1234"}


@dataclass
class Tapped:
    """A connection that writes down what went over it."""

    card: Bench
    sent: list[str] = field(default_factory=list)

    def transmit(self, apdu: bytes) -> bytes:
        """Pass on and write down."""
        self.sent.append(apdu.hex().upper())
        return self.card.transmit(apdu)


@dataclass
class Scripted:
    """A card that answers from a list, whatever it is asked."""

    answers: list[str]

    def transmit(self, apdu: bytes) -> bytes:
        """Answer the next."""
        assert apdu
        return bytes.fromhex(self.answers.pop(0))


def spki(card: Bench, kind: CertificateKind) -> bytes:
    """Return the public key in use."""
    active = card.image.keys[kind].active
    assert active is not None
    return active.public_key


def test_the_commands_are_those_of_real_clients() -> None:
    """SELECT with P2 0C, READ in blocks of 256, VERIFY 00 20 00 80, a DigestInfo of 51 bytes to 80 2A 00 80."""
    tapped = Tapped(bench())
    terminal = JpkiTerminal(tapped)
    terminal.read_certificate(AUTHENTICATION)
    terminal.tries_left(AUTHENTICATION)
    terminal.verify_pin(AUTHENTICATION, b"1234")
    terminal.sign_digest(AUTHENTICATION, "sha256", bytes(32))

    assert tapped.sent[:11] == [
        "00A4040C0AD392F000260100000001",
        "00A4020C02000A",
        "00B0000000",
        "00B0010000",
        "00B0020000",
        "00A4020C020018",
        "00200080",
        "00A4020C020018",
        "002000800431323334",
        "00A4020C02000A",
        "00B0000000",
    ]
    assert tapped.sent[-2:] == [
        "00A4020C020017",
        "802A008033" + "3031300D060960864801650304020105000420" + "00" * 32 + "00",
    ]


@pytest.mark.parametrize("name", ["ordinary", "p384"])
@pytest.mark.parametrize("kind", CertificateKind)
def test_certificates_are_read_whole(name: str, kind: CertificateKind) -> None:
    """The size stands in the first four bytes; what is read is the certificate and nothing behind it."""
    card = bench(stored(name))
    terminal = JpkiTerminal(card)
    active = card.image.keys[kind].active
    assert active is not None

    assert terminal.read_certificate(kind, PIN[kind]) == active.certificate
    assert terminal.read_ca_certificate(kind) == active.issuer


def test_the_signature_certificate_needs_its_pin() -> None:
    """It carries the four attributes (R-0.3); the authentication certificate does not."""
    terminal = JpkiTerminal(bench())

    with pytest.raises(PinNotVerified):
        terminal.read_certificate(SIGNATURE)
    assert terminal.read_certificate(AUTHENTICATION)


def test_the_card_tells_what_it_has() -> None:
    """EF 0008 and the label of EF 0006."""
    assert JpkiTerminal(bench()).presence() == Presence(signature=True, authentication=True)
    assert JpkiTerminal(bench(blank())).presence() == Presence(signature=False, authentication=False)
    assert JpkiTerminal(bench()).token_label() == "JPKIAPICCTOKEN2"


def test_the_number_is_that_of_the_card_not_of_the_token() -> None:
    """Record 1 of the common application; on plastic the serial of EF 0006 is another number (C myna-card)."""
    tapped = Tapped(bench())

    assert JpkiTerminal(tapped).card_number() == "400000012719843"
    assert tapped.sent == ["00A4040C0AD3921000310001010100", "00B2010C00"]


RECORD = "011C" + b"4000000127198431322120350217".hex()


@pytest.mark.parametrize(
    "answers",
    [
        ["6A82"],
        ["9000", "6A83"],
        ["9000", "6A82"],
        ["9000", "9000"],
        ["9000", RECORD[:-2] + "9000"],
        ["9000", "011B" + RECORD[4:-2] + "9000"],
        ["9000", RECORD.replace("34", "41") + "9000"],
        ["9000", RECORD.replace("34", "B2") + "9000"],
    ],
)
def test_a_card_without_a_number_is_told(answers: list[str]) -> None:
    """No application, no record, another record, letters: nothing that a card number could be taken from."""
    with pytest.raises(NoCardNumber):
        JpkiTerminal(Scripted(answers)).card_number()


def test_a_number_is_read_again_after_a_reset() -> None:
    """The application is selected again, once; what else is answered is told."""
    assert JpkiTerminal(Scripted(["9000", "6986", "9000", RECORD + "9000"])).card_number() == "400000012719843"
    with pytest.raises(UnexpectedAnswer, match="READ RECORD: 6981"):
        JpkiTerminal(Scripted(["9000", "6981"])).card_number()


def test_what_one_terminal_selects_the_other_knows() -> None:
    """Over one conversation, a certificate is read right after a file of the same identifier in another application."""
    talk = Conversation(bench())
    terminal = JpkiTerminal(talk)
    before = terminal.read_certificate(AUTHENTICATION)
    PinTerminal(talk).tries_left(PinKind.CARD_FACE_ENTRY)

    assert terminal.read_certificate(AUTHENTICATION) == before
    assert talk.transmit(bytes.fromhex("00A4040C0AD3921000310001010408")) == b"\x90\x00"
    assert terminal.read_certificate(AUTHENTICATION) == before


@pytest.mark.parametrize(("kind", "limit"), [(SIGNATURE, 5), (AUTHENTICATION, 3)])
def test_tries_are_counted_and_restored(kind: CertificateKind, limit: int) -> None:
    """A miss tells the tries left, a hit gives them back (R-6.2)."""
    terminal = JpkiTerminal(bench())
    wrong = b"XYZ999" if kind is SIGNATURE else b"9999"

    assert terminal.tries_left(kind) == limit
    with pytest.raises(WrongPin) as missed:
        terminal.verify_pin(kind, wrong)
    assert missed.value.data["tries"] == limit - 1
    assert terminal.tries_left(kind) == limit - 1
    terminal.verify_pin(kind, PIN[kind])
    assert terminal.tries_left(kind) == limit


@pytest.mark.parametrize("locked", [0x6984, 0x6983])
def test_the_last_miss_and_every_later_try_say_locked(locked: int) -> None:
    """63C0, 6984 and 6983 are one thing to a person: the counter must help (R-6.3)."""
    terminal = JpkiTerminal(bench(with_tries(ordinary(), PinKind.AUTHENTICATION, 1), locked_status=locked))

    for pin in (b"9999", b"1234"):
        with pytest.raises(PinLocked):
            terminal.verify_pin(AUTHENTICATION, pin)
    assert terminal.tries_left(AUTHENTICATION) == 0


@pytest.mark.parametrize(
    ("kind", "pin", "refusal"),
    [
        (AUTHENTICATION, b"12345", BadDigitsPin),
        (AUTHENTICATION, b"", BadDigitsPin),
        (AUTHENTICATION, "\uff11\uff12\uff13\uff14".encode(), BadDigitsPin),
        (SIGNATURE, b"abc123", BadSignaturePin),
        (SIGNATURE, b"ABC12\xff", BadSignaturePin),
        (SIGNATURE, b"A" * 16 + b"1", BadSignaturePin),
    ],
)
def test_a_pin_of_the_wrong_form_is_not_sent(kind: CertificateKind, pin: bytes, refusal: type[Failure]) -> None:
    """A typing error must not cost a try (R-6.2)."""
    tapped = Tapped(bench())

    with pytest.raises(refusal):
        JpkiTerminal(tapped).verify_pin(kind, pin)
    with pytest.raises(refusal):
        JpkiTerminal(tapped).change_pin(kind, pin)
    assert tapped.sent == []


def test_a_policy_may_fold_case() -> None:
    """Under sign_pin_lowercase = fold an entry in lower case is sent in upper case (R-6.1)."""
    terminal = JpkiTerminal(bench(), Policy().with_settings({"sign_pin_lowercase": "fold"}))

    terminal.verify_pin(SIGNATURE, b"abc123")


def test_a_mutable_pin_is_wiped() -> None:
    """A PIN lives no longer than its use, whatever came of it; no refusal contains it."""
    right, wrong, ill_formed = bytearray(b"1234"), bytearray(b"9999"), bytearray(b"12345")
    terminal = JpkiTerminal(bench())

    terminal.verify_pin(AUTHENTICATION, right)
    with pytest.raises(WrongPin) as missed:
        terminal.verify_pin(AUTHENTICATION, wrong)
    with pytest.raises(BadDigitsPin) as refused:
        terminal.verify_pin(AUTHENTICATION, ill_formed)

    assert [bytes(pin) for pin in (right, wrong, ill_formed)] == [bytes(4), bytes(4), bytes(5)]
    assert "9999" not in str(missed.value)
    assert "12345" not in str(refused.value)


def test_a_pin_is_changed_after_the_old_one() -> None:
    """VERIFY the old one, then CHANGE with the new one only."""
    terminal = JpkiTerminal(bench())

    with pytest.raises(PinNotVerified):
        terminal.change_pin(AUTHENTICATION, b"5678")
    terminal.verify_pin(AUTHENTICATION, b"1234")
    terminal.change_pin(AUTHENTICATION, b"5678")
    with pytest.raises(WrongPin):
        terminal.verify_pin(AUTHENTICATION, b"1234")
    terminal.verify_pin(AUTHENTICATION, b"5678")


@pytest.mark.parametrize("kind", CertificateKind)
@pytest.mark.parametrize("algorithm", [SHA256(), SHA384(), SHA512()], ids=lambda algorithm: algorithm.name)
def test_a_digest_is_signed(kind: CertificateKind, algorithm: HashAlgorithm) -> None:
    """The terminal brings the DigestInfo, the card the padding and the key (RFC 8017 §8.2)."""
    card = bench()
    terminal = JpkiTerminal(card)
    terminal.verify_pin(kind, PIN[kind])
    signature = terminal.sign_digest(kind, algorithm.name, new(algorithm.name, b"m").digest())
    key = load_der_public_key(spki(card, kind))
    assert isinstance(key, rsa.RSAPublicKey)

    key.verify(signature, b"m", padding.PKCS1v15(), algorithm)


def test_a_card_of_the_coming_kind_signs_sha_384_only() -> None:
    """A P-384 key takes the bare SHA-384 digest; the terminal knows the key by its certificate."""
    card = bench(stored("p384"))
    terminal = JpkiTerminal(card)
    terminal.verify_pin(SIGNATURE, b"ABC123")
    digest = new("sha384", b"m").digest()
    key = load_der_public_key(spki(card, SIGNATURE))
    assert isinstance(key, ec.EllipticCurvePublicKey)

    key.verify(terminal.sign_digest(SIGNATURE, "sha384", digest), digest, ec.ECDSA(Prehashed(SHA384())))
    with pytest.raises(DigestNotSupported):
        terminal.sign_digest(SIGNATURE, "sha256", bytes(32))


@pytest.mark.parametrize(("name", "size"), [("sha1", 20), ("md5", 16), ("sha256", 31), ("sha384", 32)])
def test_other_digests_are_refused_before_the_card_is_asked(name: str, size: int) -> None:
    """SHA-1 is not signed any more; a digest has the size of its name."""
    tapped = Tapped(bench())

    with pytest.raises(DigestNotSupported):
        JpkiTerminal(tapped).sign_digest(AUTHENTICATION, name, bytes(size))
    assert tapped.sent == []


def test_signing_needs_the_pin() -> None:
    """The key is used after its own PIN only."""
    terminal = JpkiTerminal(bench())
    terminal.verify_pin(SIGNATURE, b"ABC123")

    with pytest.raises(PinNotVerified):
        terminal.sign_digest(AUTHENTICATION, "sha256", bytes(32))


def test_one_command_signs() -> None:
    """After the first, a signature costs the selection of the key and one command."""
    tapped = Tapped(bench())
    terminal = JpkiTerminal(tapped)
    terminal.verify_pin(AUTHENTICATION, b"1234")
    terminal.sign_digest(AUTHENTICATION, "sha256", bytes(32))
    before = len(tapped.sent)
    terminal.sign_digest(AUTHENTICATION, "sha256", bytes(32))

    assert len(tapped.sent) - before == 2


@pytest.mark.parametrize("status", [0x6A82, 0x6B00])
def test_a_certificate_the_holder_lacks_is_told(status: int) -> None:
    """Neither form of absence is a fault of the card."""
    terminal = JpkiTerminal(bench(blank(), absent_certificate_status=status))

    with pytest.raises(NoCertificate):
        terminal.read_certificate(AUTHENTICATION)
    with pytest.raises(NoCertificate):
        terminal.sign_digest(AUTHENTICATION, "sha256", bytes(32))


@pytest.mark.parametrize(
    ("kind", "refusal"), [(SIGNATURE, NoSignatureCertificate), (AUTHENTICATION, NoAuthenticationCertificate)]
)
def test_a_certificate_that_is_not_there_is_told_before_any_pin(
    kind: CertificateKind, refusal: type[NoCertificate]
) -> None:
    """Under 15 there is no signature certificate (R-1.3): no PIN is sent, and the refusal is not about one."""
    tapped = Tapped(bench(blank()))

    typed = bytearray(PIN[kind])
    with pytest.raises(refusal):
        JpkiTerminal(tapped).read_certificate(kind, typed)
    assert not [apdu for apdu in tapped.sent if apdu.startswith("0020")]
    assert not any(typed)
    JpkiTerminal(bench()).hold_present(kind)


def test_a_card_that_does_not_tell_what_it_has_is_asked_for_its_pin() -> None:
    """Without EF 0008 nothing is known of its certificates, and nothing refused."""
    JpkiTerminal(Scripted(["9000", "6A82"])).hold_present(SIGNATURE)


def test_a_pin_never_set_is_locked() -> None:
    """A blank card is to be taken to the counter."""
    with pytest.raises(PinLocked):
        JpkiTerminal(bench(blank())).verify_pin(AUTHENTICATION, b"1234")


def test_after_a_reset_the_application_is_selected_again() -> None:
    """A terminal survives the reset of its card; the PIN does not."""
    card = bench()
    terminal = JpkiTerminal(card)
    terminal.verify_pin(AUTHENTICATION, b"1234")
    card.power_on_again()

    assert terminal.tries_left(AUTHENTICATION) == 3
    with pytest.raises(PinNotVerified):
        terminal.sign_digest(AUTHENTICATION, "sha256", bytes(32))


@pytest.mark.parametrize("answers", [["6A82"], ["9000", "6986", "6A82"]], ids=["at first", "later"])
def test_another_card_is_told(answers: list[str]) -> None:
    """A card without the application answers 6A82 to its identifier."""
    with pytest.raises(NotJpkiCard):
        JpkiTerminal(Scripted(answers)).presence()


IN = ["9000", "9000"]
"""Application and file selected."""


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (["6F00"], "SELECT: 6F00"),
        (["9000", "6F00"], "SELECT: 6F00"),
        ([*IN, "6F00"], "READ BINARY: 6F00"),
        ([*IN, "9000"], "READ BINARY: 9000"),
        ([*IN, "8F9000"], "READ BINARY: 1 bytes"),
        ([*IN, "90"], "READ BINARY: -"),
        (["9000", "6986", "9000", "6F00"], "SELECT: 6F00"),
    ],
)
def test_what_the_specification_does_not_foresee_is_told(answers: list[str], told: str) -> None:
    """An unexpected answer names the command and the status word, and never loops."""
    with pytest.raises(UnexpectedAnswer, match=told):
        JpkiTerminal(Scripted(answers)).presence()


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([*IN, "308202CD" + "00" * 252 + "9000", "9000"], "READ BINARY: 9000"),
        ([*IN, "308202CD" + "00" * 252 + "9000", "6B00"], "READ BINARY: 6B00"),
    ],
)
def test_a_certificate_that_breaks_off_is_told(answers: list[str], told: str) -> None:
    """A file shorter than its certificate says is no reason to read forever."""
    with pytest.raises(UnexpectedAnswer, match=told):
        JpkiTerminal(Scripted(answers)).read_certificate(AUTHENTICATION)


@pytest.mark.parametrize("content", ["00" * 4, "30828001", "FF" * 16])
def test_a_file_without_a_certificate_is_empty(content: str) -> None:
    """Filler, or a size beyond what offsets reach, is no certificate."""
    with pytest.raises(NoCertificate):
        JpkiTerminal(Scripted([*IN, content + "9000"])).read_certificate(AUTHENTICATION)


def test_filler_behind_a_certificate_is_cut_off() -> None:
    """A card's file may be larger than its certificate: the size in the certificate counts."""
    terminal = JpkiTerminal(Scripted([*IN, "30820003ABCDEF" + "FF" * 20 + "9000"]))

    assert terminal.read_certificate(AUTHENTICATION).hex().upper() == "30820003ABCDEF"


def test_a_short_read_with_a_warning_is_taken() -> None:
    """6282 (end of file) comes with data on some cards."""
    assert JpkiTerminal(Scripted([*IN, "8F00006282"])).presence() == Presence(signature=True, authentication=False)


@pytest.mark.parametrize("sw", ["9000", "6983", "6A88"])
def test_a_retry_query_that_tells_no_tries_is_told(sw: str) -> None:
    """The retry query of a My Number card always answers 63Cx."""
    with pytest.raises(UnexpectedAnswer, match=f"VERIFY: {sw}"):
        JpkiTerminal(Scripted([*IN, sw])).tries_left(AUTHENTICATION)


def test_other_answers_to_pins_and_signatures_are_told() -> None:
    """Neither a hit nor a miss: the card's word is passed on."""
    with pytest.raises(UnexpectedAnswer, match="VERIFY: 6F00"):
        JpkiTerminal(Scripted([*IN, "6F00"])).verify_pin(AUTHENTICATION, b"1234")
    with pytest.raises(UnexpectedAnswer, match="CHANGE REFERENCE DATA: 6700"):
        JpkiTerminal(Scripted([*IN, "6700"])).change_pin(AUTHENTICATION, b"1234")


@pytest.mark.parametrize("answer", ["6985", "9000"])
def test_a_signature_that_is_none_is_told(answer: str) -> None:
    """9000 without a signature is no signature."""
    active = ordinary().keys[AUTHENTICATION].active
    assert active is not None
    assert active.certificate is not None
    certificate = active.certificate.hex()
    answers = [*IN, *(certificate[at : at + 512] + "9000" for at in range(0, len(certificate), 512)), "9000", answer]

    with pytest.raises(UnexpectedAnswer, match=f"PERFORM SECURITY OPERATION: {answer}"):
        JpkiTerminal(Scripted(answers)).sign_digest(AUTHENTICATION, "sha256", bytes(32))


def test_a_certificate_that_tells_no_key_is_none() -> None:
    """The key's algorithm is known by its certificate; without one the card cannot be asked to sign."""
    with pytest.raises(NoCertificate):
        JpkiTerminal(Scripted([*IN, "30820003ABCDEF9000"])).sign_digest(AUTHENTICATION, "sha256", bytes(32))
