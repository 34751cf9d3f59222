from datetime import UTC, datetime
from pathlib import Path

import pytest

from openjpki.cli.document_lines import report_lines, trust_line
from openjpki.documents.findings import Check, found
from openjpki.documents.report import Report, SignatureReport, Subject
from openjpki.errors import Language

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def _lines(*signatures: SignatureReport, language: Language = "en") -> list[str]:
    return list(report_lines(Report(subject=Subject.PDF, at=AT, signatures=signatures), language))


def test_a_signature_that_could_not_be_read_shows_its_finding_and_nothing_else() -> None:
    """Without a certificate, a time or a status there is nothing to show about them."""
    signature = SignatureReport(findings=(found(Check.UNREADABLE, reason="KeyError"),), field="Signature1")

    assert _lines(signature) == [
        "The signature is not valid. [TOTAL-FAILED / FORMAT_FAILURE]",
        "Signature 1 (Signature1): TOTAL-FAILED / FORMAT_FAILURE",
        "  [verify.unreadable] The signature cannot be read (KeyError).",
    ]


def test_moments_are_told_in_japanese_time() -> None:
    """What a person reads is JST; the JSON has UTC."""
    signature = SignatureReport(findings=(), claimed=AT)

    assert _lines(signature, language="ja")[1:] == [
        "署名 1: INDETERMINATE / GENERIC",
        "  署名日時(署名者の申告): 2026-11-23 12:00:00 JST",
    ]


@pytest.mark.parametrize(("language", "word"), [("ja", "この文書には署名がありません。"), ("en", "no signature")])
def test_findings_about_the_whole_come_first(language: Language, word: str) -> None:
    """The verdict, then why."""
    report = Report(subject=Subject.PDF, at=AT, findings=(found(Check.NO_SIGNATURE),))
    lines = report_lines(report, language)

    assert lines[1].startswith("  [verify.no-signature] ")
    assert word in lines[1]


@pytest.mark.parametrize(("language", "words"), [("ja", "信頼した認証局"), ("en", "Trusted certification authorities")])
def test_the_verdict_names_whose_word_it_rests_on(language: Language, words: str, tmp_path: Path) -> None:
    """A trust folder that came with the document would be seen: its whole path is told."""
    line = trust_line(tmp_path / "home" / ".." / "trust", language)

    assert line.startswith(words)
    assert line.endswith(str(tmp_path / "trust"))
