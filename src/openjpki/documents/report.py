"""One report for every kind of signature: what was asked, the verdict and why, whose certificate, what it rests on.

The shape is written down in `docs/verification.md`. Verdicts are not set, they follow from the findings; a signature
without a complete chain and a good status cannot pass even if nothing was found.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, unique
from hashlib import sha256
from typing import Any

from openjpki.documents.findings import Finding
from openjpki.documents.indications import Indication, SubIndication, gravest
from openjpki.documents.status import StatusJudgement, StatusVerdict
from openjpki.errors import Kind
from openjpki.pki.crl_reading import CrlStatus
from openjpki.pki.ocsp_reading import OcspStatus
from openjpki.rules.person import CertifiedAttributes


@unique
class Subject(Enum):
    """What was verified."""

    PDF = "pdf"
    CMS = "cms"
    LOGIN = "login"


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """Who asked and on what ground; a report about a person says so."""

    asked_by: str
    ground: str


@dataclass(frozen=True, kw_only=True)
class SignerCertificate:
    """The facts of the signer's certificate. The subject is an opaque identifier, no name."""

    der: bytes = field(repr=False)
    kind: str
    """"signature", "authentication" or "unknown", by the certificate policy."""
    serial: int
    subject: str
    not_before: datetime
    not_after: datetime
    policies: tuple[str, ...]
    anchor: bytes | None = field(repr=False)
    """The CA certificate (DER) whose key signed it; None if no trusted one did."""

    def as_data(self) -> dict[str, Any]:
        """Return JSON-ready data; certificates as SHA-256 fingerprints."""
        return {
            "kind": self.kind,
            "serial": str(self.serial),
            "subject": self.subject,
            "not_before": moment_text(self.not_before),
            "not_after": moment_text(self.not_after),
            "policies": list(self.policies),
            "sha256": sha256(self.der).hexdigest(),
            "issuer_sha256": None if self.anchor is None else sha256(self.anchor).hexdigest(),
        }


@dataclass(frozen=True, kw_only=True)
class SignatureReport:
    """The judgement on one signature."""

    findings: tuple[Finding, ...]
    field: str | None = None
    """The PDF's signature field."""
    claimed: datetime | None = None
    """The signing time by the signer's own word, UTC; nothing proves it at level B-B."""
    proven: datetime | None = None
    """The moment by which a time-stamp proves the signature to exist, UTC."""
    digest: str | None = None
    scheme: str | None = None
    whole_file: bool | None = None
    changes: str | None = None
    certificate: SignerCertificate | None = None
    status: StatusJudgement | None = None
    attributes: CertifiedAttributes | None = None

    @property
    def sub_indication(self) -> SubIndication | None:
        """Return the gravest reason, None if it passed."""
        reason = gravest(finding.sub_indication for finding in self.findings)
        if reason is None and not self._complete:
            return SubIndication.GENERIC
        return reason

    @property
    def indication(self) -> Indication:
        """Return the verdict."""
        reason = self.sub_indication
        return Indication.TOTAL_PASSED if reason is None else reason.indication

    @property
    def _complete(self) -> bool:
        """Whether everything that a pass needs is there: a certificate under an anchor, and a good status."""
        chained = self.certificate is not None and self.certificate.anchor is not None
        return chained and self.status is not None and self.status.verdict is StatusVerdict.GOOD

    def as_data(self) -> dict[str, Any]:
        """Return JSON-ready data; it contains the four attributes."""
        return {
            "field": self.field,
            "indication": self.indication.value,
            "sub_indication": None if self.sub_indication is None else self.sub_indication.value,
            "claimed_signing_time": moment_text(self.claimed),
            "proven_to_exist_by": moment_text(self.proven),
            "digest": self.digest,
            "scheme": self.scheme,
            "whole_file": self.whole_file,
            "changes_after": self.changes,
            "certificate": None if self.certificate is None else self.certificate.as_data(),
            "status": None if self.status is None else _status_data(self.status),
            "attributes": None if self.attributes is None else _attribute_data(self.attributes),
            "findings": [finding.as_data() for finding in self.findings],
        }


@dataclass(frozen=True, kw_only=True)
class Report:
    """The judgement on a document or a login, at a moment."""

    subject: Subject
    at: datetime
    signatures: tuple[SignatureReport, ...] = ()
    findings: tuple[Finding, ...] = ()
    """About the whole; each signature has its own."""
    sha256: str | None = None
    """Of the bytes that were judged, hex."""
    inquiry: Inquiry | None = None

    @property
    def sub_indication(self) -> SubIndication | None:
        """Return the gravest reason of the whole and of all signatures."""
        own = [finding.sub_indication for finding in self.findings]
        reason = gravest([*own, *(signature.sub_indication for signature in self.signatures)])
        return SubIndication.GENERIC if reason is None and not self.signatures else reason

    @property
    def indication(self) -> Indication:
        """Return the verdict: the worst of all signatures."""
        reason = self.sub_indication
        return Indication.TOTAL_PASSED if reason is None else reason.indication

    @property
    def kind(self) -> Kind | None:
        """Return what the verdict means to a caller: None passed, else its value is the exit status."""
        return self.indication.kind

    def as_data(self) -> dict[str, Any]:
        """Return the report as JSON-ready data."""
        inquiry = self.inquiry
        return {
            "subject": self.subject.value,
            "at": moment_text(self.at),
            "indication": self.indication.value,
            "sub_indication": None if self.sub_indication is None else self.sub_indication.value,
            "sha256": self.sha256,
            "inquiry": None if inquiry is None else {"asked_by": inquiry.asked_by, "ground": inquiry.ground},
            "findings": [finding.as_data() for finding in self.findings],
            "signatures": [signature.as_data() for signature in self.signatures],
        }


def moment_text(moment: datetime | None) -> str | None:
    """Return a moment as RFC 3339 in UTC."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _attribute_data(attributes: CertifiedAttributes) -> Mapping[str, Any]:
    return {
        "name": attributes.name,
        "name_substitutions": attributes.name_substitutions,
        "address": attributes.address,
        "address_substitutions": attributes.address_substitutions,
        "birth_date": attributes.birth_date.isoformat(),
        "sex": attributes.sex.value,
    }


def _status_data(status: StatusJudgement) -> dict[str, Any]:
    reason = status.reason
    return {
        "verdict": status.verdict.value,
        "revoked_at": moment_text(status.revoked_at),
        "reason": None if reason is None else reason.value,
        "ocsp": {"says": status.ocsp.word} | _times(status.ocsp.status),
        "crl": {"says": status.crl.word} | _times(status.crl.status),
    }


def _times(status: OcspStatus | CrlStatus | None) -> dict[str, str | None]:
    if status is None:
        return {}
    return {"this_update": moment_text(status.this_update), "next_update": moment_text(status.next_update)}
