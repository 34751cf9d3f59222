import importlib
import re
import string
from pathlib import Path

import pytest

from openjpki.documents.findings import Check, found
from openjpki.documents.indications import SubIndication
from openjpki.errors import declared as declared_failures

DOCUMENTATION = (Path(__file__).parents[3] / "docs" / "verification.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("check", Check, ids=lambda check: check.value.code)
def test_both_sentences_use_the_same_data(check: Check) -> None:
    """A finding says the same in Japanese and in English."""
    ja, en = ({name for _, name, _, _ in string.Formatter().parse(text) if name} for text in _sentences(check))

    assert ja == en


def test_codes_are_unique_and_dotted() -> None:
    """A code is stable and stands for one check."""
    codes = [check.value.code for check in Check]

    assert len(set(codes)) == len(codes)
    assert all(code.startswith("verify.") for code in codes)


def test_a_finding_fills_its_sentences() -> None:
    """The data stand in both sentences and the JSON has them all."""
    finding = found(Check.ALGORITHM, found="sha1")

    assert finding.as_data() == {
        "code": "verify.algorithm",
        "severity": "refusal",
        "sub_indication": "CRYPTO_CONSTRAINTS_FAILURE",
        "ja": "署名のアルゴリズム(sha1)は認められていません。",
        "en": "The signature's algorithm (sha1) is not accepted.",
        "data": {"found": "sha1"},
    }


def test_moments_and_reasons_are_told_as_people_read_them() -> None:
    """The sentence has Japanese time and words, the data keep RFC 3339 and the code."""
    finding = found(Check.REVOKED, revoked_at="2026-11-22T15:00:00Z", reason="affiliation_changed")

    assert "(2026-11-23 00:00:00 JST、理由: 記載事項の変更)" in finding.message("ja")
    assert "(2026-11-23 00:00:00 JST, content changed)" in finding.message("en")
    assert finding.data["revoked_at"] == "2026-11-22T15:00:00Z"


def test_the_documentation_lists_every_check_with_its_reason() -> None:
    """docs/verification.md and the table here are equal, line by line."""
    documented = re.findall(r"^\| `(verify\.[a-z-]+)` \| ([A-Z_]+|remark) \|", DOCUMENTATION, re.MULTILINE)
    declared = [
        (check.value.code, "remark" if check.value.sub_indication is None else check.value.sub_indication.value)
        for check in Check
    ]

    assert documented == declared


def test_the_documentation_lists_every_refusal() -> None:
    """What `sign`, `verify` and a login refuse outright has its place there too."""
    for room in ("openjpki.cli.document_acts", "openjpki.documents.challenge"):
        importlib.import_module(room)
    rooms = ("openjpki.documents.", "openjpki.cli.document_acts")
    refusals = {failure.code for failure in declared_failures() if failure.__module__.startswith(rooms)}

    assert refusals
    assert {code for code in refusals if f"`{code}`" not in DOCUMENTATION} == set()


def test_a_remark_has_no_reason() -> None:
    """A finding without a sub-indication changes no verdict."""
    finding = found(Check.SIGNED_AGAIN)

    assert finding.sub_indication is None
    assert finding.as_data()["severity"] == "remark"


def test_every_reason_is_given_by_some_check() -> None:
    """No word of the vocabulary is idle, GENERIC excepted: it is also what an incomplete report says."""
    given = {check.value.sub_indication for check in Check}

    assert given - {None} == set(SubIndication)


def _sentences(check: Check) -> tuple[str, str]:
    return check.value.ja, check.value.en
