from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography import x509

from openjpki.authority.issuance.drafting import SUBJECT_ID_BYTES
from openjpki.desk.messages import ReportAccepted
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.attributes import read_attributes
from openjpki.pki.profiles import ProfileSet
from openjpki.rules.kinds import CertificateKind, Procedure
from openjpki.rules.policy import Policy
from tests.support.authority import AUTHENTICATION, HANAKO, MOVED, SIGNATURE, Scene
from tests.support.hierarchy import AOBA, WAKABA
from tests.support.keys import PooledKeys

pytestmark = pytest.mark.django_db(databases=["authority"])

PROFILES = ProfileSet.sandbox("http://127.0.0.1:8480", algorithm=KeyAlgorithm.P384_SHA_384)


def partition_of(certificate: x509.Certificate) -> bytes:
    """Return the name of the list on which the certificate would stand, DER."""
    (point,) = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert point.full_name is not None
    return bytes(point.full_name[0].value.public_bytes())


def test_the_certificate_says_what_the_register_says(scene: Scene) -> None:
    """Attributes, validity and partition come from the authority's own register, not from the order."""
    scene.with_card()
    issued = scene.issue(SIGNATURE)
    certificate = x509.load_der_x509_certificate(issued.certificate)
    attributes = read_attributes(issued.certificate)

    assert attributes is not None
    assert (attributes.name, attributes.address) == (HANAKO.name, HANAKO.address)
    assert certificate.not_valid_before_utc == scene.clock()
    assert certificate.not_valid_after_utc == datetime(2030, 6, 10, 14, 59, 59, tzinfo=UTC)
    assert certificate.serial_number == issued.serial
    assert partition_of(certificate) == PROFILES.partition_name(SIGNATURE, WAKABA).public_bytes()


def test_the_authentication_certificate_says_nothing_of_the_person(scene: Scene) -> None:
    """It carries none of the four attributes (R-0.4), and its name is opaque."""
    issued = scene.with_card().issue(AUTHENTICATION)
    certificate = x509.load_der_x509_certificate(issued.certificate)

    assert read_attributes(issued.certificate) is None
    assert "花子".encode() not in issued.certificate
    assert [attribute.oid for attribute in certificate.subject] == [x509.NameOID.COUNTRY_NAME, x509.NameOID.COMMON_NAME]


def test_no_two_certificates_share_a_name(scene: Scene) -> None:
    """The opaque names link neither the two certificates of a card nor old and new (R-5.26)."""
    scene.with_card()
    issued = [scene.issue(AUTHENTICATION), scene.issue(SIGNATURE), scene.issue(SIGNATURE, Procedure.REISSUE)]
    names = [
        x509.load_der_x509_certificate(one.certificate)
        .subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0]
        .value
        for one in issued
    ]

    assert len(set(names)) == 3
    assert {len(name) for name in names} == {2 * SUBJECT_ID_BYTES}


@pytest.mark.parametrize("kind", list(CertificateKind))
def test_the_fifth_birthday_decides(scene: Scene, kind: CertificateKind) -> None:
    """A certificate ends on the fifth birthday after the day of issue (R-3.1, R-3.2)."""
    issued = scene.with_card().issue(kind)

    assert (issued.expires, issued.because) == (date(2030, 6, 10), "fifth-birthday")


@pytest.mark.parametrize("kind", list(CertificateKind))
def test_a_renewal_in_its_window_gets_the_sixth(scene: Scene, kind: CertificateKind) -> None:
    """With less than three months to go the sixth birthday ends the new certificate (R-3.3)."""
    scene.with_card().issue(kind)
    scene.at(date(2030, 3, 11))
    issued = scene.issue(kind, Procedure.RENEWAL)

    assert (issued.expires, issued.because) == (date(2035, 6, 10), "sixth-birthday")


def test_an_early_reissue_gets_the_fifth(scene: Scene) -> None:
    """The day before the window opens the fifth birthday counts: a year is lost (R-2.4, R-3.3)."""
    scene.with_card().issue(SIGNATURE)
    scene.at(date(2030, 3, 10))

    assert scene.issue(SIGNATURE, Procedure.REISSUE).expires == date(2034, 6, 10)


