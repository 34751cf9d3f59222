"""The signatures of a PDF: what each covers and what was done to the document afterwards (ISO 32000-1 §12.8).

A signature covers a revision. Everything appended later is judged: long-term validation data and further signatures are
let pass, nothing else, form filling neither.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum, unique

from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel, StandardDiffPolicy
from pyhanko.sign.diff_analysis.form_rules_api import FormUpdatingRule
from pyhanko.sign.diff_analysis.rules.form_field_rules import SigFieldCreationRule, SigFieldModificationRule
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from openjpki.documents.cms import SignatureFacts, judge_signature, read_signed_data
from openjpki.documents.embedded import EvidenceUnreadable, read_dss
from openjpki.documents.evidence import NOTHING_EMBEDDED, Embedded
from openjpki.documents.findings import Check, Finding, found

MAGIC = b"%PDF-"
MAGIC_WITHIN = 1024
"""Readers accept the header anywhere in the first 1024 bytes (ISO 32000-1 Annex H.3)."""
PADES = "/ETSI.CAdES.detached"
SUBFILTERS = frozenset({PADES, "/adbe.pkcs7.detached"})
"""Verification goes by the encoding: the older one is what Japanese registration filings use."""
MAX_SIGNATURES = 64
"""Signatures judged in one document; each is compared with every later revision."""

_POLICY = StandardDiffPolicy(
    global_rules=DEFAULT_DIFF_POLICY.global_rules,
    form_rule=FormUpdatingRule(field_rules=[SigFieldCreationRule(), SigFieldModificationRule()]),
)
"""The library's own rules without the one that lets form fields be filled in after signing."""
_HEX = re.compile(rb"<(?:[0-9A-Fa-f]{2})*>")


@unique
class Changes(Enum):
    """What was appended after the signature."""

    NONE = "none"
    ARCHIVAL = "archival-data"
    """Validation data, time-stamps, metadata: what the library calls LTA updates."""
    SIGNATURES = "further-signatures"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class PdfSignature:
    """One signature field, read and judged as far as the file goes."""

    field: str
    facts: SignatureFacts
    whole_file: bool = False
    """Whether it reaches from the first byte to the last one; an earlier signature cannot."""
    changes: Changes | None = None


@dataclass(frozen=True, kw_only=True)
class PdfReading:
    """All signatures of a PDF, or why there are none."""

    findings: tuple[Finding, ...] = ()
    signatures: tuple[PdfSignature, ...] = ()
    embedded: Embedded = NOTHING_EMBEDDED
    """The document security store."""


def is_pdf(document: bytes) -> bool:
    """Tell whether the bytes begin as a PDF does; a CMS message that carries a PDF inside is none."""
    is_der = document[:1] == b"\x30" and document[1:2] >= b"\x80"
    return MAGIC in document[:MAGIC_WITHIN] and not is_der


def read_pdf(document: bytes, *, spare: Sequence[bytes] = ()) -> PdfReading:
    """Read and judge every signature of a PDF. Whatever the library raises becomes a finding."""
    try:
        reader = PdfFileReader(io.BytesIO(document), strict=True)
        if reader.encrypted:
            return PdfReading(findings=(found(Check.ENCRYPTED),))
        fields = list(enumerate_sig_fields(reader, filled_status=True))
    except Exception as error:  # noqa: BLE001  -- hostile PDFs raise KeyError, OSError, AssertionError and more
        return PdfReading(findings=(found(Check.UNREADABLE, reason=type(error).__name__),))
    if len(fields) > MAX_SIGNATURES:
        return PdfReading(findings=(found(Check.UNREADABLE, reason=f"{len(fields)} signatures"),))
    findings, embedded = [], NOTHING_EMBEDDED
    try:
        embedded = read_dss(reader)
    except EvidenceUnreadable as error:
        findings.append(found(Check.EVIDENCE_UNREADABLE, reason=error))
    known = (*spare, *embedded.certificates)
    signatures = [_judged(reader, document, name, field, known) for name, _, field in fields]
    judged = tuple(signature for signature in signatures if signature is not None)
    if len(judged) < len(fields):
        findings.append(found(Check.TIMESTAMP_UNJUDGED))
    if not judged:
        findings.append(found(Check.NO_SIGNATURE))
    return PdfReading(findings=tuple(findings), signatures=judged, embedded=embedded)


