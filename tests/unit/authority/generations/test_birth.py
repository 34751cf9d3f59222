from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography import x509

from openjpki.audit.models import Entry
from openjpki.authority.generations.birth import create_generation, last_day
from openjpki.authority.models import Issuer
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.kinds import CertificateKind
from tests.support.authority import AUTHENTICATION, OPENED, SIGNATURE, Scene
from tests.support.keys import PooledKeys

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2015, 10, 20), date(2025, 10, 19)),
        (date(2019, 9, 15), date(2029, 9, 14)),
        (date(2023, 7, 16), date(2033, 7, 15)),
        (date(2024, 2, 29), date(2034, 2, 28)),
    ],
)
def test_ten_years_end_the_day_before_the_anniversary(first: date, last: date) -> None:
    """The published CA certificates end at 23:59:59 JST of the day before their tenth anniversary."""
    assert last_day(first, 10) == last


def test_four_years_after_a_leap_day() -> None:
    """From 29 February to 29 February the last day is the 28th."""
    assert last_day(date(2024, 2, 29), 4) == date(2028, 2, 28)


@pytest.mark.parametrize("kind", list(CertificateKind))
def test_a_generation_certifies_itself(scene: Scene, kind: CertificateKind) -> None:
    """A CA certificate is self-signed, of serial 1, from the ceremony to 23:59:59 JST ten years on."""
    issuer = Issuer.objects.get(kind=kind.value)
    certificate = x509.load_der_x509_certificate(bytes(issuer.certificate))

    assert certificate.issuer == certificate.subject
    assert certificate.serial_number == issuer.serial == 1
    assert certificate.not_valid_before_utc == issuer.not_before == OPENED
    assert certificate.not_valid_after_utc == issuer.not_after == datetime(2036, 1, 4, 14, 59, 59, tzinfo=UTC)
    certificate.verify_directly_issued_by(certificate)
    assert (scene.folder / "keys" / f"{issuer.key_name}.pem").exists()


def test_a_generation_has_the_old_name_and_a_new_key(scene: Scene) -> None:
    """Every generation bears the same name; serials go on, keys differ (RFC 5280 §4.2.1.1 tells them apart)."""
    scene.at(date(2030, 1, 7))
    (second,) = scene.authority.ceremony(SIGNATURE)
    first = Issuer.objects.get(kind="signature", generation=1)
    old, new = (x509.load_der_x509_certificate(bytes(one.certificate)) for one in (first, second))

    assert (str(first), str(second)) == ("signature-1", "signature-2")
    assert old.subject == new.subject
    assert old.public_key() != new.public_key()
    assert second.serial == 2
    assert Issuer.objects.filter(kind="authentication").count() == 1


def test_a_ceremony_is_recorded(scene: Scene) -> None:
    """The birth of each CA stands in the audit record."""
    rows = Entry.objects.using("authority").filter(verb="ca.created").values_list("subject", "actor")

    assert sorted(rows) == [("ca:authentication-1", "authority"), ("ca:signature-1", "authority")]
    assert scene.authority.terms.ca_years == 10


def test_the_keys_are_of_the_algorithm_in_force(tmp_path: Path) -> None:
    """RSA-2048 with SHA-256 is what today's cards and verifiers know."""
    scene = Scene(tmp_path, algorithm=KeyAlgorithm.RSA_2048_SHA_256, key_source=PooledKeys())
    issuer = create_generation(scene.authority, AUTHENTICATION, OPENED)
    certificate = x509.load_der_x509_certificate(bytes(issuer.certificate))

    assert certificate.signature_algorithm_oid.dotted_string == "1.2.840.113549.1.1.11"


def test_a_generation_may_be_shorter(tmp_path: Path) -> None:
    """The length of a generation is a term of the authority."""
    scene = Scene(tmp_path)
    means = replace(scene.authority, terms=replace(scene.authority.terms, ca_years=5))

    assert create_generation(means, SIGNATURE, OPENED).not_after == datetime(2031, 1, 4, 14, 59, 59, tzinfo=UTC)
