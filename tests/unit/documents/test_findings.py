import string

import pytest

from openjpki.documents.findings import Check, found
from openjpki.documents.indications import SubIndication


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
    }


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
