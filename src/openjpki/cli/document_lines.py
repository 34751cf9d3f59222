"""A verification report as a person reads it: the verdict first, then each signature, then what was found."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from openjpki.cli.card_facts import SEXES
from openjpki.documents.findings import Finding, spoken
from openjpki.documents.indications import Indication
from openjpki.documents.report import Report, SignatureReport
from openjpki.errors import Language
from openjpki.rules.dates import in_japan
from openjpki.rules.person import CertifiedAttributes

_VERDICTS: Mapping[Indication, Mapping[Language, str]] = {
    Indication.TOTAL_PASSED: {"ja": "署名は有効です。", "en": "The signature is valid."},
    Indication.TOTAL_FAILED: {"ja": "署名は有効ではありません。", "en": "The signature is not valid."},
    Indication.INDETERMINATE: {
        "ja": "署名が有効かどうか確定できません。",
        "en": "Whether the signature is valid cannot be established.",
    },
}
_LABELS: Mapping[str, Mapping[Language, str]] = {
    "signature": {"ja": "署名", "en": "Signature"},
    "claimed": {"ja": "署名日時(署名者の申告)", "en": "Signing time (the signer's claim)"},
    "proven": {"ja": "遅くともこの時までに署名(タイムスタンプ)", "en": "Signed by then at the latest (time-stamp)"},
    "certificate": {"ja": "証明書", "en": "Certificate"},
    "status": {"ja": "失効の確認", "en": "Status"},
    "name": {"ja": "氏名", "en": "Name"},
    "address": {"ja": "住所", "en": "Address"},
    "birth_date": {"ja": "生年月日", "en": "Born"},
    "sex": {"ja": "性別", "en": "Sex"},
}


def report_lines(report: Report, language: Language) -> tuple[str, ...]:
    """Return the report's lines; they show the four attributes to whoever asked for the verification."""
    lines = [_headline(report, language), *_findings(report.findings, language)]
    for number, signature in enumerate(report.signatures, 1):
        lines.extend(_signature(number, signature, language))
    return tuple(lines)


def trust_line(folder: Path, language: Language) -> str:
    """Return whose CAs the verdict rests on: a folder that came with the document proves nothing."""
    words = {"ja": "信頼した認証局のフォルダー", "en": "Trusted certification authorities"}
    return f"{words[language]}: {folder.resolve()}"


def _headline(report: Report, language: Language) -> str:
    reason = report.sub_indication
    words = report.indication.value if reason is None else f"{report.indication.value} / {reason.value}"
    return f"{_VERDICTS[report.indication][language]} [{words}]"


def _signature(number: int, signature: SignatureReport, language: Language) -> Iterator[str]:
    reason = signature.sub_indication
    verdict = signature.indication.value if reason is None else f"{signature.indication.value} / {reason.value}"
    title = _LABELS["signature"][language]
    yield f"{title} {number}{f' ({signature.field})' if signature.field else ''}: {verdict}"
    if signature.claimed is not None:
        yield _line("claimed", _moment(signature.claimed), language)
    if signature.proven is not None:
        yield _line("proven", _moment(signature.proven), language)
    if signature.certificate is not None:
        certificate = signature.certificate
        period = f"{_moment(certificate.not_before)} - {_moment(certificate.not_after)}"
        yield _line("certificate", f"No. {certificate.serial}, {period}", language)
    if signature.attributes is not None:
        yield from _attributes(signature.attributes, language)
    if signature.status is not None:
        ocsp, crl = spoken(signature.status.ocsp.word, language), spoken(signature.status.crl.word, language)
        yield _line("status", f"OCSP: {ocsp}, CRL: {crl}", language)
    yield from _findings(signature.findings, language)


def _attributes(attributes: CertifiedAttributes, language: Language) -> Iterator[str]:
    yield _line("name", _flagged(attributes.name, attributes.name_substitutions, language), language)
    yield _line("address", _flagged(attributes.address, attributes.address_substitutions, language), language)
    yield _line("birth_date", attributes.birth_date.isoformat(), language)
    yield _line("sex", SEXES[attributes.sex][language], language)


def _flagged(text: str, flags: str, language: Language) -> str:
    """Tell which characters stand for others that the certificate cannot carry (R-1.9)."""
    places = ", ".join(str(place) for place, flag in enumerate(flags, 1) if flag == "1")
    if not places:
        return text
    if language == "ja":
        return f"{text}(代替文字: {places}文字目)"
    which = f"character {places} is a substitute" if places.isdecimal() else f"characters {places} are substitutes"
    return f"{text} ({which}: a certificate cannot hold the character of the register)"


def _findings(findings: tuple[Finding, ...], language: Language) -> Iterator[str]:
    for finding in findings:
        yield f"  [{finding.code}] {finding.message(language)}"


def _line(label: str, text: str, language: Language) -> str:
    return f"  {_LABELS[label][language]}: {text}"


def _moment(moment: datetime) -> str:
    return f"{in_japan(moment):%Y-%m-%d %H:%M:%S} JST"
