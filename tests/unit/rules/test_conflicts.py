from datetime import date

import pytest

from openjpki.rules.documents import DocumentKind, ShownDocument, examine
from openjpki.rules.eligibility import eligibility
from openjpki.rules.fees import fee
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import (
    Applicant,
    CardState,
    CertificateState,
    FeeReason,
    PinKind,
    Procedure,
)
from openjpki.rules.pins import BadDigitsPin, check_pin
from openjpki.rules.policy import Policy
from openjpki.rules.renewal import renewal_window
from openjpki.rules.revocation import state_at_expiry
from openjpki.rules.validity import authentication_expiry, signature_expiry
from tests.unit.rules.questions import AUTHENTICATION, BORN, EXPIRES, FAR, LEAP, ON, end_of, may_sign, renewed, routed

NATIONAL = Policy.preset("national")
PAGE = Policy.preset("page")
BOTH = pytest.mark.parametrize("policy", [NATIONAL, PAGE], ids=["national", "page"])


def _told(findings: tuple[Finding, ...], code: str) -> str:
    """Return what the clerk reads out and asks for under a code that must be among the findings."""
    (finding,) = (finding for finding in findings if finding.code == code)
    return finding.ja + finding.bring_ja


def _codes(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.code for finding in findings]


@BOTH
def test_cf_1_the_window_opens_on_the_day_after(policy: Policy) -> None:
    """CF-1, R-3.8; S-23, S-24, S-31, S-32: for 15 August both presets refuse 15 May, name 16 May, and serve it."""
    expires = date(2026, 8, 15)
    early = renewed(policy, date(2026, 5, 15), expires)

    assert not early.open
    assert "更新期間は令和8年（2026年）5月16日（土）から" in _told(early.findings, "renewal.not-yet")
    assert "令和8年（2026年）5月18日（月）以降の開庁日" in _told(early.findings, "renewal.not-yet")
    assert renewed(policy, date(2026, 5, 16), expires).open


def test_cf_2_the_expiry_day_is_the_last_day() -> None:
    """CF-2, R-3.4, R-3.6, R-3.8; S-31, S-32: renewed by the law; by the page's letter a new issue, with the same end."""
    expires = date(2020, 4, 23)
    late = renewed(PAGE, expires, expires)

    assert renewed(NATIONAL, expires, expires).open
    assert not late.open
    assert "令和2年（2020年）4月22日（水）で終わりました" in _told(late.findings, "renewal.over")
    assert "新規発行のため" in _told(late.findings, "renewal.over")
    assert renewed(PAGE, date(2020, 4, 22), expires).open
    assert end_of(NATIONAL, EXPIRES, EXPIRES) == end_of(PAGE, EXPIRES) == date(2031, 6, 10)


def test_cf_3_a_document_or_the_pin() -> None:
    """CF-3, R-2.20, R-6.3; S-13, S-14, S-43 to S-45: a document is enough by the law; the page wants the PIN at an issue."""
    national = routed(NATIONAL, Procedure.NEW, own="drivers-licence")
    page = routed(PAGE, Procedure.NEW, own="drivers-licence")
    renewed = routed(PAGE, Procedure.RENEWAL, own="drivers-licence")

    assert (national.route, page.route, renewed.route) == ("same_day", "inquiry", "same_day")
    assert "再設定してから手続きします" in _told(national.findings, "identity.pin-reset-first")
    assert "即日では発行できません" in _told(page.findings, "identity.pin-must-match")
    assert "再設定してから手続きします" in _told(renewed.findings, "identity.pin-reset-first")


@BOTH
def test_cf_3_neither(policy: Policy) -> None:
    """CF-3, R-2.24; S-14, S-15: with neither PIN nor document the letter goes to the holder under both presets."""
    found = routed(policy, Procedure.NEW)

    assert found.route == "inquiry"
    assert "照会書兼回答書をご本人あてに郵送します" in _told(found.findings, "identity.inquiry")


def test_cf_4_what_the_authentication_certificate_limits() -> None:
    """CF-4, R-3.1, R-3.2; S-19 to S-22: the signature certificate by the law, both certificates by the page's letter."""
    case = {"issued": date(2024, 5, 1), "born": BORN, "card_expires": FAR, "authentication_expires": EXPIRES}

    assert signature_expiry(NATIONAL, **case).expires == signature_expiry(PAGE, **case).expires == EXPIRES
    assert authentication_expiry(NATIONAL, **case).expires == date(2028, 6, 10)
    assert authentication_expiry(PAGE, **case).expires == EXPIRES


def test_cf_5_an_agent_in_one_visit() -> None:
    """CF-5, R-2.23, R-2.24; S-16, S-46 to S-54: with the sealed form at once; by the page's letter never on the same day."""
    national = routed(
        NATIONAL, Procedure.RENEWAL, Applicant.VOLUNTARY_AGENT, pin=True, agent="drivers-licence", form="sealed"
    )
    page = routed(PAGE, Procedure.RENEWAL, Applicant.VOLUNTARY_AGENT, pin=True, agent="drivers-licence", form="sealed")

    assert (national.route, page.route) == ("same_day", "inquiry")
    assert "なるべく代理人を介さず" in _told(national.findings, "agent.holder-preferred")
    assert "代理人の手続きは、即日ではできません" in _told(page.findings, "agent.two-visits")


@BOTH
def test_cf_6_adult_wards(policy: Policy) -> None:
    """CF-6, R-1.7; S-08: refused under both presets, whether accompanied or not; a municipality may serve both together."""
    for both in (False, True):
        found = may_sign(policy, ward=True, both=both)

        assert not found.eligible
        assert "成年被後見人のかたには原則として発行されません" in _told(
            found.findings, "eligibility.ward_or_under15_principle"
        )
    accompanied = may_sign(policy.with_settings({"ward_sign_if_accompanied": "true"}), ward=True, both=True)

    assert accompanied.eligible
    assert "お考えを確認" in _told(accompanied.findings, "eligibility.accompanied")


