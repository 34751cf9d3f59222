"""Verify a document: read its signatures, then judge each signer by the evidence, at a moment.

ETSI EN 319 102-1 §5.3, validation of basic signatures. The verdict passes only if every signature passes.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from openjpki.documents.cms import SignatureFacts, judge_signature, read_signed_data
from openjpki.documents.currency import StatusRules
from openjpki.documents.evidence import Evidence
from openjpki.documents.findings import Check, found
from openjpki.documents.judgement import DEFAULT_RULES, judge_signer
from openjpki.documents.limits import check_size
from openjpki.documents.pdf import is_pdf, read_pdf
from openjpki.documents.report import Inquiry, Report, SignatureReport, Subject
from openjpki.documents.stamp import judge_stamp, stamp_certificate
from openjpki.pki.path import Requirements


def verify_pdf(
    document: bytes,
    *,
    policies: Collection[str],
    evidence: Evidence,
    at: datetime,
    inquiry: Inquiry | None = None,
    rules: StatusRules = DEFAULT_RULES,
) -> Report:
    """Judge every signature of a PDF at a moment (UTC-aware), with the validation data it carries.

    `policies` are the accepted certificate policies, dotted. Raises `EmptyDocument` and `DocumentTooLarge`; whatever
    else is wrong is in the report.
    """
    check_size(len(document))
    reading = read_pdf(document, spare=evidence.certificates)
    requirements = Requirements.document(policies)
    known = evidence.with_embedded(reading.embedded)
    signatures = tuple(
        replace(
            _signature(one.facts, known, requirements, at, rules),
            field=one.field,
            whole_file=one.whole_file,
            changes=None if one.changes is None else one.changes.value,
        )
        for one in reading.signatures
    )
    return Report(
        subject=Subject.PDF,
        at=at,
        signatures=signatures,
        findings=reading.findings,
        sha256=hashlib.sha256(document).hexdigest(),
        inquiry=inquiry,
    )


def verify_cms(
    message: bytes,
    *,
    content: bytes | None,
    policies: Collection[str],
    evidence: Evidence,
    at: datetime,
    inquiry: Inquiry | None = None,
    rules: StatusRules = DEFAULT_RULES,
) -> Report:
    """Judge a CMS signature over `content`, or over what it carries inside, at a moment (UTC-aware).

    If the content is inside and given as well, both must be the same. Raises `EmptyDocument` and `DocumentTooLarge`;
    whatever else is wrong is in the report.
    """
    check_size(len(message))
    if content is not None:
        check_size(len(content))
    facts = _read_cms(message, content, evidence.certificates)
    signature = _signature(facts, evidence, Requirements.document(policies), at, rules)
    return Report(
        subject=Subject.CMS,
        at=at,
        signatures=(signature,),
        sha256=hashlib.sha256(message if content is None else content).hexdigest(),
        inquiry=inquiry,
    )


def signers_of(document: bytes, *, spare: Sequence[bytes] = ()) -> tuple[bytes, ...]:
    """Return the certificates (DER) that signed or time-stamped a PDF or a CMS, as far as they can be found.

    Evidence is to be gathered about them.
    """
    if is_pdf(document):
        found_facts = [one.facts for one in read_pdf(document, spare=spare).signatures]
    else:
        found_facts = [_read_cms(document, None, spare)]
    signers = [facts.certificate for facts in found_facts]
    authorities = [stamp_certificate(token) for facts in found_facts for token in facts.stamps]
    return tuple(dict.fromkeys(der for der in (*signers, *authorities) if der is not None))


def content_of(message: bytes) -> bytes | None:
    """Return what a CMS signature carries inside, None if it carries nothing or cannot be read; it is not judged."""
    check_size(len(message))
    try:
        inside = read_signed_data(message)["encap_content_info"]["content"].native
    except Exception:  # noqa: BLE001  -- hostile bytes raise whatever they like in the parser
        return None
    return inside if isinstance(inside, bytes) else None


def _read_cms(message: bytes, content: bytes | None, spare: Sequence[bytes]) -> SignatureFacts:
    try:
        signed = read_signed_data(message)
        inside = signed["encap_content_info"]["content"].native
        covered = inside if content is None else content
        facts = judge_signature(signed, digest_of=lambda name: _digest(name, covered), spare=spare)
    except Exception as error:  # noqa: BLE001  -- hostile bytes raise whatever they like in the parser
        return SignatureFacts(findings=(found(Check.UNREADABLE, reason=type(error).__name__),))
    if content is not None and inside not in (None, content):
        return replace(facts, findings=(found(Check.CONTENT_DIFFERS), *facts.findings))
    return facts


def _digest(name: str, content: bytes | None) -> bytes | None:
    return None if content is None else hashlib.new(name, content).digest()


def _signature(
    facts: SignatureFacts, evidence: Evidence, requirements: Requirements, at: datetime, rules: StatusRules
) -> SignatureReport:
    """Join what the signature says with the judgement on its signer; without a certificate there is no signer."""
    known = evidence.with_embedded(facts.embedded)
    report = SignatureReport(findings=facts.findings, claimed=facts.claimed, digest=facts.digest, scheme=facts.scheme)
    if facts.certificate is None:
        return report
    stamps = [judge_stamp(token, stamped=facts.value, evidence=known, at=at, rules=rules) for token in facts.stamps]
    proven = min((stamp.by for stamp in stamps if stamp.by is not None), default=None)
    judged = judge_signer(
        facts.certificate,
        claimed=facts.claimed,
        evidence=known,
        requirements=requirements,
        at=at,
        proven=proven,
        rules=rules,
    )
    remarks = [
        found(Check.STAMP_PROVES_NOTHING, reason=stamp.problem.value) for stamp in stamps if stamp.problem is not None
    ]
    return replace(
        report,
        findings=(*facts.findings, *remarks, *judged.findings),
        proven=proven,
        certificate=judged.certificate,
        status=judged.status,
        attributes=judged.attributes,
    )
