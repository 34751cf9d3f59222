"""The facts of a certificate that rooms ask for, read once into a value."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from openjpki.pki import oids
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.issuer import distribution_points, load_certificate, subject_public_key, value
from openjpki.rules.kinds import CertificateKind

_KINDS = {
    oids.SIGNATURE_POLICY: CertificateKind.SIGNATURE,
    oids.TEST_SIGNATURE_POLICY: CertificateKind.SIGNATURE,
    oids.AUTHENTICATION_POLICY: CertificateKind.AUTHENTICATION,
    oids.TEST_AUTHENTICATION_POLICY: CertificateKind.AUTHENTICATION,
}


@dataclass(frozen=True, kw_only=True)
class CertificateFacts:
    """What a certificate says of itself. Read, not verified: whoever trusts it has checked its path."""

    serial: int
    kind: CertificateKind | None
    """By its policy; None for a CA, a responder and a foreign certificate."""
    is_ca: bool
    policies: tuple[str, ...]
    """Dotted, in their order."""
    subject: bytes = field(repr=False)
    """DER."""
    issuer: bytes
    """DER."""
    subject_id: str | None = field(repr=False)
    """The opaque CN."""
    not_before: datetime
    not_after: datetime
    """The last second of validity, included, UTC."""
    algorithm: KeyAlgorithm
    public_key: bytes = field(repr=False)
    """SubjectPublicKeyInfo, DER."""
    key_identifier: bytes | None
    issuer_key_identifier: bytes | None
    ocsp_url: str | None
    distribution_point: bytes | None
    """The directory name of the first distribution point, DER."""


def facts(certificate: bytes) -> CertificateFacts:
    """Read a certificate, DER; raise `CertificateUnreadable` or `UnsupportedKey`."""
    loaded = load_certificate(certificate)
    public_key = subject_public_key(loaded)
    policies = _policies(loaded)
    constraints = value(loaded, x509.BasicConstraints)
    subject_key, issuer_key = value(loaded, x509.SubjectKeyIdentifier), value(loaded, x509.AuthorityKeyIdentifier)
    names = loaded.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return CertificateFacts(
        serial=loaded.serial_number,
        kind=next((_KINDS[policy] for policy in policies if policy in _KINDS), None),
        is_ca=constraints is not None and constraints.ca,
        policies=policies,
        subject=loaded.subject.public_bytes(),
        issuer=loaded.issuer.public_bytes(),
        subject_id=str(names[0].value) if names else None,
        not_before=loaded.not_valid_before_utc,
        not_after=loaded.not_valid_after_utc,
        algorithm=KeyAlgorithm.of(public_key),
        public_key=public_key,
        key_identifier=subject_key.digest if subject_key else None,
        issuer_key_identifier=issuer_key.key_identifier if issuer_key else None,
        ocsp_url=_ocsp_url(loaded),
        distribution_point=next(iter(distribution_points(loaded)), None),
    )


def _policies(certificate: x509.Certificate) -> tuple[str, ...]:
    found = value(certificate, x509.CertificatePolicies)
    return tuple(policy.policy_identifier.dotted_string for policy in found or ())


def _ocsp_url(certificate: x509.Certificate) -> str | None:
    for access in value(certificate, x509.AuthorityInformationAccess) or ():
        location = access.access_location
        if access.access_method == AuthorityInformationAccessOID.OCSP and isinstance(
            location, x509.UniformResourceIdentifier
        ):
            return location.value
    return None
