import pytest

from openjpki.pki import der
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.lint.signed import examine_signed
from openjpki.pki.profiles import Profile
from tests.unit.pki.lint.tampering import SIGNATURE, specimen, to_be_signed

ALGORITHM = SIGNATURE.algorithm.identifier


@pytest.mark.parametrize("profile", Profile)
def test_a_right_certificate_has_no_finding(profile: Profile) -> None:
    """To-be-signed bytes, algorithm and signature, of each profile."""
    made, raw, issuer = specimen(profile)
    certificate = der.sequence(raw, made.algorithm.identifier, der.bit_string(made.ca_signer.sign(raw)))

    assert examine_signed(made.profiles, profile, certificate, issuer) == ()


def found(*parts: bytes) -> frozenset[str]:
    """Return the codes of all findings about a certificate of these parts."""
    return examine_signed(SIGNATURE.profiles, Profile.SIGNATURE, der.sequence(*parts), SIGNATURE.ca).codes


def test_another_signature_or_algorithm_is_found() -> None:
    """RFC 5280 §4.1.1.2, §4.1.1.3: what is around the linted bytes is the issuer key's own."""
    raw = to_be_signed(SIGNATURE.holder)
    right, other = SIGNATURE.ca_signer.sign(raw), SIGNATURE.holder_signer.sign(raw)

    assert found(raw, ALGORITHM, der.bit_string(other)) == {"lint.signed.signature"}
    assert found(raw, ALGORITHM, der.tlv(der.BIT_STRING, b"\x01", right)) == {"lint.signed.signature"}
    assert found(raw, KeyAlgorithm.P384_SHA_384.identifier, der.bit_string(right)) == {"lint.signed.algorithm"}


def test_what_was_changed_after_the_signature_is_found_twice() -> None:
    """By the rule of what was changed, and by the signature."""
    changed = to_be_signed(SIGNATURE.holder).replace(b"319800217", b"419800217")
    signature = der.bit_string(SIGNATURE.ca_signer.sign(to_be_signed(SIGNATURE.holder)))

    assert found(changed, ALGORITHM, signature) == {"lint.attributes.birth-date", "lint.signed.signature"}


@pytest.mark.parametrize("certificate", [b"", b"\x30\x00", SIGNATURE.holder[:-1], SIGNATURE.holder + b"\x00"])
def test_what_is_no_certificate_is_found(certificate: bytes) -> None:
    """RFC 5280 §4.1: DER from the first byte to the last."""
    assert examine_signed(SIGNATURE.profiles, Profile.SIGNATURE, certificate, SIGNATURE.ca).codes == {"lint.malformed"}


def test_bytes_inside_that_are_none_are_found() -> None:
    """The to-be-signed bytes themselves may be none."""
    assert found(b"\x30\x00", ALGORITHM, der.bit_string(bytes(256))) == {"lint.malformed"}
