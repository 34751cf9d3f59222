import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from openjpki.authority.verifiers.requests import MAX_REQUEST, RequestUnfit, key_of_request
from tests.support.verifiers import request_of

GOOD = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    "request_",
    [
        b"no request",
        b"x" * (MAX_REQUEST + 1),
        request_of(ec.generate_private_key(ec.SECP224R1())),
        request_of(ec.generate_private_key(ec.BrainpoolP256R1())),
        request_of(rsa.generate_private_key(65537, 1024)),  # noqa: S505  -- it is what must be refused
        request_of(GOOD).replace(b"MI", b"MJ", 1),
    ],
    ids=["no-request", "too-large", "small-curve", "other-curve", "small-rsa", "damaged"],
)
def test_an_unfit_request_is_refused(request_: bytes) -> None:
    """Only a fit key that proves itself is certified (R-5.24)."""
    with pytest.raises(RequestUnfit):
        key_of_request(request_)


def test_a_request_of_another_key_proves_nothing() -> None:
    """Its signature is not by the key inside (R-5.24)."""
    mine, other = request_of(GOOD), request_of(ec.generate_private_key(ec.SECP256R1()))
    spliced = swapped(mine, other)
    with pytest.raises(RequestUnfit):
        key_of_request(spliced)


def test_the_key_is_taken_and_nothing_else() -> None:
    """Whatever the request calls itself (R-5.24)."""
    found = key_of_request(request_of(GOOD, "somebody else"))
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    assert found.public_bytes(*form) == GOOD.public_key().public_bytes(*form)


def swapped(mine: bytes, other: bytes) -> bytes:
    """Return my request with another one's key, under my signature."""
    from asn1crypto import csr, pem

    ours, theirs = (csr.CertificationRequest.load(pem.unarmor(one)[2]) for one in (mine, other))
    ours["certification_request_info"]["subject_pk_info"] = theirs["certification_request_info"]["subject_pk_info"]
    return bytes(pem.armor("CERTIFICATE REQUEST", ours.dump(force=True)))
