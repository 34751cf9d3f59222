from datetime import date, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from openjpki.audit.models import Entry
from openjpki.authority.generations.issuers import issuing
from openjpki.authority.models import OcspResponder
from openjpki.authority.publishing import responders
from openjpki.authority.publishing.responders import covering
from tests.support.authority import AUTHENTICATION, SIGNATURE, Scene
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"])

SECOND = timedelta(seconds=1)


def test_a_responder_answers_as_long_as_it_covers_the_moment(scene: Scene) -> None:
    """One delegated certificate serves for its whole term; after it a new one, with a new key, takes over."""
    issuer = issuing(SIGNATURE, scene.clock())
    first = covering(scene.authority, issuer, scene.clock())
    last = scene.clock() + scene.authority.terms.responder - SECOND

    assert covering(scene.authority, issuer, last) == first
    second = covering(scene.authority, issuer, last + SECOND)
    assert second != first
    assert second.key_name != first.key_name
    assert second.not_before == first.not_after
    invariants.check()


def test_a_responder_is_delegated_by_its_issuer(scene: Scene) -> None:
    """Its certificate says OCSPSigning and nocheck (RFC 6960 §4.2.2.2), under a serial of the CA's count."""
    issuer = issuing(SIGNATURE, scene.clock())
    responder = covering(scene.authority, issuer, scene.clock())
    certificate = x509.load_der_x509_certificate(bytes(responder.certificate))

    certificate.verify_directly_issued_by(x509.load_der_x509_certificate(bytes(issuer.certificate)))
    assert (
        ExtendedKeyUsageOID.OCSP_SIGNING in certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    )
    assert certificate.extensions.get_extension_for_class(x509.OCSPNoCheck).critical is False
    assert certificate.serial_number == responder.serial == 2
    assert Entry.objects.using("authority").get(verb="responder.certified").subject == str(responder)


def test_each_issuer_has_its_own(scene: Scene) -> None:
    """A responder answers for the one CA that delegated it."""
    made = {
        covering(scene.authority, issuing(kind, scene.clock()), scene.clock()) for kind in (SIGNATURE, AUTHENTICATION)
    }

    assert len({responder.issuer_id for responder in made}) == 2


def test_no_responder_outlives_its_ca(scene: Scene) -> None:
    """In the CA's last weeks the responder's term is cut to the CA's."""
    scene.at(date(2035, 12, 28))
    issuer = issuing(SIGNATURE, scene.clock())

    assert covering(scene.authority, issuer, scene.clock()).not_after == issuer.not_after


def test_who_comes_second_takes_what_the_first_made(scene: Scene) -> None:
    """Two questions at once make one responder: the second finds the first's once it has the lock."""
    issuer = issuing(SIGNATURE, scene.clock())
    first = covering(scene.authority, issuer, scene.clock())

    assert responders._certified(scene.authority, issuer, scene.clock(), scene.clock()) == first
    assert OcspResponder.objects.count() == 1
