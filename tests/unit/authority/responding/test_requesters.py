from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from openjpki.authority.models import VerifierCertificate
from openjpki.authority.responding.requesters import NotAccepted, hold_requester
from openjpki.authority.verifiers import register as verifiers
from openjpki.authority.verifiers.access import RegisteredRequesters
from openjpki.pki import der
from openjpki.pki.keys import SoftwareSigner
from openjpki.pki.ocsp import build_request, parse_request
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.policy import Policy
from openjpki.rules.verifiers import VerifierEvent
from tests.support.authority import Scene
from tests.support.hierarchy import ISSUED, hierarchy
from tests.support.responder import Node, question, said
from tests.support.verifiers import REAL, Verifiers, registration

MADE = hierarchy(CertificateKind.SIGNATURE)
OTHER = hierarchy(CertificateKind.AUTHENTICATION)
REGISTERED = Policy.preset("national").with_settings({"ocsp_requesters": "registered"})


def signed(plain: bytes, signer: SoftwareSigner, *certificates: bytes, algorithm: bytes = b"") -> bytes:
    """Return a question with a signature, as RFC 6960 §4.1.1 has it."""
    outer = der.Reader(plain).inside(der.SEQUENCE)
    to_be_signed = outer.whole(der.SEQUENCE)
    beside = der.tlv(der.context(0), der.sequence(*certificates)) if certificates else b""
    said = der.sequence(algorithm or signer.algorithm.identifier, der.bit_string(signer.sign(to_be_signed)), beside)
    return der.sequence(to_be_signed, der.tlv(der.context(0), said))


PLAIN = build_request([(MADE.holder, MADE.ca)], None)


def now() -> datetime:
    """Return a moment at which the requesters' certificates are valid."""
    return ISSUED + timedelta(hours=1)


class Register:
    """`Requesters` of one certificate."""

    def accepts(self, certificate: bytes, about: CertificateKind, at: datetime) -> bool:
        """Accept the one about signature certificates, now."""
        return (certificate, about, at) == (MADE.holder, CertificateKind.SIGNATURE, now())


def hold(asked: bytes, about: CertificateKind = CertificateKind.SIGNATURE) -> None:
    """Hold a question against the register."""
    hold_requester(parse_request(asked), Register(), about, now())


def test_who_is_registered_may_ask() -> None:
    """certificates.md §7.5: the signature is made with the key of a certificate that the register has."""
    hold(signed(PLAIN, MADE.holder_signer, MADE.holder, MADE.ca))
    with pytest.raises(NotAccepted):
        hold(signed(PLAIN, MADE.holder_signer, MADE.holder, MADE.ca), CertificateKind.AUTHENTICATION)


@pytest.mark.parametrize(
    "asked",
    [
        PLAIN,
        signed(PLAIN, OTHER.ca_signer, OTHER.holder),
        signed(PLAIN, OTHER.ca_signer, MADE.holder),
        signed(PLAIN, MADE.holder_signer),
        signed(PLAIN, MADE.holder_signer, MADE.holder, algorithm=bytes.fromhex("300a06082a8648ce3d040303")),
        signed(PLAIN, MADE.holder_signer, der.sequence()),
    ],
    ids=["nobody", "a stranger", "a stranger's key", "without a certificate", "another algorithm", "no certificate"],
)
def test_who_is_not_may_not(asked: bytes) -> None:
    """Neither a stranger, nor whoever merely shows a requester's certificate."""
    with pytest.raises(NotAccepted):
        hold(asked)


def test_an_accepted_certificate_that_cannot_be_read_opens_nothing() -> None:
    """What stands in the register by mistake has no key that could have signed."""

    class All:
        def accepts(self, *_: object) -> bool:
            """Accept whatever is shown."""
            return True

    with pytest.raises(NotAccepted):
        hold_requester(
            parse_request(signed(PLAIN, MADE.holder_signer, der.sequence())), All(), CertificateKind.SIGNATURE, now()
        )


@pytest.mark.django_db(databases=["authority"])
def test_without_a_register_nobody_may_ask(tmp_path: Path) -> None:
    """The setting alone closes: where no register is put in, no signature helps; who is known otherwise is answered."""
    scene = Scene(tmp_path, policy=REGISTERED).open()
    issued = scene.with_card().issue()
    asked = signed(question(issued), MADE.holder_signer, MADE.holder)

    assert said(scene.authority.answer_status(asked)) == "UNAUTHORIZED"
    assert said(scene.authority.answer_status(question(issued), asker_known=True)) == "good"