def test_the_card_caps_both(scene: Scene) -> None:
    """No certificate outlives its card (R-3.1 (c), R-3.2)."""
    scene.expect(ReportAccepted, scene.person())
    scene.expect(ReportAccepted, scene.card(expires=date(2028, 1, 31)))

    for kind in CertificateKind:
        issued = scene.issue(kind)
        assert (issued.expires, issued.because) == (date(2028, 1, 31), "card-expiry")


def test_the_authentication_certificate_caps_the_signature_certificate(scene: Scene) -> None:
    """A signature certificate re-issued later ends with the authentication certificate beside it (R-3.1 (b), R-5.22)."""
    scene.with_both()
    scene.at(date(2028, 7, 3)).expect(ReportAccepted, scene.arrival())
    issued = scene.issue(SIGNATURE, Procedure.REISSUE, municipality="99202")

    assert (issued.expires, issued.because) == (date(2030, 6, 10), "authentication-expiry")


def test_an_expired_authentication_certificate_caps_nothing(scene: Scene) -> None:
    """Only a live one binds: after its expiry the birthday decides again."""
    scene.with_card().issue(AUTHENTICATION)
    scene.at(date(2030, 6, 11))

    assert scene.issue(SIGNATURE).expires == date(2035, 6, 10)


def test_a_certificate_of_the_new_town_stands_in_its_partition(scene: Scene) -> None:
    """After a move the new certificate names the new town, its list and the new address (R-5.25)."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.arrival())
    issued = scene.issue(SIGNATURE, Procedure.REISSUE, municipality="99202")
    attributes = read_attributes(issued.certificate)

    assert attributes is not None
    assert attributes.address == MOVED.address
    assert (
        partition_of(x509.load_der_x509_certificate(issued.certificate))
        == PROFILES.partition_name(SIGNATURE, AOBA).public_bytes()
    )


def test_the_ca_generation_caps(scene: Scene) -> None:
    """No certificate outlives the CA generation that issues it (a recalled rule, setting `cap_by_ca_generation`)."""
    scene.with_card().at(date(2033, 1, 10))
    scene.expect(ReportAccepted, scene.card(expires=date(2040, 6, 10)))

    issued = scene.issue(AUTHENTICATION)
    assert (issued.expires, issued.because) == (date(2036, 1, 4), "ca-generation")


def test_a_new_generation_lifts_the_cap(scene: Scene) -> None:
    """The next generation issues for the whole span again."""
    scene.with_card().at(date(2033, 1, 10)).authority.ceremony(AUTHENTICATION)
    scene.expect(ReportAccepted, scene.card(expires=date(2040, 6, 10)))

    assert scene.issue(AUTHENTICATION).because == "fifth-birthday"


def test_a_substitute_is_flagged(scene: Scene) -> None:
    """A character outside the repertoire is replaced, and its position flagged (R-1.9)."""
    scene.expect(ReportAccepted, scene.person(attributes=msgspec.structs.replace(HANAKO, name="髙見　花子")))
    scene.expect(ReportAccepted, scene.card())
    attributes = read_attributes(scene.issue(SIGNATURE).certificate)

    assert attributes is not None
    assert (attributes.name, attributes.name_substitutions) == ("高見　花子", "10000")


def test_under_the_pages_letter_nothing_caps_its_own_successor(tmp_path: Path) -> None:
    """With `auth_expiry_caps = "both"` the certificate being replaced is no limit of the one that replaces it (CF-4)."""
    scene = Scene(tmp_path, policy=Policy.preset("page")).open().with_card()
    scene.issue(AUTHENTICATION)
    scene.at(date(2030, 3, 11))

    assert scene.issue(AUTHENTICATION, Procedure.RENEWAL).expires == date(2035, 6, 10)


def test_todays_algorithm(tmp_path: Path) -> None:
    """RSA-2048 with SHA-256, as today's cards have it, goes the same way."""
    keys = PooledKeys()
    scene = Scene(tmp_path, algorithm=KeyAlgorithm.RSA_2048_SHA_256, key_source=keys).open()
    scene.card_keys = keys
    certificate = x509.load_der_x509_certificate(scene.with_card().issue(SIGNATURE).certificate)

    assert certificate.signature_algorithm_oid == x509.SignatureAlgorithmOID.RSA_WITH_SHA256
