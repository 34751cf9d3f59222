import base64
import threading
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_der_x509_certificate

from openjpki.card.face_terminal import FaceTerminal, NoFace, Opener
from openjpki.card.terminal import (
    NoAuthenticationCertificate,
    NoCertificate,
    NoSignatureCertificate,
    PinLocked,
    WrongPin,
)
from openjpki.documents.challenge import verify_login
from openjpki.documents.indications import Indication
from openjpki.documents.verify import verify_cms
from openjpki.lab.held import CardPlugged
from openjpki.lab.lab import Lab
from openjpki.readers.vpcd import VpcdMissing
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.pins import BadDigitsPin, BadSignaturePin
from tests.support.vpcd import Slot
from tests.unit.documents.world import pdf
from tests.unit.lab.conftest import DAY, NOW

ORIGIN = "https://service.example.jp"
NONCE = base64.b64encode(bytes(32)).decode()
SELECT_JPKI = bytes.fromhex("00A4040C0AD392F000260100000001")


def verified(certificate: bytes, signature: bytes, data: bytes) -> None:
    """Hold a signature against a certificate, without anything of ours."""
    key = load_der_x509_certificate(certificate).public_key()
    assert isinstance(key, RSAPublicKey)
    key.verify(signature, data, PKCS1v15(), SHA256())


def test_a_signature_is_the_cards(lab: Lab) -> None:
    """By the signature key, and by the authentication key over a challenge; with the published PIN."""
    card = lab.card("adult")

    verified(card.certificate(), card.sign(b"a contract"), b"a contract")
    verified(card.certificate("authentication"), card.authenticate(b"a challenge"), b"a challenge")
    assert card.pin("signature") == card.pin(CertificateKind.SIGNATURE) == card.pin(PinKind.SIGNATURE)
    assert card.pin("authentication") == card.pin("card-face-entry") != card.pin("signature")


def test_a_wrong_pin_spends_a_try(lab: Lab) -> None:
    """Until it locks (R-6.2); a PIN of the wrong form is never sent to the card."""
    card = lab.card("adult")
    with pytest.raises(WrongPin):
        card.sign(b"x", pin="WRONG99")
    assert card.tries("signature") == 4
    for wrong, refusal in (("lower1", BadSignaturePin), ("１２３４", BadSignaturePin)):
        with pytest.raises(refusal):
            card.sign(b"x", pin=wrong)
    with pytest.raises(BadDigitsPin):
        card.authenticate(b"x", pin="12345")
    assert (card.tries("signature"), card.tries("authentication")) == (4, 3)

    card.sign(b"x")
    assert card.tries(PinKind.SIGNATURE) == 5
    with pytest.raises(PinLocked):
        lab.card("locked-sign").sign(b"x")


def test_what_a_card_lacks_is_refused(lab: Lab) -> None:
    """A child has no signature certificate (R-1.3)."""
    child = lab.card("child")
    acts: list[Callable[[], object]] = [child.certificate, child.ca_certificate, child.serial]
    for act in acts:
        with pytest.raises(NoCertificate):
            act()
    for act in (lambda: child.sign(b"x"), lambda: child.sign_cms(b"x"), lambda: child.sign(b"x", pin="WRONG99")):
        with pytest.raises(NoSignatureCertificate):
            act()
    assert child.authenticate(b"x")
    with pytest.raises(NoAuthenticationCertificate):
        lab.card("no-certificates").login(origin=ORIGIN, nonce=NONCE)


def test_the_printed_codes_open_the_face(lab: Lab) -> None:
    """照合番号A and B, which a person reads off the card; a card in stock has none."""
    card = lab.card("adult")
    codes, terminal = card.codes(), FaceTerminal(card)

    assert terminal.read_number(Opener.CODE_A, codes.code_a.encode()).content == codes.code_a
    assert terminal.read_attributes(Opener.CODE_B, codes.code_b.encode()).content.name
    with pytest.raises(NoFace):
        lab.card("blank").codes()


def test_a_login_is_bound_to_origin_and_nonce(lab: Lab) -> None:
    """As `documents.challenge` makes and verifies it."""
    card = lab.card("adult")
    proof = card.login(origin=ORIGIN, nonce=NONCE)
    evidence = lab.evidence(card.certificate("authentication"))
    accepted = {"policies": lab.policies("authentication"), "evidence": evidence, "at": lab.now}
    right = verify_login(proof, origin=ORIGIN, nonce=NONCE, **accepted)  # type: ignore[arg-type]  # by their names
    other = verify_login(proof, origin="https://other.example.jp", nonce=NONCE, **accepted)  # type: ignore[arg-type]  # the same

    assert (right.indication, other.indication) == (Indication.TOTAL_PASSED, Indication.TOTAL_FAILED)


def test_documents_are_signed_now_or_as_claimed(lab: Lab) -> None:
    """The claimed time is the laboratory's moment, unless a test claims another."""
    card = lab.card("adult")
    evidence = lab.evidence(card.certificate())
    for claimed in (None, NOW - DAY):
        message = card.sign_cms(b"x", moment=claimed)
        report = verify_cms(message, content=b"x", policies=lab.policies("signature"), evidence=evidence, at=NOW)
        assert report.signatures[0].claimed == (claimed or NOW)
    document = pdf()
    assert card.sign_pdf(document).startswith(document)


def test_commands_reach_the_card(lab: Lab) -> None:
    """Any bytes, and a reset between two programs."""
    card = lab.card("adult")

    assert card.transmit(SELECT_JPKI) == bytes.fromhex("9000")
    assert card.transmit(bytes.fromhex("00A4020C020018")) == bytes.fromhex("9000")
    assert card.transmit(bytes.fromhex("00200080")) == bytes.fromhex("63C3")
    card.reset()
    assert card.transmit(bytes.fromhex("00200080"))[:1] != b"\x63"


def test_a_plugged_card_answers_its_reader_only(lab: Lab) -> None:
    """What a program does there stays on the card; in the process it answers again when it was pulled."""
    card = lab.card("adult")
    acts: list[Callable[[], object]] = [
        lambda: card.sign(b"x"),
        lambda: card.transmit(SELECT_JPKI),
        card.reset,
        card.expire,
        card.renew,
        lambda: card.lock("signature"),
        lambda: card.plug().__enter__(),
    ]
    said: list[str] = []
    with Slot() as slot:

        def reader() -> None:
            with slot.card() as inserted:
                inserted.send("01")
                said.append(inserted.ask("04"))
                said.extend(inserted.ask(apdu) for apdu in (SELECT_JPKI.hex(), "00A4020C020018", "002000800439393939"))
                pulled.wait(30)

        pulled = threading.Event()
        service = threading.Thread(target=reader)
        service.start()
        with card.plug(0, port=slot.port) as name:
            for act in acts:
                with pytest.raises(CardPlugged):
                    act()
            card.revoke("signature")
            while len(said) < 4:
                pulled.wait(0.01)
        pulled.set()
        service.join()

    assert name == "Virtual PCD 00 00"
    assert said == ["3BE000FF8131FE4514", "9000", "9000", "63C2"]
    assert card.tries("authentication") == 2
    assert card.authenticate(b"x")


def test_without_a_reader_it_is_said(lab: Lab) -> None:
    """Nothing listens: the refusal says what to install; the card can be used as before."""
    card = lab.card("adult")
    with Slot() as slot:
        port = slot.port
    with pytest.raises(VpcdMissing), card.plug(port=port):
        pytest.fail("it was plugged in")

    assert card.sign(b"x")