@pytest.mark.django_db(databases=["authority"])
def test_the_registers_verifiers_alone_are_answered(tmp_path: Path) -> None:
    """R-5.24, `ocsp_requesters = "registered"`: tables and node hold to the verifiers' register alike, as of the last round.

    A registration, a suspension and a revoked key count at the node with its next round; no cache keeps an answer.
    """
    scene = Scene(_made(tmp_path / "scene"), policy=REGISTERED, requesters=RegisteredRequesters(lambda: REAL)).open()
    issued = scene.with_card().issue()
    scene.authority.renew_responders()
    node = Node(scene, tmp_path / "status", now=lambda: REAL)
    node.follow()
    bodies = Verifiers(scene)
    key = ec.generate_private_key(ec.SECP256R1())

    def said_now() -> list[str]:
        """Return what the tables say, and what the node says."""
        return [said(scene.authority.answer_status(asked_)), said(node.desk.answer(asked_, scene.clock()))]

    verifiers.register(scene.authority, registration("bank"), scene.clock())
    shown = bodies.certify("bank", key)
    asked_ = signed_by_ec(question(issued), key, _certificate(shown))
    assert said_now() == ["good", "UNAUTHORIZED"]  # the node has not looked yet: it knows of nobody
    node.follow()
    assert said_now() == ["good", "good"]
    answered = [scene.authority.answer_status(asked_), node.desk.answer(asked_, scene.clock())]
    assert [one.next_update for one in answered] == [None, None]

    verifiers.move(scene.authority, "bank", VerifierEvent.SUSPEND, scene.clock(), now=REAL)
    assert said_now() == ["UNAUTHORIZED", "good"]
    node.follow()
    assert said_now() == ["UNAUTHORIZED", "UNAUTHORIZED"]
    verifiers.move(scene.authority, "bank", VerifierEvent.RESUME, scene.clock(), now=REAL)
    node.follow()
    assert said_now() == ["good", "good"]
    verifiers.revoke_certificate(scene.authority, "bank", shown, scene.clock(), now=REAL)
    node.follow()
    assert said_now() == ["UNAUTHORIZED", "UNAUTHORIZED"]
    asked_ = question(issued)
    assert said_now() == ["SIG_REQUIRED", "SIG_REQUIRED"]
    node.store.close()


@pytest.mark.django_db(databases=["authority"])
def test_a_stale_store_answers_no_requester(tmp_path: Path) -> None:
    """What is not known to be of now lets nobody in either: tryLater, whoever asks."""
    scene = Scene(_made(tmp_path / "scene"), policy=REGISTERED).open()
    issued = scene.with_card().issue()
    scene.authority.renew_responders()
    node = Node(scene, tmp_path / "status", now=lambda: REAL)
    key = ec.generate_private_key(ec.SECP256R1())
    bodies = Verifiers(scene)
    verifiers.register(scene.authority, registration("bank"), scene.clock())
    shown = bodies.certify("bank", key)
    node.follow()
    asked = signed_by_ec(question(issued), key, _certificate(shown))
    late = scene.clock() + scene.authority.terms.ocsp_store_bound + timedelta(seconds=1)

    assert said(node.desk.answer(asked, scene.clock())) == "good"
    assert said(node.desk.answer(asked, late)) == "TRY_LATER"
    node.store.close()


def signed_by_ec(plain: bytes, key: ec.EllipticCurvePrivateKey, certificate: bytes) -> bytes:
    """Return a question signed as a verifier's key signs, with SHA-256."""
    to_be_signed = der.Reader(plain).inside(der.SEQUENCE).whole(der.SEQUENCE)
    beside = der.sequence(
        bytes.fromhex("300a06082a8648ce3d040302"),
        der.bit_string(key.sign(to_be_signed, ec.ECDSA(hashes.SHA256()))),
        der.tlv(der.context(0), der.sequence(certificate)),
    )
    return der.sequence(to_be_signed, der.tlv(der.context(0), beside))


def _certificate(shown: str) -> bytes:
    return bytes(VerifierCertificate.objects.get(fingerprint=shown).certificate)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