def test_cf_7_what_is_free() -> None:
    """CF-7, R-4.1, R-4.2; S-18, S-27: the page's 200 yen where practice is free; the first and the four items never cost."""
    amounts = {
        reason: (fee(NATIONAL, reason=reason, on=ON).yen, fee(PAGE, reason=reason, on=ON).yen) for reason in FeeReason
    }
    differing = {reason for reason, (national, page) in amounts.items() if national != page}

    assert differing == {
        FeeReason.RENEWAL,
        FeeReason.AFTER_EXPIRY,
        FeeReason.AFTER_HOLD,
        FeeReason.CARD_NEAR_EXPIRY,
    }
    assert {amounts[reason] for reason in differing} == {(0, 200)}
    assert amounts[FeeReason.FIRST] == amounts[FeeReason.ATTRIBUTES_CHANGED] == (0, 0)


def test_cf_8_expired_is_called_revoked() -> None:
    """CF-8, R-3.10; S-35: the page's 失効 is a name."""
    assert state_at_expiry(NATIONAL) is CertificateState.EXPIRED
    assert state_at_expiry(PAGE) is CertificateState.REVOKED


@BOTH
def test_cf_8_an_expired_card_needs_a_new_card(policy: Policy) -> None:
    """CF-8, R-1.2; S-55: the sentence that is cut off; both presets close the certificate route and say what to do."""
    found = eligibility(policy, kind=AUTHENTICATION, born=BORN, on=ON, card=CardState.EXPIRED)

    assert not found.eligible
    assert "先に新しいマイナンバーカードの交付を申請してください" in _told(found.findings, "eligibility.card-expired")


def test_cf_9_the_health_insurance_card() -> None:
    """CF-9, R-2.21; S-44, S-62: no document since 2025-12-01 ended; by the page's letter it still is."""
    national = routed(NATIONAL, Procedure.RENEWAL, own="health-insurance-card")
    page = routed(PAGE, Procedure.RENEWAL, own="health-insurance-card")

    assert (national.route, page.route) == ("inquiry", "same_day")
    assert "令和7年（2025年）12月1日（月）をもって" in _told(national.findings, "identity.document-not-accepted")
    assert "資格確認書" in _told(national.findings, "identity.document-not-accepted")
    assert "identity.document-not-accepted" not in _codes(page.findings)


@pytest.mark.parametrize(
    ("on", "policy", "counts"),
    [
        (date(2025, 12, 1), NATIONAL, True),
        (date(2025, 12, 2), NATIONAL, False),
        (date(2025, 12, 2), PAGE, True),
    ],
    ids=["last day", "day after", "day after, page"],
)
def test_cf_9_the_last_day_is_included(on: date, policy: Policy, counts: bool) -> None:  # noqa: FBT001  -- a column of the table
    """CF-9, R-2.21: it counts through 2025-12-01."""
    examined = examine(policy, [ShownDocument(kind=DocumentKind.HEALTH_INSURANCE_CARD)], on)

    assert (DocumentKind.HEALTH_INSURANCE_CARD in examined.counted) is counts


@BOTH
def test_cf_10_the_sixth_birthday(policy: Policy) -> None:
    """CF-10, R-3.3; S-19: the page is silent, so that both presets give a renewal inside the window the 6th birthday."""
    assert end_of(policy, date(2026, 3, 11), EXPIRES) == date(2031, 6, 10)
    assert end_of(policy, date(2026, 3, 10), EXPIRES) == date(2030, 6, 10)


@BOTH
def test_cf_11_a_notice_that_is_early_or_lost(policy: Policy) -> None:
    """CF-11, R-7.1; S-33, S-40, S-50: it opens nothing and blocks nothing under both presets."""
    early = renewed(policy, date(2026, 3, 10), notice=True)

    assert not early.open
    assert "通知が届いていても、更新期間前には手続きできません" in _told(early.findings, "renewal.not-yet")
    assert renewed(policy, date(2026, 3, 11), notice=False).open


@BOTH
def test_cf_12_card_and_certificate_end_together(policy: Policy) -> None:
    """CF-12, R-7.5: the card first, under both presets."""
    found = renewed(policy, date(2026, 6, 1), card=EXPIRES)

    assert not found.open
    assert "先に新しいマイナンバーカードの交付を申請してください" in _told(found.findings, "renewal.card-first")


@BOTH
def test_cf_13_four_pins(policy: Policy) -> None:
    """CF-13, R-6.1, R-6.5; S-42, S-56: the page names two PINs; the window handles four, and their forms agree."""
    assert policy.window_pins == tuple(PinKind)
    assert check_pin(PinKind.SIGNATURE, "ABC123", policy) == "ABC123"
    for kind in set(PinKind) - {PinKind.SIGNATURE}:
        assert check_pin(kind, "1234", policy) == "1234"
        with pytest.raises(BadDigitsPin) as refused:
            check_pin(kind, "ABC123", policy)
        assert "数字4桁で設定してください" in refused.value.message("ja")


@BOTH
def test_cf_14_month_ends_and_leap_days(policy: Policy) -> None:
    """CF-14, R-3.8, R-3.9; S-31: no such day → the 1st of the next month; 29 February → 28 February."""
    opens = {renewal_window(policy, date(2026, 5, day)).opens for day in (29, 30, 31)}

    assert opens == {date(2026, 3, 1)}
    assert authentication_expiry(policy, issued=date(2021, 3, 1), born=LEAP, card_expires=FAR).expires == date(
        2026, 2, 28
    )
