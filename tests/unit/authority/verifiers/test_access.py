from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from openjpki.authority.models import Verifier, VerifierCertificate
from openjpki.authority.verifiers import register as verifiers
from openjpki.authority.verifiers.access import (
    CertificateNotInForce,
    NotRegisteredFor,
    RegisteredRequesters,
    StrangerAtTheDoor,
    admitted,
    askers,
    hold_right,
    signed_by_nobody_else,
)
from openjpki.pki.keys import SoftwareSigner
from openjpki.pki.ocsp import build_request
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.verifiers import Right, VerifierEvent, VerifierKind
from tests.support.authority import AUTHENTICATION, SIGNATURE, Scene
from tests.support.hierarchy import hierarchy
from tests.support.verifiers import REAL, Verifiers, registration
from tests.unit.authority.responding.test_requesters import signed

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def bodies(scene: Scene) -> Verifiers:
    """Return the door with nobody registered."""
    return Verifiers(scene)


def test_a_certificate_runs_out_by_the_real_clock(bodies: Verifiers) -> None:
    """Before and after its days it is refused, and a stranger's always (R-5.24)."""
    shown = bodies.register("bank")
    at = bodies.scene.clock()
    for now in (bodies.now - timedelta(days=1), bodies.now + timedelta(days=398)):
        with pytest.raises(CertificateNotInForce):
            admitted(shown, at, now=now)
    with pytest.raises(StrangerAtTheDoor):
        admitted("0" * 64, at, now=bodies.now)


@pytest.mark.parametrize(
    ("kind", "about", "found"),
    [
        (VerifierKind.SIGNATURE_VERIFIER, SIGNATURE, True),
        (VerifierKind.SIGNATURE_VERIFIER, AUTHENTICATION, False),
        (VerifierKind.PUBLIC_BODY, AUTHENTICATION, True),
    ],
)
def test_the_accepted_requesters_are_those_who_would_be_let_in(
    bodies: Verifiers, kind: VerifierKind, about: CertificateKind, *, found: bool
) -> None:
    """A process that answers by itself takes the same requesters as the door, at every moment (R-5.24)."""
    shown = bodies.register("bank", kind=kind)
    certificate = bytes(VerifierCertificate.objects.get(fingerprint=shown).certificate)
    at, now = bodies.scene.clock(), bodies.now

    def accepted(after: timedelta = timedelta()) -> list[bool]:
        """Return what the register's tables, the node's copy and the door say."""
        moment = now + after
        copy = askers().get(bytes.fromhex(shown))
        tables = RegisteredRequesters(lambda: moment).accepts(certificate, about, at)
        return [tables, copy is not None and copy.may_ask(about, at, now=moment)]

    assert accepted() == [found] * 2
    assert accepted(timedelta(days=398)) == [False] * 2
    verifiers.move(bodies.scene.authority, "bank", VerifierEvent.SUSPEND, at, now=now)
    assert accepted() == [False] * 2
    verifiers.move(bodies.scene.authority, "bank", VerifierEvent.RESUME, at, now=now)
    assert accepted() == [found] * 2
    verifiers.revoke_certificate(bodies.scene.authority, "bank", shown, at, now=now)
    assert accepted() == [False] * 2


def test_a_copy_of_the_askers_has_no_name(bodies: Verifiers, django_assert_num_queries: Any) -> None:
    """What leaves the register for a node: digests, spans and kinds, by one question that reads no name."""
    bodies.register("bank")
    with django_assert_num_queries(1, using="authority") as asked:
        assert len(askers()) == 1

    assert '"name"' not in asked[0]["sql"]
    assert '"certificate"' not in asked[0]["sql"]


def test_a_right_is_held_against_ground_and_registration(bodies: Verifiers) -> None:
    """Each question names its right and the kind it is about (R-5.24)."""
    row = admitted(bodies.register("bank", rights=frozenset({Right.STATUS})), bodies.scene.clock(), now=bodies.now)

    hold_right(row, Right.STATUS, SIGNATURE)
    for right, about in ((Right.STATUS, AUTHENTICATION), (Right.LISTS, SIGNATURE)):
        with pytest.raises(NotRegisteredFor):
            hold_right(row, right, about)


def test_a_signed_question_is_the_verifiers_own(scene: Scene) -> None:
    """RFC 6960 §4.1.1: a signature is wanted of nobody at the door; one that is there is theirs, right, and of a key in force."""
    bodies, made = Verifiers(scene), hierarchy()
    keys = {code: ec.generate_private_key(ec.SECP384R1()) for code in ("bank", "shop")}
    for code in keys:
        verifiers.register(scene.authority, registration(code), scene.clock())
    shown = {code: bodies.certify(code, key) for code, key in keys.items()}
    certificates = {one.verifier_id: bytes(one.certificate) for one in VerifierCertificate.objects.all()}
    signers = {code: SoftwareSigner(key) for code, key in keys.items()}
    bank = Verifier.objects.get(code="bank")
    plain = build_request([(made.holder, made.ca)], None)
    own = signed(plain, signers["bank"], certificates["bank"])

    for question in (plain, own, b"no question"):
        assert signed_by_nobody_else(bank, question, CertificateKind.SIGNATURE, now=REAL)
    for question in (
        signed(plain, signers["shop"], certificates["shop"]),
        signed(plain, signers["shop"], certificates["bank"]),
        signed(plain, signers["bank"]),
    ):
        assert not signed_by_nobody_else(bank, question, CertificateKind.SIGNATURE, now=REAL)
    assert not signed_by_nobody_else(bank, own, CertificateKind.SIGNATURE, now=REAL - timedelta(days=1))
    verifiers.revoke_certificate(scene.authority, "bank", shown["bank"], scene.clock(), now=REAL)
    assert not signed_by_nobody_else(bank, own, CertificateKind.SIGNATURE, now=REAL)
