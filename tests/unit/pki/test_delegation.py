from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from openjpki.pki.algorithms import KeyAlgorithm, load_public_key
from openjpki.pki.delegation import WrongResponder, delegated
from openjpki.pki.issuer import issuer_of
from tests.support.hierarchy import Hierarchy, hierarchy
from tests.support.keys import PooledKeys

_SHA256 = hashes.SHA256()
Extensions = list[tuple[x509.ExtensionType, bool]]
SIGNING = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False)
NO_CHECK = (x509.OCSPNoCheck(), False)


def _usage(*, digital_signature: bool) -> tuple[x509.ExtensionType, bool]:
    names = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign",
             "encipher_only", "decipher_only")  # fmt: skip
    rest = dict.fromkeys(names, False)
    usage = x509.KeyUsage(digital_signature=digital_signature, key_cert_sign=not digital_signature, **rest)
    return usage, True


def responder(
    made: Hierarchy, extensions: Extensions, *, digest: hashes.SHA256 | hashes.SHA512 = _SHA256, signed_by: int = 0
) -> bytes:
    """Return a certificate that claims to be the CA's responder, signed by a key of the pool."""
    keys = PooledKeys()
    key = [keys.generate(KeyAlgorithm.RSA_2048_SHA_256) for _ in range(signed_by + 1)][-1]
    builder = x509.CertificateBuilder(
        issuer_of(made.ca).subject,
        made.profiles.responder_subject(made.kind),
        load_public_key(made.responder_signer.public_key),
        5,
        datetime(2026, 1, 5, tzinfo=UTC),
        datetime(2026, 3, 5, tzinfo=UTC),
    )
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    signed = builder.sign(key, digest)
    return signed.public_bytes(serialization.Encoding.DER)


def test_a_delegated_responder_may_answer(each: Hierarchy) -> None:
    """RFC 6960 §4.2.2.2: issued by the CA that is asked about, for OCSPSigning."""
    assert delegated(each.responder, each.ca).public_key == each.responder_signer.public_key


def test_the_issuer_itself_may_answer(each: Hierarchy) -> None:
    """RFC 6960 §4.2.2.2: the issuer's own key needs no delegation."""
    assert delegated(each.ca, each.ca).public_key == each.ca_signer.public_key


def test_what_the_tests_build_is_right_before_it_is_changed(made: Hierarchy) -> None:
    """The refusals below are refusals of what they name."""
    right: Extensions = [_usage(digital_signature=True), SIGNING, NO_CHECK]

    for extensions in (right, [SIGNING, NO_CHECK]):
        assert delegated(responder(made, extensions), made.ca).public_key == made.responder_signer.public_key


@pytest.mark.parametrize(
    ("extensions", "problem"),
    [
        ([NO_CHECK], "no OCSPSigning"),
        ([(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False), NO_CHECK], "no OCSPSigning"),
        ([(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]), False), NO_CHECK], "no OCSPSigning"),
        ([SIGNING], "no ocsp-nocheck"),
        ([SIGNING, NO_CHECK, _usage(digital_signature=False)], "no digitalSignature"),
        ([SIGNING, NO_CHECK, (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)],
         "unknown critical extension"),
    ],
)  # fmt: skip
def test_a_certificate_that_was_not_delegated_is_refused(made: Hierarchy, extensions: Extensions, problem: str) -> None:
    """RFC 6960 §4.2.2.2: whatever is missing, the answer proves nothing."""
    with pytest.raises(WrongResponder) as refusal:
        delegated(responder(made, extensions), made.ca)

    assert refusal.value.data == {"problem": problem}


def test_a_look_alike_is_refused(made: Hierarchy) -> None:
    """Names prove nothing: the very issuer key signs the responder's certificate."""
    with pytest.raises(WrongResponder) as refusal:
        delegated(responder(made, [SIGNING, NO_CHECK], signed_by=3), made.ca)

    assert refusal.value.data == {"problem": "not issued by the issuer"}


def test_a_responder_of_another_generation_is_refused(made: Hierarchy) -> None:
    """RFC 6960 §4.2.2.2: the CA that issued the certificate in question delegates, not one of the same name."""
    with pytest.raises(WrongResponder):
        delegated(hierarchy(ca_position=3).responder, made.ca)


def test_a_responder_of_the_other_hierarchy_is_refused(made: Hierarchy, authentication: Hierarchy) -> None:
    """The same key under another name is another issuer."""
    with pytest.raises(WrongResponder):
        delegated(authentication.responder, made.ca)


def test_another_digest_is_refused(made: Hierarchy) -> None:
    """The CA signs with one algorithm."""
    with pytest.raises(WrongResponder) as refusal:
        delegated(responder(made, [SIGNING, NO_CHECK], digest=hashes.SHA512()), made.ca)

    assert refusal.value.data == {"problem": "signature algorithm"}


def test_a_holder_may_not_answer(made: Hierarchy) -> None:
    """A holder's certificate says nothing of OCSP: its key cannot vouch for its own status."""
    with pytest.raises(WrongResponder):
        delegated(made.holder, made.ca)
