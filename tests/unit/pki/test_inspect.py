import pytest

from openjpki.pki.inspect import facts
from openjpki.pki.issuer import CertificateUnreadable
from openjpki.pki.keys import key_identifier
from tests.support.hierarchy import EXPIRES, HOLDER_SERIAL, ISSUED, SUBJECT_ID, WAKABA, Hierarchy


def test_facts_of_a_holders_certificate(each: Hierarchy) -> None:
    """Everything a room asks of a certificate is read once, into a value."""
    found = facts(each.holder)

    assert found.serial == HOLDER_SERIAL
    assert found.kind is each.kind
    assert not found.is_ca
    assert found.policies == (each.profiles.policy(each.kind),)
    assert found.issuer == each.profiles.ca_name(each.kind).public_bytes()
    assert found.subject_id == SUBJECT_ID
    assert (found.not_before, found.not_after) == (ISSUED, EXPIRES)
    assert found.algorithm is each.algorithm
    assert found.public_key == each.holder_signer.public_key
    assert found.key_identifier == key_identifier(found.public_key)
    assert found.issuer_key_identifier == key_identifier(each.ca_signer.public_key)
    assert found.ocsp_url == each.profiles.ocsp_url(each.kind)
    assert found.distribution_point == each.profiles.partition_name(each.kind, WAKABA).public_bytes()


def test_facts_of_a_ca(made: Hierarchy) -> None:
    """A CA has no policy, no OCSP address, no issuer's key identifier."""
    found = facts(made.ca)

    assert found.is_ca
    assert found.kind is None
    assert found.policies == ()
    assert found.subject == found.issuer
    assert found.subject_id is None
    assert found.ocsp_url is None
    assert found.issuer_key_identifier is None


def test_facts_of_a_responder(made: Hierarchy) -> None:
    """A responder is neither a CA nor a holder."""
    found = facts(made.responder)

    assert not found.is_ca
    assert found.kind is None
    assert found.distribution_point is None


def test_repr_names_nobody(made: Hierarchy) -> None:
    """The opaque name and the place identify a holder: they are not shown."""
    shown = repr(facts(made.holder))

    assert SUBJECT_ID not in shown
    assert "Wakaba-shi" not in shown.replace(repr(facts(made.holder).distribution_point), "")


def test_no_certificate_has_no_facts() -> None:
    """Bytes that are no certificate are refused."""
    with pytest.raises(CertificateUnreadable):
        facts(b"")
