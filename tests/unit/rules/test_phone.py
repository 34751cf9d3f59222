import pytest

from openjpki.rules.kinds import Applicant, CertificateKind
from openjpki.rules.phone import PhoneIssue, phone_issue

BOTH = frozenset(CertificateKind)


def _asked(
    applicant: Applicant = Applicant.SELF,
    *,
    online: bool = True,
    in_force: frozenset[CertificateKind] = BOTH,
    pin_matches: bool = True,
) -> PhoneIssue:
    return phone_issue(applicant=applicant, online=online, in_force=in_force, pin_matches=pin_matches)


def _codes(found: PhoneIssue) -> list[str]:
    return [finding.code for finding in found.findings]


def test_the_holder_online_with_card_and_pin() -> None:
    """R-2.11: at once, with a word on what to do before the phone is given away."""
    found = _asked()

    assert found.open
    assert _codes(found) == ["phone.at-once"]
    assert "初期化しても" in found.findings[0].bring_ja


@pytest.mark.parametrize("applicant", [one for one in Applicant if one is not Applicant.SELF])
def test_nobody_else_may(applicant: Applicant) -> None:
    """R-2.11: neither a legal representative nor an agent nor the household."""
    found = _asked(applicant)

    assert not found.open
    assert _codes(found) == ["phone.holder-only"]


def test_not_at_the_window() -> None:
    """R-2.11: online only."""
    assert _codes(_asked(online=False)) == ["phone.online-only"]


@pytest.mark.parametrize(
    ("in_force", "pin_matches", "code"),
    [
        (BOTH, False, "phone.pin-needed"),
        (frozenset({CertificateKind.SIGNATURE}), True, "phone.at-once"),
        (frozenset({CertificateKind.AUTHENTICATION}), True, "phone.signature-first"),
        (frozenset(), False, "phone.signature-first"),
    ],
)
def test_the_signature_pin_is_needed(in_force: frozenset[CertificateKind], pin_matches: bool, code: str) -> None:  # noqa: FBT001  -- a column of the table
    """R-2.11: card and signature PIN; without a signature certificate there is no PIN to ask, and no second refusal."""
    assert _codes(_asked(in_force=in_force, pin_matches=pin_matches)) == [code]


def test_every_reason_is_told() -> None:
    """R-2.11: nobody is sent away twice."""
    found = _asked(Applicant.HOUSEHOLD, online=False, pin_matches=False)

    assert not found.open
    assert _codes(found) == ["phone.holder-only", "phone.online-only", "phone.pin-needed"]
