"""The signature itself: one SignerInfo over some content (RFC 5652 §5, RFC 5035, ETSI EN 319 122-1 §5)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from asn1crypto import cms, x509
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.general import check_ess_certid, find_cms_attribute_iter
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import (
    extract_self_reported_ts,
    get_signing_cert_attr,
    validate_sig_integrity,
)

from openjpki.documents.embedded import EvidenceUnreadable, read_cms_evidence
from openjpki.documents.evidence import NOTHING_EMBEDDED, Embedded
from openjpki.documents.findings import Check, Finding, found
from openjpki.documents.limits import MAX_DOCUMENT, MAX_SIGNATURE
from openjpki.pki.keys import key_identifier

DIGESTS = frozenset({"sha256", "sha384", "sha512"})
"""Accepted digests. SHA-1 is refused even where old clients still make it."""
SCHEMES = {"rsa": "rsassa_pkcs1v15", "ec": "ecdsa"}
"""The one signature scheme for each kind of key that a card makes."""

_VERSIONS = frozenset((outer, inner) for outer in ("v1", "v3", "v4", "v5") for inner in ("v1", "v3"))
"""Versions of SignedData and SignerInfo (RFC 5652 §5.1, §5.3). Nothing signs them, and there are no others."""

MAX_STAMPS = 8
"""Time-stamps looked at in one signature, and the earliest that holds counts; there is one, as a rule."""

DigestOf = Callable[[str], bytes | None]
"""Gives the digest of the signed content by the algorithm's name (one of `DIGESTS`); None if the content is not here."""


@dataclass(frozen=True, kw_only=True)
class SignatureFacts:
    """What the signature says, and what is wrong with it as a signature; its certificate is not judged yet."""

    findings: tuple[Finding, ...]
    certificate: bytes | None = field(default=None, repr=False)
    """The signer's certificate, DER."""
    claimed: datetime | None = None
    """The signing time that the signer claims, UTC."""
    digest: str | None = None
    scheme: str | None = None
    value: bytes = field(default=b"", repr=False)
    """The signature value, which a signature's time-stamp is over."""
    stamps: tuple[bytes, ...] = field(default=(), repr=False)
    """Time-stamp tokens (DER) in the unsigned attributes; none is judged yet."""
    embedded: Embedded = NOTHING_EMBEDDED
    """Validation data in the CMS."""


class Unreadable(Exception):
    """The bytes are no CMS SignedData of one signer; it becomes a finding, never a refusal of its own."""


def read_signed_data(encoded: bytes, *, padded: bool = False) -> cms.SignedData:
    """Parse a CMS SignedData; `padded` allows the zero bytes that fill up a PDF's /Contents.

    Raises `Unreadable`, or whatever the parser raises on hostile bytes.
    """
    if len(encoded) > (MAX_SIGNATURE if padded else MAX_DOCUMENT + MAX_SIGNATURE):
        message = "too large"
        raise Unreadable(message)
    message = cms.ContentInfo.load(encoded, strict=not padded)
    if padded and encoded[len(message.dump()) :].strip(b"\0"):
        text = "bytes after the signature"
        raise Unreadable(text)
    if message["content_type"].native != "signed_data":
        text = "not SignedData"
        raise Unreadable(text)
    signed: cms.SignedData = message["content"]
    if len(signed["signer_infos"]) != 1:
        text = f"{len(signed['signer_infos'])} signers"
        raise Unreadable(text)
    if (signed["version"].native, signed["signer_infos"][0]["version"].native) not in _VERSIONS:
        text = "version"
        raise Unreadable(text)
    return signed


def judge_signature(
    signed: cms.SignedData, *, digest_of: DigestOf, spare: Sequence[bytes] = (), must_name_certificate: bool = False
) -> SignatureFacts:
    """Judge integrity: attributes, the certificate they name, algorithms, the content's digest, the signature value.

    `spare` are certificates (DER) that may be missing inside; `must_name_certificate` asks for signing-certificate-v2.
    """
    signer = signed["signer_infos"][0]
    claimed = None if signer["signed_attrs"].native is None else extract_self_reported_ts(signer)
    digest = str(signer["digest_algorithm"]["algorithm"].native)
    facts = SignatureFacts(
        findings=(),
        claimed=None if claimed is None else claimed.astimezone(UTC),
        digest=digest,
        scheme=scheme_of(signer),
        value=bytes(signer["signature"].native),
        stamps=_stamps(signer),
    )
    content_type = signed["encap_content_info"]["content_type"].native
    if content_type != "data":
        return replace(facts, findings=(found(Check.CONTENT_TYPE, found=content_type),))
    if signer["signed_attrs"].native is None:
        return replace(facts, findings=(found(Check.SIGNED_ATTRIBUTES, reason="none"),))
    certificate = signer_certificate(signed, spare)
    if certificate is None:
        return replace(facts, findings=(found(Check.CERTIFICATE_MISSING),))
    findings = [*_reference(signer, must_name_certificate=must_name_certificate)]
    try:
        facts = replace(facts, embedded=read_cms_evidence(signed))
    except EvidenceUnreadable as error:
        findings.append(found(Check.EVIDENCE_UNREADABLE, reason=error))
    unfit = _algorithm(signer, certificate)
    if unfit is not None:
        findings.append(unfit)
    else:
        findings.extend(_integrity(signer, certificate, digest_of(digest)))
    return replace(facts, findings=tuple(findings), certificate=certificate.dump())


