"""The signatures of a PDF: what each covers and what was done to the document afterwards (ISO 32000-1 §12.8).

A signature covers a revision. Everything appended later is judged twice: by `pdf_changes`, and by the library's rules.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum, unique

from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel, StandardDiffPolicy
from pyhanko.sign.diff_analysis.constants import ROOT_EXEMPT_STRICT_COMPARISON
from pyhanko.sign.diff_analysis.form_rules_api import FormUpdatingRule
from pyhanko.sign.diff_analysis.rules.file_structure_rules import CatalogModificationRule
from pyhanko.sign.diff_analysis.rules.form_field_rules import SigFieldCreationRule, SigFieldModificationRule
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from openjpki.documents.cms import SignatureFacts, judge_signature, read_signed_data
from openjpki.documents.embedded import EvidenceUnreadable, read_dss
from openjpki.documents.evidence import NOTHING_EMBEDDED, Embedded
from openjpki.documents.findings import Check, Finding, found
from openjpki.documents.pdf_changes import MAX_REVISIONS, History, Seal
from openjpki.documents.pdf_graph import Place, place
from openjpki.documents.stamp import is_sound_stamp

MAGIC = b"%PDF-"
MAGIC_WITHIN = 1024
"""Readers accept the header anywhere in the first 1024 bytes (ISO 32000-1 Annex H.3)."""
PADES = "/ETSI.CAdES.detached"
SUBFILTERS = frozenset({PADES, "/adbe.pkcs7.detached"})
"""Verification goes by the encoding: the older one is what Japanese registration filings use."""
STAMP = "/ETSI.RFC3161"
"""The encoding of a document time-stamp (ETSI EN 319 142-1 §5.4.3)."""
MAX_SIGNATURES = 64
"""Signatures judged in one document; the library compares each with every later revision."""

_POLICY = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(ignored_keys=ROOT_EXEMPT_STRICT_COMPARISON - {"/MarkInfo"}),
        *DEFAULT_DIFF_POLICY.global_rules[1:],
    ],
    form_rule=FormUpdatingRule(
        field_rules=[SigFieldCreationRule(), SigFieldModificationRule(allow_in_place_appearance_stream_changes=False)],
        ignored_acroform_keys=frozenset({"/Fields", "/SigFlags"}),
    ),
)
"""The library's rules, which account for every redefined object and know certifications and locks; what a signature
field may bring is judged by `pdf_changes` besides, because these let any field in with any appearance."""
_END = re.compile(rb"%%EOF[\0\t\n\f\r ]*\Z")
_END_WITHIN = 1024
"""Where readers look for the end (ISO 32000-1 Annex H.3)."""
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


@dataclass(frozen=True, kw_only=True)
class _Field:
    """One signature field with a value, read by itself."""

    name: str
    facts: SignatureFacts
    stamp: bool
    signature: EmbeddedPdfSignature | None = None
    """None if it cannot be judged any further."""
    covers: bool = False
    """Its own revision wholly, and the file to the last byte if that revision is the last."""
    whole_file: bool = False
    value: Place | None = None
    seal: Seal | None = None


_NO_FACTS = SignatureFacts(findings=())


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
        if reader.xrefs.total_revisions > MAX_REVISIONS:
            return PdfReading(findings=(found(Check.UNREADABLE, reason=f"{reader.xrefs.total_revisions} revisions"),))
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
    read = [_read(reader, document, name, field, known) for name, _, field in fields]
    history = History(reader, {one.value: one.seal for one in read if one.value is not None and one.seal is not None})
    signatures = tuple(_judged(one, document, history) for one in read if not one.stamp)
    if len(signatures) < len(fields):
        findings.append(found(Check.TIMESTAMP_UNJUDGED))
    if not signatures:
        findings.append(found(Check.NO_SIGNATURE))
    return PdfReading(findings=tuple(findings), signatures=signatures, embedded=embedded)


def _read(reader: PdfFileReader, document: bytes, name: str, field: DictionaryObject, spare: Sequence[bytes]) -> _Field:
    """Judge one field by itself; what came after it is judged when all are read."""
    stamp = False
    try:
        raw = field.get_object().raw_get("/V")
        value = raw.get_object()
        stamp = value.get("/Type") == "/DocTimeStamp"
        encoding = str(value.get("/SubFilter"))
        if encoding not in ({STAMP} if stamp else SUBFILTERS):
            facts = SignatureFacts(findings=(found(Check.SUBFILTER, found=encoding),))
            return _Field(name=name, facts=facts, stamp=stamp)
        signature = EmbeddedPdfSignature(reader, field, name)
        level = _level(signature, document)
        last = signature.signed_revision == reader.xrefs.total_revisions - 1
        whole_file = level is SignatureCoverageLevel.ENTIRE_FILE
        covers = whole_file or (level is SignatureCoverageLevel.ENTIRE_REVISION and not last)
        if stamp:
            facts, sound = _NO_FACTS, covers and _is_stamp(signature, document, spare)
        else:
            facts = judge_signature(
                read_signed_data(signature.pkcs7_content, padded=True),
                digest_of=signature.compute_digest,
                spare=spare,
                must_name_certificate=encoding == PADES,
            )
            facts = replace(facts, claimed=facts.claimed or _utc(signature.self_reported_timestamp))
            sound = covers and all(finding.sub_indication is None for finding in facts.findings)
        return _Field(
            name=name,
            facts=facts,
            stamp=stamp,
            signature=signature,
            covers=covers,
            whole_file=whole_file,
            value=place(raw) if isinstance(raw, IndirectObject) else None,
            seal=Seal(revision=signature.signed_revision, stamp=stamp) if sound else None,
        )
    except Exception as error:  # noqa: BLE001  -- as above, for one field
        return _Field(name=name, facts=_unreadable(error), stamp=stamp)


def _judged(read: _Field, document: bytes, history: History) -> PdfSignature:
    """Add what was done to the document since."""
    if read.signature is None:
        return PdfSignature(field=read.name, facts=read.facts)
    try:
        findings, changes = _since(read, document, history)
    except Exception as error:  # noqa: BLE001  -- as above
        return PdfSignature(field=read.name, facts=_unreadable(error))
    facts = replace(read.facts, findings=(*findings, *read.facts.findings))
    return PdfSignature(field=read.name, facts=facts, whole_file=read.whole_file, changes=changes)


def _unreadable(error: Exception) -> SignatureFacts:
    return SignatureFacts(findings=(found(Check.UNREADABLE, reason=type(error).__name__),))


def _is_stamp(signature: EmbeddedPdfSignature, document: bytes, spare: Sequence[bytes]) -> bool:
    """Tell whether a document time-stamp is one, over everything but its own value."""
    _, gap, after, rest = (int(number) for number in signature.byte_range)
    stamped = document[:gap] + document[after : after + rest]
    return is_sound_stamp(signature.pkcs7_content, stamped=stamped, spare=spare)


def _level(signature: EmbeddedPdfSignature, document: bytes) -> SignatureCoverageLevel:
    """Tell how far a signature reaches; not at all with a gap that is more than its value, or in a hybrid file."""
    if not _explained(signature, document):
        return SignatureCoverageLevel.UNCLEAR
    signature.compute_integrity_info(skip_diff=True)
    return signature.evaluate_signature_coverage()


def _since(read: _Field, document: bytes, history: History) -> tuple[list[Finding], Changes | None]:
    """Whole coverage first, then the modifications; neither alone says anything about the other."""
    if read.whole_file:
        return [], Changes.NONE
    if not read.covers or read.signature is None or _END.search(document, len(document) - _END_WITHIN) is None:
        return [found(Check.BYTE_RANGE)], None
    since = history.since(read.signature.signed_revision)
    if since.altered or not _let_pass(read.signature):
        return [found(Check.ALTERED_AFTER_SIGNING)], Changes.OTHER
    findings = [found(Check.DRAWN_AFTER_SIGNING)] if since.drawn else []
    if since.signed:
        return [*findings, found(Check.SIGNED_AGAIN)], Changes.SIGNATURES
    return findings, Changes.ARCHIVAL


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


def _let_pass(signature: EmbeddedPdfSignature) -> bool:
    """Ask the library's rules, and whether the signature's own certification or lock allows what they let pass."""
    signature.compute_integrity_info(diff_policy=_POLICY)
    result: object = signature.diff_result
    return (
        isinstance(result, DiffResult)
        and result.modification_level <= ModificationLevel.FORM_FILLING
        and bool(signature.summarise_integrity_info()["docmdp_ok"])
    )


def _utc(claimed: datetime | None) -> datetime | None:
    """Return a PDF date in UTC; one without an offset is taken as UTC (ISO 32000-1 §7.9.4 leaves it open)."""
    if claimed is None:
        return None
    return claimed.replace(tzinfo=UTC) if claimed.tzinfo is None else claimed.astimezone(UTC)
