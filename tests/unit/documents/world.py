"""A small world to sign and verify in: two CAs, a holder, lists and answers, PDFs, and a card that counts its calls."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import RawContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter, PageObject, PdfFileWriter

from openjpki.documents.evidence import Evidence
from openjpki.documents.status import OcspEvidence
from openjpki.pki import oids
from openjpki.pki.keys import SoftwareSigner
from openjpki.pki.ocsp import build_request, parse_request
from openjpki.pki.ocsp_answer import StatusAnswer, build_answer
from openjpki.rules.kinds import RevocationReason

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""The moment at which tests verify, unless they say otherwise."""
SIGNED = NOW - timedelta(hours=1)
BEGINS = datetime(2025, 1, 1, tzinfo=UTC)
ENDS = datetime(2029, 6, 1, 14, 59, 59, tzinfo=UTC)
SIGN_POLICY = oids.TEST_SIGNATURE_POLICY
AUTH_POLICY = oids.TEST_AUTHENTICATION_POLICY
OCSP_URL = "http://127.0.0.1:9/ocsp"
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def key(name: str, kind: str = "rsa") -> PrivateKey:
    """Return a key pair that stays the same for a name within one run of the tests."""
    del name
    if kind == "weak":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP384R1())


def der(certificate: x509.Certificate) -> bytes:
    """Return DER."""
    return certificate.public_bytes(serialization.Encoding.DER)


def _hash(private: PrivateKey) -> hashes.SHA256 | hashes.SHA384:
    return hashes.SHA256() if isinstance(private, rsa.RSAPrivateKey) else hashes.SHA384()


def ca_name(unit: str) -> x509.Name:
    """Return a CA's name; every generation and every look-alike bears it."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "JPKI-TEST"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        ]
    )


def partition(unit: str) -> x509.GeneralName:
    """Return the directory name of the holder's municipality's CRL."""
    return x509.DirectoryName(x509.Name([*ca_name(unit), x509.NameAttribute(NameOID.COMMON_NAME, "Wakaba-shi CRLDP")]))


@dataclass(frozen=True)
class Ca:
    """A CA of the world: a key and its self-signed certificate."""

    unit: str = "JPKI for digital signature"
    label: str = "sign"
    kind: str = "rsa"
    begins: datetime = datetime(2023, 7, 16, tzinfo=UTC)
    ends: datetime = datetime(2033, 7, 15, 14, 59, 59, tzinfo=UTC)
    is_ca: bool = True
    usage_ca: bool = True
    claims_key_of: "Ca | None" = None
    """A look-alike writes another CA's key identifier into its own certificate."""

    @property
    def private(self) -> PrivateKey:
        """Return the CA's key."""
        return key(f"ca-{self.label}", self.kind)

    @property
    def key_identifier(self) -> x509.SubjectKeyIdentifier:
        """Return the key identifier that the certificate shows."""
        shown = self.claims_key_of or self
        return x509.SubjectKeyIdentifier.from_public_key(shown.private.public_key())

    @property
    def certificate(self) -> x509.Certificate:
        """Return the self-signed certificate."""
        return _ca_certificate(self)

    @property
    def der(self) -> bytes:
        """Return the certificate, DER."""
        return der(self.certificate)


@cache
def _ca_certificate(ca: Ca) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(ca_name(ca.unit))
        .issuer_name(ca_name(ca.unit))
        .public_key(ca.private.public_key())
        .serial_number(1)
        .not_valid_before(ca.begins)
        .not_valid_after(ca.ends)
        .add_extension(usage(cert_sign=ca.usage_ca, crl_sign=True), critical=True)
        .add_extension(x509.BasicConstraints(ca=ca.is_ca, path_length=None), critical=True)
        .add_extension(ca.key_identifier, critical=False)
    )
    return builder.sign(ca.private, _hash(ca.private))