def signer_certificate(signed: cms.SignedData, spare: Sequence[bytes] = ()) -> x509.Certificate | None:
    """Return the certificate that the SignerIdentifier names, by issuer and serial or by key identifier.

    Every generation of a CA has the same name, so issuer and serial may name several: signing-certificate-v2, which
    holds a hash, decides between them.
    """
    signer = signed["signer_infos"][0]
    inside = [choice.chosen.untag() for choice in signed["certificates"] if choice.name == "certificate"]
    known = [*inside, *(x509.Certificate.load(one) for one in spare)]
    named = [certificate for certificate in known if _is_named(certificate, signer["sid"])]
    reference = None if signer["signed_attrs"].native is None else get_signing_cert_attr(signer["signed_attrs"])
    if reference is not None:
        named.sort(key=lambda certificate: not check_ess_certid(certificate, reference["certs"][0]))
    return named[0] if named else None


def scheme_of(signer: cms.SignerInfo) -> str:
    """Return the signature scheme by the library's name, or the algorithm's own if it is none of them."""
    algorithm = signer["signature_algorithm"]
    try:
        return str(algorithm.signature_algo)
    except ValueError:
        return str(algorithm["algorithm"].native)


def _stamps(signer: cms.SignerInfo) -> tuple[bytes, ...]:
    if signer["unsigned_attrs"].native is None:
        return ()
    tokens = [token.dump() for token in find_cms_attribute_iter(signer["unsigned_attrs"], "signature_time_stamp_token")]
    return tuple(tokens[:MAX_STAMPS])


def _is_named(certificate: x509.Certificate, identifier: cms.SignerIdentifier) -> bool:
    if identifier.name == "issuer_and_serial_number":
        named = identifier.chosen
        return bool(
            certificate.issuer == named["issuer"] and certificate.serial_number == named["serial_number"].native
        )
    key = identifier.chosen.native
    return key in (certificate.key_identifier, key_identifier(certificate.public_key.dump()))


def _reference(signer: cms.SignerInfo, *, must_name_certificate: bool) -> list[Finding]:
    """RFC 5035 §3: the signed attributes name the certificate, so that another one cannot take its place."""
    if get_signing_cert_attr(signer["signed_attrs"]) is not None:
        return []
    return [found(Check.NO_CERTIFICATE_REFERENCE if must_name_certificate else Check.CERTIFICATE_UNREFERENCED)]


def _algorithm(signer: cms.SignerInfo, certificate: x509.Certificate) -> Finding | None:
    digest, scheme = signer["digest_algorithm"]["algorithm"].native, scheme_of(signer)
    if digest not in DIGESTS:
        return found(Check.ALGORITHM, found=digest)
    if SCHEMES.get(certificate.public_key.algorithm) != scheme:
        return found(Check.ALGORITHM, found=scheme)
    try:
        signed_digest = signer["signature_algorithm"].hash_algo
    except ValueError:  # rsaEncryption names no digest; the digest algorithm of the SignerInfo holds (RFC 3370 §3.2)
        signed_digest = digest
    return None if signed_digest == digest else found(Check.ALGORITHM, found=f"{signed_digest}/{digest}")


def _integrity(signer: cms.SignerInfo, certificate: x509.Certificate, digest: bytes | None) -> list[Finding]:
    attributes = signer["signed_attrs"]
    for name in ("content_type", "message_digest", "signing_time"):
        count = len(list(find_cms_attribute_iter(attributes, name)))
        if count > 1 or (count == 0 and name != "signing_time"):
            return [found(Check.SIGNED_ATTRIBUTES, reason=name)]
    try:
        intact, valid = validate_sig_integrity(signer, certificate, "data", digest or b"")
    except SignatureValidationError as error:
        if error.ades_subindication is AdESIndeterminate.NO_SIGNING_CERTIFICATE_FOUND:
            return [found(Check.CERTIFICATE_NOT_BOUND)]
        return [found(Check.SIGNED_ATTRIBUTES, reason=error.failure_message)]
    findings = []
    if digest is None:
        findings.append(found(Check.CONTENT_MISSING))
    elif not intact:
        findings.append(found(Check.HASH))
    if not valid:
        findings.append(found(Check.SIGNATURE_VALUE))
    return findings
