"""A verifier's certificate request (PKCS #10): the key is taken from it, if it is fit, and nothing else.

What a request says of its subject is not asked: the register says who the verifier is.
"""

from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from openjpki.errors import Failure, Kind

MAX_REQUEST: Final = 16 * 1024
"""Bytes of a request: one with an RSA-4096 key takes 2 kB in PEM."""
RSA_BITS: Final = range(2048, 8193)
"""Below lies what is broken, above what only costs the server's time."""
_CURVES: Final = (SECP256R1, SECP384R1)


class RequestUnfit(Failure):
    """The certificate request cannot be read, does not prove its key, or its key is weak."""

    code = "authority.verifier.request-unfit"
    kind = Kind.REFUSED
    ja = "証明書発行要求(CSR)が使えません。P-256・P-384 または2048ビット以上のRSAの鍵で作り直してください。"
    en = "The certificate request cannot be used. Make one with a key of P-256, P-384 or RSA of 2048 bits and more."


def key_of_request(request: bytes) -> CertificatePublicKeyTypes:
    """Return the public key of a request (PEM) that its own signature proves; raises `RequestUnfit`."""
    if len(request) > MAX_REQUEST:
        raise RequestUnfit
    try:
        read = x509.load_pem_x509_csr(request)
        key = read.public_key()
        proven = read.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature) as error:
        raise RequestUnfit from error
    fit = (isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, _CURVES)) or (
        isinstance(key, RSAPublicKey) and key.key_size in RSA_BITS
    )
    if not (proven and fit):
        raise RequestUnfit
    return key
