from datetime import date

import pytest

from openjpki.rules.kinds import CertificateKind
from openjpki.story.words import BECAUSE_EN, BECAUSE_JA, KIND_EN, KIND_JA, day_ja


def test_a_day_is_told_in_both_calendars() -> None:
    """Era and Gregorian year stand side by side."""
    assert day_ja(date(2026, 11, 22)) == "令和8年11月22日(2026-11-22)"
    assert day_ja(date(2019, 5, 1)) == "令和元年5月1日(2019-05-01)"


@pytest.mark.parametrize("kind", list(CertificateKind))
def test_both_certificates_have_their_legal_names(kind: CertificateKind) -> None:
    """The words of the law in Japanese, the house's words in English."""
    assert KIND_JA[kind].endswith("用電子証明書")
    assert KIND_EN[kind] == f"{kind.value} certificate"


def test_both_languages_know_the_same_reasons() -> None:
    """A limit that can be told in one language can be told in the other (R-3.1, R-3.3, R-3.5)."""
    assert set(BECAUSE_JA) == set(BECAUSE_EN)
