import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from openjpki.pki.algorithms import UnsupportedKey
from openjpki.pki.issuer import (
    CertificateUnreadable,
    distribution_points,
    is_under,
    issuer_of,
    load_certificate,
    subject_public_key,
    value,
)
from openjpki.pki.keys import key_identifier
from tests.support.hierarchy import CA_EXPIRES, ISSUED, WAKABA, Hierarchy, hierarchy


def test_an_issuer_is_what_its_certificate_says(each: Hierarchy) -> None:
    """Name, key, algorithm, key identifier, Japanese name and validity come from the CA certificate."""
    issuer = issuer_of(each.ca)

    assert issuer.subject == each.profiles.ca_name(each.kind)
    assert issuer.name == issuer.subject.public_bytes()
    assert issuer.public_key == each.ca_signer.public_key
    assert issuer.algorithm is each.algorithm
    assert issuer.key_identifier == key_identifier(issuer.public_key)
    assert issuer.alternative_names == (x509.DirectoryName(each.profiles.ca_alternative_name(each.kind)),)
    assert (issuer.not_before, issuer.not_after) == (ISSUED, CA_EXPIRES)


def test_a_certificate_without_key_identifier_is_identified_by_its_key(made: Hierarchy) -> None:
    """RFC 5280 §4.2.1.2: an absent identifier is computed."""
    ca = load_certificate(made.ca)
    without = made.ca.replace(bytes.fromhex("0603551d0e"), bytes.fromhex("0603551d0d"))

    assert issuer_of(without).key_identifier == key_identifier(subject_public_key(ca))


@pytest.mark.parametrize("certificate", [b"", b"\x30\x00", b"-----BEGIN CERTIFICATE-----", bytes(2000)])
def test_what_is_no_certificate_is_refused(certificate: bytes) -> None:
    """Bytes that are no certificate are a refusal, not a crash."""
    with pytest.raises(CertificateUnreadable):
        load_certificate(certificate)


def test_doubled_extensions_are_refused(made: Hierarchy) -> None:
    """RFC 5280 §4.2: a certificate has no extension twice."""
    doubled = made.responder.replace(bytes.fromhex("0603551d0e"), bytes.fromhex("0603551d0f"))

    with pytest.raises(CertificateUnreadable):
        load_certificate(doubled)


def test_a_key_of_another_kind_is_refused(made: Hierarchy) -> None:
    """A CA with another curve or length is none of ours."""
    broken = made.ca.replace(bytes.fromhex("0203010001"), bytes.fromhex("0203000003"))

    with pytest.raises((UnsupportedKey, CertificateUnreadable)):
        issuer_of(broken)


def test_generations_share_a_name_and_not_a_key(made: Hierarchy) -> None:
    """docs/certificates.md §2: the same DN in every generation: only the key identifier tells whose a certificate is."""
    next_generation = hierarchy(ca_position=3)

    assert issuer_of(next_generation.ca).subject == issuer_of(made.ca).subject
    assert is_under(made.holder, made.ca)
    assert not is_under(made.holder, next_generation.ca)


def test_the_other_hierarchy_is_another_issuer(made: Hierarchy, authentication: Hierarchy) -> None:
    """A name that differs is another issuer, even over one key."""
    assert not is_under(made.holder, authentication.ca)


def test_distribution_points_are_directory_names(made: Hierarchy) -> None:
    """docs/certificates.md §3: the municipality's partition; a responder has none."""
    point = made.profiles.partition_name(made.kind, WAKABA).public_bytes()

    assert distribution_points(load_certificate(made.holder)) == (point,)
    assert distribution_points(load_certificate(made.responder)) == ()


def test_an_absent_extension_is_none(made: Hierarchy) -> None:
    """Extensions are asked by type."""
    assert value(load_certificate(made.holder), x509.OCSPNoCheck) is None
    assert value(load_certificate(made.responder), x509.OCSPNoCheck) == x509.OCSPNoCheck()


def test_the_public_key_is_the_certificates(each: Hierarchy) -> None:
    """SubjectPublicKeyInfo comes out as it went in."""
    loaded = load_certificate(each.holder)

    assert subject_public_key(loaded) == each.holder_signer.public_key
    assert loaded.public_bytes(serialization.Encoding.DER) == each.holder