def _judged(
    reader: PdfFileReader, document: bytes, name: str, field: DictionaryObject, spare: Sequence[bytes]
) -> PdfSignature | None:
    """Judge one field; None for a document time-stamp, which is no signature of a person."""
    try:
        value = field.get_object()["/V"]
        if value.get("/Type") == "/DocTimeStamp":
            return None
        encoding = str(value.get("/SubFilter"))
        if encoding not in SUBFILTERS:
            return PdfSignature(field=name, facts=SignatureFacts(findings=(found(Check.SUBFILTER, found=encoding),)))
        signature = EmbeddedPdfSignature(reader, field, name)
        signed = read_signed_data(signature.pkcs7_content, padded=True)
        facts = judge_signature(
            signed,
            digest_of=signature.compute_digest,
            spare=spare,
            must_name_certificate=encoding == PADES,
        )
        findings, changes = _coverage(signature, document)
        facts = replace(
            facts,
            findings=(*findings, *facts.findings),
            claimed=facts.claimed or _utc(signature.self_reported_timestamp),
        )
        return PdfSignature(
            field=name,
            facts=facts,
            whole_file=signature.coverage is SignatureCoverageLevel.ENTIRE_FILE,
            changes=changes,
        )
    except Exception as error:  # noqa: BLE001  -- as above, for one field
        return PdfSignature(
            field=name, facts=SignatureFacts(findings=(found(Check.UNREADABLE, reason=type(error).__name__),))
        )


def _coverage(signature: EmbeddedPdfSignature, document: bytes) -> tuple[list[Finding], Changes | None]:
    """Whole coverage first, then the modifications; neither alone says anything about the other."""
    if not _explained(signature, document):
        return [found(Check.BYTE_RANGE)], None
    signature.compute_integrity_info(diff_policy=_POLICY)
    last = signature.signed_revision == signature.reader.xrefs.total_revisions - 1
    if signature.coverage < SignatureCoverageLevel.ENTIRE_REVISION or (
        last and signature.coverage is not SignatureCoverageLevel.ENTIRE_FILE
    ):
        return [found(Check.BYTE_RANGE)], None
    changes = _changes(signature)
    if changes is Changes.OTHER:
        return [found(Check.ALTERED_AFTER_SIGNING)], changes
    return ([found(Check.SIGNED_AGAIN)] if changes is Changes.SIGNATURES else []), changes


def _explained(signature: EmbeddedPdfSignature, document: bytes) -> bool:
    """Tell whether the gap of the /ByteRange is the /Contents string and nothing more (ISO 32000-1 §12.8.1)."""
    numbers = [int(number) for number in signature.byte_range]
    if len(numbers) != 4 or numbers[0] != 0 or min(numbers) < 0:  # noqa: PLR2004  -- two pairs of offset and length
        return False
    _, gap, after, rest = numbers
    if not gap < after <= after + rest <= len(document):
        return False
    hole = document[gap:after]
    return _HEX.fullmatch(hole) is not None and bytes.fromhex(hole[1:-1].decode()) == signature.pkcs7_content


def _changes(signature: EmbeddedPdfSignature) -> Changes:
    result: object = signature.diff_result
    if not isinstance(result, DiffResult) or not signature.summarise_integrity_info()["docmdp_ok"]:
        return Changes.OTHER
    return {
        ModificationLevel.NONE: Changes.NONE,
        ModificationLevel.LTA_UPDATES: Changes.ARCHIVAL,
        ModificationLevel.FORM_FILLING: Changes.SIGNATURES,
    }.get(result.modification_level, Changes.OTHER)


def _utc(claimed: datetime | None) -> datetime | None:
    """Return a PDF date in UTC; one without an offset is taken as UTC (ISO 32000-1 §7.9.4 leaves it open)."""
    if claimed is None:
        return None
    return claimed.replace(tzinfo=UTC) if claimed.tzinfo is None else claimed.astimezone(UTC)