def usage(
    *, signs: bool = False, commits: bool = False, cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    """Return a key usage extension."""
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=commits,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A holder's certificate, right by default and wrong where a test says so."""

    ca: Ca = Ca()
    label: str = "holder"
    kind: str = "rsa"
    serial: int = 4711
    begins: datetime = BEGINS
    ends: datetime = ENDS
    policy: str | None = SIGN_POLICY
    policy_critical: bool = True
    signs: bool = True
    commits: bool = True
    has_usage: bool = True
    client_auth: bool = False
    ocsp_url: str | None = OCSP_URL
    unknown_critical: bool = False
    names: tuple[tuple[str, str], ...] = ()
    """otherNames as (OID, text)."""

    @property
    def private(self) -> PrivateKey:
        """Return the holder's key."""
        return key(f"holder-{self.label}", self.kind)

    @property
    def certificate(self) -> x509.Certificate:
        """Return the certificate."""
        return _holder_certificate(self)

    @property
    def der(self) -> bytes:
        """Return the certificate, DER."""
        return der(self.certificate)


def authentication(**changes: object) -> Holder:
    """Return a right authentication certificate, changed where a test says so."""
    right: dict[str, object] = {
        "ca": AUTH_CA,
        "policy": AUTH_POLICY,
        "commits": False,
        "client_auth": True,
        "label": "authentication",
    }
    return Holder(**(right | changes))  # type: ignore[arg-type]  # the tests' own keywords


@cache
def _holder_certificate(holder: Holder) -> x509.Certificate:
    ca = holder.ca
    builder = (
        x509.CertificateBuilder()
        .subject_name(
            x509.Name(
                [
                    x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
                    x509.NameAttribute(NameOID.COMMON_NAME, "20250101000000000A"),
                ]
            )
        )
        .issuer_name(ca_name(ca.unit))
        .public_key(holder.private.public_key())
        .serial_number(holder.serial)
        .not_valid_before(holder.begins)
        .not_valid_after(holder.ends)
        .add_extension(
            x509.AuthorityKeyIdentifier(ca.key_identifier.digest, None, None),
            critical=False,
        )
        .add_extension(
            x509.CRLDistributionPoints([x509.DistributionPoint([partition(ca.unit)], None, None, None)]),
            critical=False,
        )
    )
    if holder.has_usage:
        builder = builder.add_extension(usage(signs=holder.signs, commits=holder.commits), critical=True)
    if holder.policy is not None:
        policy = x509.PolicyInformation(ObjectIdentifier(holder.policy), None)
        builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=holder.policy_critical)
    if holder.client_auth:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    if holder.ocsp_url is not None:
        access = x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(holder.ocsp_url)
        )
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    if holder.names:
        others = [
            x509.OtherName(ObjectIdentifier(oid), b"\x0c" + _length(text.encode()) + text.encode())
            for oid, text in holder.names
        ]
        builder = builder.add_extension(x509.SubjectAlternativeName(others), critical=False)
    if holder.unknown_critical:
        unknown = x509.UnrecognizedExtension(ObjectIdentifier("1.2.392.999999.1"), b"\x05\x00")
        builder = builder.add_extension(unknown, critical=True)
    return builder.sign(ca.private, _hash(ca.private))


def _length(content: bytes) -> bytes:
    assert len(content) < 256
    return bytes([len(content)]) if len(content) < 128 else bytes([0x81, len(content)])


SIGN_CA = Ca()
AUTH_CA = Ca(unit="JPKI for user authentication", label="auth")
HOLDER = Holder()


@dataclass
class Card:
    """A `DocumentSigner` over a holder's key that counts how often the key was used."""

    holder: Holder = HOLDER
    signs_with: PrivateKey | None = None
    """Another key than the certificate's, for a card gone wrong."""
    calls: int = 0
    chain: Sequence[bytes] = field(default_factory=tuple)

    @property
    def certificate(self) -> bytes:
        """Return the holder's certificate."""
        return self.holder.der

    def sign_digest(self, digest_name: str, digest: bytes) -> bytes:
        """Sign a digest, as the card does."""
        self.calls += 1
        private = self.signs_with or self.holder.private
        hashed = Prehashed({"sha256": hashes.SHA256(), "sha384": hashes.SHA384()}[digest_name])
        if isinstance(private, rsa.RSAPrivateKey):
            return private.sign(digest, padding.PKCS1v15(), hashed)
        return private.sign(digest, ec.ECDSA(hashed))


