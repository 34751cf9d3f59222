"""The signature of a request: who asks (RFC 6960 §4.1.1)."""

from dataclasses import dataclass, field

from openjpki.pki import der
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.issuer import load_certificate, subject_public_key
from openjpki.pki.keys import SignatureInvalid, verify_signature

MOST_CERTIFICATES = 4
"""Beside a request: the asker's own, and what some add."""
_WHOLE_OCTETS = 0


@dataclass(frozen=True, kw_only=True)
class RequestSignature:
    """What stands beside a signed request; nothing in it is checked yet."""

    to_be_signed: bytes = field(repr=False)
    """The TBSRequest, DER."""
    algorithm: bytes
    """AlgorithmIdentifier, DER."""
    signature: bytes = field(repr=False)
    certificates: tuple[bytes, ...] = field(repr=False)
    """DER; the asker's own first."""


def read_signature(to_be_signed: bytes, explicit: der.Reader) -> RequestSignature:
    """Read the optionalSignature; raises `NotDer`."""
    outer = explicit.inside(der.SEQUENCE)
    explicit.end()
    algorithm = outer.whole(der.SEQUENCE)
    bits = outer.content(der.BIT_STRING)
    if bits[:1] != bytes((_WHOLE_OCTETS,)):
        message = "a signature has whole octets"
        raise der.NotDer(message)
    certificates = _certificates(outer.inside(der.context(0))) if outer.next_is(der.context(0)) else ()
    outer.end()
    return RequestSignature(
        to_be_signed=to_be_signed, algorithm=algorithm, signature=bits[1:], certificates=certificates
    )


def _certificates(explicit: der.Reader) -> tuple[bytes, ...]:
    reader = explicit.inside(der.SEQUENCE)
    explicit.end()
    found: list[bytes] = []
    while reader.more():
        if len(found) == MOST_CERTIFICATES:
            message = "too many certificates"
            raise der.NotDer(message)
        found.append(reader.whole(der.SEQUENCE))
    return tuple(found)


def hold_signature(signature: RequestSignature, certificate: bytes) -> None:
    """Raise `SignatureInvalid` unless the certificate's key signed the request; `CertificateUnreadable`, `UnsupportedKey`."""
    public_key = subject_public_key(load_certificate(certificate))
    algorithm = KeyAlgorithm.of(public_key)
    if signature.algorithm != algorithm.identifier:
        raise SignatureInvalid
    verify_signature(public_key, algorithm, signature.to_be_signed, signature.signature)
