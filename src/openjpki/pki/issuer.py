"""What is needed of a CA certificate to issue beneath it, or to check what it issued."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import KeyAlgorithm, UnsupportedKey
from openjpki.pki.keys import key_identifier

PARSE_ERRORS = (
    ValueError,
    TypeError,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""Everything the library raises for bytes that are not what they should be."""

_Extension = TypeVar("_Extension", bound=x509.ExtensionType)


class CertificateUnreadable(Failure):
    """The bytes are no X.509 certificate."""

    code = "pki.certificate-unreadable"
    kind = Kind.REFUSED
    ja = "証明書として読み取れません。"
    en = "This cannot be read as a certificate."


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """A CA as its certificates name it."""

    subject: x509.Name
    name: bytes
    """The subject, DER."""
    public_key: bytes = field(repr=False)
    """SubjectPublicKeyInfo, DER."""
    algorithm: KeyAlgorithm
    key_identifier: bytes
    """From the certificate's subjectKeyIdentifier; the SHA-1 of the key bits if it has none."""
    alternative_names: tuple[x509.GeneralName, ...]
    not_before: datetime
    not_after: datetime
    """The last second of validity, included, UTC."""


def load_certificate(certificate: bytes) -> x509.Certificate:
    """Parse a certificate (DER); raise `CertificateUnreadable`. Fields and extensions are parsed too, once, here."""
    try:
        loaded = x509.load_der_x509_certificate(certificate)
        _ = (loaded.subject, loaded.issuer, loaded.extensions, loaded.not_valid_before_utc, loaded.not_valid_after_utc)
    except PARSE_ERRORS as error:
        raise CertificateUnreadable from error
    return loaded


@lru_cache(maxsize=64)
def issuer_of(certificate: bytes) -> Issuer:
    """Read a CA certificate (DER). Cached: a responder asks for the same few a thousand times a second."""
    loaded = load_certificate(certificate)
    key, identifier = subject_public_key(loaded), value(loaded, x509.SubjectKeyIdentifier)
    return Issuer(
        subject=loaded.subject,
        name=loaded.subject.public_bytes(),
        public_key=key,
        algorithm=KeyAlgorithm.of(key),
        key_identifier=identifier.digest if identifier else key_identifier(key),
        alternative_names=tuple(value(loaded, x509.SubjectAlternativeName) or ()),
        not_before=loaded.not_valid_before_utc,
        not_after=loaded.not_valid_after_utc,
    )


def subject_public_key(certificate: x509.Certificate) -> bytes:
    """Return the SubjectPublicKeyInfo of a certificate, DER; raise `UnsupportedKey`."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnsupportedKey from error
    KeyAlgorithm.of(key)
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def is_under(certificate: bytes, issuer: bytes) -> bool:
    """Tell whether a certificate names this issuer: its name and, as all generations share one name, its key.

    That the issuer's key signed the certificate is the path's question, not this one's.
    """
    loaded, ca = load_certificate(certificate), issuer_of(issuer)
    identifier = value(loaded, x509.AuthorityKeyIdentifier)
    named_key = identifier.key_identifier if identifier else None
    return loaded.issuer == ca.subject and named_key in (None, ca.key_identifier)


def value(certificate: x509.Certificate, kind: type[_Extension]) -> _Extension | None:
    """Return the value of an extension of a parsed certificate, None if it has none."""
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def distribution_points(certificate: x509.Certificate) -> tuple[bytes, ...]:
    """Return the directory names of the distribution points, DER, in their order."""
    return tuple(
        name.value.public_bytes()
        for point in value(certificate, x509.CRLDistributionPoints) or ()
        for name in point.full_name or ()
        if isinstance(name, x509.DirectoryName)
    )
