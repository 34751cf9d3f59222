"""What the card must know of a certificate it carries: whose key it certifies, and that clients can read its size."""

from asn1crypto.x509 import Certificate
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

SIZE_PREFIX = b"\x30\x82"
"""Clients take a certificate's size from bytes 2 and 3, so its outer length must be the two-byte form (C OpenSC)."""
HEADER = 4
MAX_CERTIFICATE = 8192
"""Bytes; a JPKI certificate has about 1,900, and an offset of READ BINARY reaches 32,767."""


def certified_key(certificate: bytes) -> bytes:
    """Return the SubjectPublicKeyInfo (DER) a certificate certifies; raise ValueError if it cannot stand on a card."""
    message = "not a certificate that a card can carry"
    if len(certificate) > MAX_CERTIFICATE or stated_size(certificate) != len(certificate):
        raise ValueError(message)
    try:
        whole = Certificate.load(certificate, strict=True)
        key = load_der_public_key(whole["tbs_certificate"]["subject_public_key_info"].dump())
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm) as error:
        raise ValueError(message) from error
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def stated_size(beginning: bytes) -> int | None:
    """Return the size of the certificate that begins so, header included; None if it has no two-byte DER length."""
    if len(beginning) < HEADER or not beginning.startswith(SIZE_PREFIX):
        return None
    return HEADER + int.from_bytes(beginning[2:HEADER])
