from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from openjpki.audit.models import Entry
from openjpki.authority.models import Verifier, VerifierCertificate
from openjpki.authority.verifiers import register as verifiers
from openjpki.authority.verifiers.access import (
    CertificateNotInForce,
    RegistrationNotInForce,
    admitted,
)
from openjpki.authority.verifiers.register import PEER
from openjpki.errors import Failure
from openjpki.rules.lifecycle import IllegalTransition
from openjpki.rules.verifiers import Ground, VerifierEvent, VerifierKind
from tests.support.authority import Scene
from tests.support.verifiers import Verifiers, registration

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def bodies(scene: Scene) -> Verifiers:
    """Return the door with nobody registered."""
    return Verifiers(scene)


def verbs() -> list[str]:
    """Return what the record says was done to verifiers, in order."""
    rows = Entry.objects.using("authority").filter(verb__startswith="verifier.").order_by("pk")
    return list(rows.values_list("verb", flat=True))


def test_a_verifier_is_registered_certified_and_known(bodies: Verifiers) -> None:
    """Who notified under an article may ask with a certificate that names it, and each act is recorded (R-5.24, R-8.0)."""
    shown = bodies.register("bank")
    row = VerifierCertificate.objects.get(fingerprint=shown)
    made = x509.load_der_x509_certificate(bytes(row.certificate))
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    usage = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value

    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [PEER + "bank"]
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert admitted(shown, bodies.scene.clock(), now=bodies.now).code == "bank"
    assert verbs() == ["verifier.registered", "verifier.certified"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "Bank"}, "authority.verifier.unsound"),
        ({"code": ""}, "authority.verifier.unsound"),
        ({"name": " "}, "authority.verifier.unsound"),
        ({"name": "あ" * 201}, "authority.verifier.unsound"),
        ({"corporate_number": "7000012050003"}, "authority.verifier.unsound"),
        ({"grounds": frozenset()}, "authority.verifier.unsound"),
        ({"rights": frozenset()}, "authority.verifier.unsound"),
        ({"until": date(2026, 1, 4)}, "authority.verifier.unsound"),
        ({"until": date(2037, 1, 1)}, "authority.verifier.unsound"),
        ({"grounds": frozenset({Ground.ARTICLE_36_1})}, "authority.verifier.ground-foreign"),
        (
            {"kind": VerifierKind.GROUP_VERIFIER, "grounds": frozenset({Ground.ARTICLE_17_5})},
            "authority.verifier.right-not-given",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_registered_is_refused(bodies: Verifiers, changes: dict[str, Any], code: str) -> None:
    """A notification that is unsound, stands on another's ground or asks for more than its ground gives (R-5.24)."""
    with pytest.raises(Failure) as caught:
        verifiers.register(bodies.scene.authority, replace(registration(), **changes), bodies.scene.clock())

    assert caught.value.code == code
    assert not Verifier.objects.exists()


def test_a_code_is_given_once(bodies: Verifiers) -> None:
    """Also that of a registration that ended: certificates and records name it for ever (R-5.24)."""
    bodies.register("bank")
    at, authority = bodies.scene.clock(), bodies.scene.authority
    verifiers.move(authority, "bank", VerifierEvent.END, at, now=bodies.now)

    with pytest.raises(verifiers.VerifierKnown):
        verifiers.register(authority, registration("bank"), at)
    with pytest.raises(verifiers.VerifierUnknown):
        verifiers.verifier("other")
    with pytest.raises(verifiers.VerifierUnknown):
        verifiers.move(authority, "other", VerifierEvent.END, at, now=bodies.now)
    assert [row.code for row in verifiers.verifiers()] == [verifiers.verifier("bank").code]


def test_a_key_changes_over_and_the_old_one_is_revoked_at_once(bodies: Verifiers) -> None:
    """Two certificates at a time, no third; a revoked one is refused from the next question on (R-5.24)."""
    old = bodies.register("bank")
    new = bodies.certify("bank")
    with pytest.raises(verifiers.CertificatesInForce):
        bodies.certify("bank")
    at = bodies.scene.clock()
    verifiers.revoke_certificate(bodies.scene.authority, "bank", old.upper(), at, now=bodies.now)

    assert admitted(new, at, now=bodies.now).code == "bank"
    with pytest.raises(CertificateNotInForce):
        admitted(old, at, now=bodies.now)
    with pytest.raises(verifiers.VerifierCertificateUnknown):
        verifiers.revoke_certificate(bodies.scene.authority, "bank", old, at, now=bodies.now)
    assert verbs()[-1] == "verifier.key-revoked"


def test_a_key_is_certified_once(bodies: Verifiers) -> None:
    """A key that two bodies shared would be nobody's (R-5.24)."""
    key = ec.generate_private_key(ec.SECP384R1())
    bodies.register("bank")
    bodies.certify("bank", key)
    bodies.register("broker")
    with pytest.raises(verifiers.KeyCertified):
        bodies.certify("broker", key)


def test_who_is_suspended_ended_or_out_of_term_stays_out(bodies: Verifiers) -> None:
    """Suspension is taken back, an end is not; outside its days a registration counts for nothing (R-5.24)."""
    shown = bodies.register("bank")
    at, authority, now = bodies.scene.clock(), bodies.scene.authority, bodies.now
    verifiers.move(authority, "bank", VerifierEvent.SUSPEND, at, now=now)
    with pytest.raises(RegistrationNotInForce):
        admitted(shown, at, now=now)
    with pytest.raises(verifiers.VerifierNotActive):
        bodies.certify("bank")
    verifiers.move(authority, "bank", VerifierEvent.RESUME, at, now=now)
    assert admitted(shown, at, now=now).code == "bank"
    with pytest.raises(RegistrationNotInForce):
        admitted(shown, at.replace(year=2029, month=4, day=1), now=now)
    with pytest.raises(RegistrationNotInForce):
        admitted(shown, at - timedelta(days=1), now=now)
    verifiers.move(authority, "bank", VerifierEvent.END, at, now=now)
    with pytest.raises(CertificateNotInForce):
        admitted(shown, at, now=now)
    with pytest.raises(IllegalTransition):
        verifiers.move(authority, "bank", VerifierEvent.RESUME, at, now=now)
    assert verbs()[-2:] == ["verifier.ended", "verifier.key-revoked"]
