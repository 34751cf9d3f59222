"""What a certificate will say, for each of the five profiles: to-be-signed bytes that nobody has signed yet."""

from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from openjpki.pki import attributes as four_attributes
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.issuer import Issuer, issuer_of
from openjpki.pki.keys import key_identifier
from openjpki.pki.profiles import Profile, ProfileSet
from openjpki.pki.tbs import Draft, Extension
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.person import CertifiedAttributes, Municipality


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A certificate that nobody has signed yet. It can be stored and comes back by `prepared_from`."""

    profiles: ProfileSet = field(repr=False)
    profile: Profile
    to_be_signed: bytes = field(repr=False)
    """TBSCertificate, DER."""


def prepared_from(profiles: ProfileSet, to_be_signed: bytes, kind: Profile) -> Prepared:
    """Take back what was stored before a crash; it is linted again before it can be signed."""
    return Prepared(profiles=profiles, profile=kind, to_be_signed=to_be_signed)


def prepare_ca(
    profiles: ProfileSet,
    *,
    kind: CertificateKind,
    public_key: bytes,
    serial: int,
    not_before: datetime,
    not_after: datetime,
) -> Prepared:
    """Prepare a self-signed CA certificate of one generation."""
    name = profiles.ca_name(kind)
    profile = Profile.SIGNATURE_CA if kind is CertificateKind.SIGNATURE else Profile.AUTHENTICATION_CA
    draft = Draft(
        issuer=name,
        issuer_algorithm=KeyAlgorithm.of(public_key),
        subject=name,
        public_key=public_key,
        serial=serial,
        not_before=not_before,
        not_after=not_after,
        extensions=(
            (_key_usage(key_cert_sign=True, crl_sign=True), True),
            (x509.SubjectAlternativeName([x509.DirectoryName(profiles.ca_alternative_name(kind))]), False),
            (x509.BasicConstraints(ca=True, path_length=None), True),
            (_distribution_point(name), False),
            (x509.SubjectKeyIdentifier(key_identifier(public_key)), False),
        ),
    )
    return Prepared(profiles=profiles, profile=profile, to_be_signed=draft.to_be_signed())


def prepare_signature(  # noqa: PLR0913  -- one argument for each thing the certificate says
    profiles: ProfileSet,
    *,
    issuer: bytes,
    public_key: bytes,
    serial: int,
    subject_id: str,
    municipality: Municipality,
    attributes: CertifiedAttributes,
    not_before: datetime,
    not_after: datetime,
) -> Prepared:
    """Prepare a signature certificate (署名用): it carries the four attributes (R-0.3)."""
    ca = issuer_of(issuer)
    kind = CertificateKind.SIGNATURE
    draft = Draft(
        issuer=ca.subject,
        issuer_algorithm=ca.algorithm,
        subject=profiles.signature_subject(municipality, subject_id),
        public_key=public_key,
        serial=serial,
        not_before=not_before,
        not_after=not_after,
        extensions=(
            (_key_usage(digital_signature=True, content_commitment=True), True),
            (four_attributes.encode(attributes, profiles), False),
            *_holder_extensions(profiles, ca, kind, municipality, public_key),
        ),
    )
    return Prepared(profiles=profiles, profile=Profile.SIGNATURE, to_be_signed=draft.to_be_signed())


def prepare_authentication(
    profiles: ProfileSet,
    *,
    issuer: bytes,
    public_key: bytes,
    serial: int,
    subject_id: str,
    municipality: Municipality,
    not_before: datetime,
    not_after: datetime,
) -> Prepared:
    """Prepare an authentication certificate (利用者証明用): it carries none of the four attributes (R-0.4)."""
    ca = issuer_of(issuer)
    kind = CertificateKind.AUTHENTICATION
    usage: tuple[Extension, ...] = ()
    if profiles.client_authentication:
        usage = ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False),)
    draft = Draft(
        issuer=ca.subject,
        issuer_algorithm=ca.algorithm,
        subject=profiles.authentication_subject(subject_id),
        public_key=public_key,
        serial=serial,
        not_before=not_before,
        not_after=not_after,
        extensions=(
            (_key_usage(digital_signature=True), True),
            *usage,
            *_holder_extensions(profiles, ca, kind, municipality, public_key),
        ),
    )
    return Prepared(profiles=profiles, profile=Profile.AUTHENTICATION, to_be_signed=draft.to_be_signed())


def prepare_ocsp_responder(
    profiles: ProfileSet,
    *,
    issuer: bytes,
    public_key: bytes,
    serial: int,
    not_before: datetime,
    not_after: datetime,
) -> Prepared:
    """Prepare the certificate of a delegated OCSP responder of this issuer (RFC 6960 §4.2.2.2)."""
    ca = issuer_of(issuer)
    draft = Draft(
        issuer=ca.subject,
        issuer_algorithm=ca.algorithm,
        subject=profiles.responder_subject(profiles.kind_of(ca.subject)),
        public_key=public_key,
        serial=serial,
        not_before=not_before,
        not_after=not_after,
        extensions=(
            (_key_usage(digital_signature=True), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), profiles.responder_usage_critical),
            (x509.OCSPNoCheck(), False),
            *_key_identifiers(ca, public_key),
        ),
    )
    return Prepared(profiles=profiles, profile=Profile.OCSP_RESPONDER, to_be_signed=draft.to_be_signed())


def _key_usage(**usages: bool) -> x509.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: usages.get(name, False) for name in names})


def _distribution_point(name: x509.Name) -> x509.CRLDistributionPoints:
    point = x509.DistributionPoint(
        full_name=[x509.DirectoryName(name)], relative_name=None, reasons=None, crl_issuer=None
    )
    return x509.CRLDistributionPoints([point])


def _holder_extensions(
    profiles: ProfileSet, ca: Issuer, kind: CertificateKind, municipality: Municipality, public_key: bytes
) -> tuple[Extension, ...]:
    policy = x509.PolicyInformation(x509.ObjectIdentifier(profiles.policy(kind)), [profiles.cps])
    responder = x509.AccessDescription(
        AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(profiles.ocsp_url(kind))
    )
    return (
        (x509.CertificatePolicies([policy]), True),
        (x509.IssuerAlternativeName(ca.alternative_names), False),
        (_distribution_point(profiles.partition_name(kind, municipality)), False),
        (x509.AuthorityInformationAccess([responder]), False),
        *_key_identifiers(ca, public_key),
    )


def _key_identifiers(ca: Issuer, public_key: bytes) -> tuple[Extension, ...]:
    authority = x509.AuthorityKeyIdentifier(ca.key_identifier, None, None)
    return ((authority, False), (x509.SubjectKeyIdentifier(key_identifier(public_key)), False))