def crl(
    ca: Ca = SIGN_CA,
    *,
    revoked: Sequence[tuple[int, datetime, x509.ReasonFlags]] = (),
    this_update: datetime = NOW - timedelta(hours=12),
    next_update: datetime = NOW + timedelta(hours=12),
    signed_by: PrivateKey | None = None,
    point: x509.GeneralName | None = None,
) -> bytes:
    """Return a municipality's CRL, DER."""
    scope = x509.IssuingDistributionPoint(
        full_name=[point or partition(ca.unit)],
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(ca_name(ca.unit))
        .last_update(this_update)
        .next_update(next_update)
        .add_extension(x509.AuthorityKeyIdentifier(ca.key_identifier.digest, None, None), critical=False)
        .add_extension(x509.CRLNumber(7), critical=False)
        .add_extension(scope, critical=True)
    )
    for serial, at, reason in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
        entry = entry.add_extension(x509.CRLReason(reason), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    private = signed_by or ca.private
    return builder.sign(private, _hash(private)).public_bytes(serialization.Encoding.DER)


@cache
def responder(ca: Ca, *, usable: bool = True, begins: datetime = BEGINS, ends: datetime = ENDS) -> x509.Certificate:
    """Return the CA's delegated OCSP responder certificate (RFC 6960 §4.2.2.2); `usable` gives it the OCSPSigning use."""
    private = key(f"ocsp-{ca.label}")
    purpose = ExtendedKeyUsageOID.OCSP_SIGNING if usable else ExtendedKeyUsageOID.CLIENT_AUTH
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "OCSP responder")]))
        .issuer_name(ca_name(ca.unit))
        .public_key(private.public_key())
        .serial_number(99)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(usage(signs=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
        .add_extension(x509.OCSPNoCheck(), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier(ca.key_identifier.digest, None, None), critical=False)
    )
    return builder.sign(ca.private, _hash(ca.private))


def ocsp_answer(
    holder: Holder = HOLDER,
    *,
    revoked_at: datetime | None = None,
    unknown: bool = False,
    this_update: datetime = NOW - timedelta(minutes=5),
    next_update: datetime = NOW + timedelta(minutes=10),
    nonce: bytes | None = None,
) -> bytes:
    """Return its CA's responder's answer about a holder's certificate, DER."""
    ca = holder.ca
    if revoked_at is None:
        answer = StatusAnswer(status="unknown" if unknown else "good")
    else:
        answer = StatusAnswer(status="revoked", revoked_at=revoked_at, reason=RevocationReason.AFFILIATION_CHANGED)
    return build_answer(
        request=parse_request(build_request([(holder.der, ca.der)], nonce)),
        statuses=[answer],
        responder_certificate=der(responder(ca)),
        issuer=ca.der,
        signer=SoftwareSigner(key(f"ocsp-{ca.label}")),
        produced_at=this_update,
        this_update=this_update,
        next_update=next_update,
    )


def foreign_ocsp_answer(holder: Holder = HOLDER, *, by: x509.Certificate, by_key: PrivateKey) -> bytes:
    """Return a "good" answer about a holder's certificate that somebody else signed, DER."""
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            cert=holder.certificate,
            issuer=holder.ca.certificate,
            algorithm=hashes.SHA1(),  # noqa: S303  -- CertID hash, as deployed clients send (RFC 5019 §2.1.1)
            cert_status=ocsp.OCSPCertStatus.GOOD,
            this_update=NOW - timedelta(minutes=5),
            next_update=NOW + timedelta(minutes=10),
            revocation_time=None,
            revocation_reason=None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, by)
        .certificates([by])
    )
    return builder.sign(by_key, _hash(by_key)).public_bytes(serialization.Encoding.DER)


def evidence(
    holder: Holder = HOLDER,
    *,
    anchors: Sequence[bytes] | None = None,
    crls: Sequence[bytes] | None = None,
    ocsp: Sequence[OcspEvidence] | None = None,
    certificates: Sequence[bytes] = (),
) -> Evidence:
    """Return complete and good evidence about a holder, changed where a test says so."""
    return Evidence(
        anchors=tuple([holder.ca.der] if anchors is None else anchors),
        crls=tuple([crl(holder.ca)] if crls is None else crls),
        ocsp=tuple([OcspEvidence(answer=ocsp_answer(holder))] if ocsp is None else ocsp),
        certificates=tuple(certificates),
    )


def pdf(pages: int = 3) -> bytes:
    """Return a small PDF of several pages."""
    writer = PdfFileWriter()
    for number in range(1, pages + 1):
        add_page(writer, f"Page {number}")
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def add_page(writer: BasePdfFileWriter, text: str) -> None:
    """Append a page with one line of text."""
    font = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Font"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Type1"),
            generic.pdf_name("/BaseFont"): generic.pdf_name("/Helvetica"),
        }
    )
    content = RawContent(f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode(), box=BoxConstraints(612, 792))
    fonts = generic.DictionaryObject({generic.pdf_name("/F1"): writer.add_object(font)})
    content.resources.font[generic.pdf_name("/F1")] = fonts.raw_get("/F1")
    stream = writer.add_object(generic.StreamObject(stream_data=content.render()))
    page = PageObject(contents=stream, media_box=(0, 0, 612, 792), resources=content.resources.as_pdf_object())
    writer.insert_page(page)


def updated(document: bytes, *, pages: int = 1) -> bytes:
    """Return the PDF with pages appended as an incremental update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(document))
    for _ in range(pages):
        add_page(writer, "Added later")
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()
