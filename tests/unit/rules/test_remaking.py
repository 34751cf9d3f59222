from datetime import date
from typing import Any

import pytest

from openjpki.rules.fees import NoFeeRow
from openjpki.rules.kinds import FeeReason
from openjpki.rules.policy import Policy
from openjpki.rules.remaking import (
    REMADE,
    NoExpress,
    NotNearExpiry,
    NotRemade,
    Voided,
    near_expiry,
    refund,
    remaking_fee,
)

NATIONAL = Policy.preset("national")
PAGE = Policy.preset("page")
ON = date(2026, 3, 11)
CHARGED = {
    FeeReason.CARD_LOST,
    FeeReason.CARD_DAMAGED,
    FeeReason.CONTINUED_USE_MISSED,
    FeeReason.STAY_MISSED,
}


@pytest.mark.parametrize("reason", [*filter(REMADE.__contains__, FeeReason)], ids=str)
def test_a_card_made_anew(reason: FeeReason) -> None:
    """R-4.1; E-31: own fault, loss and a missed term cost 800 and 200 yen; all other reasons are free."""
    found = remaking_fee(NATIONAL, reason=reason, on=ON)

    assert (found.card_yen, found.certificates_yen) == ((800, 200) if reason in CHARGED else (0, 0))
    assert found.yen == found.card_yen + found.certificates_yen
    assert found.rules == ("R-4.1",)


@pytest.mark.parametrize(
    ("certificates", "express", "yen"),
    [(True, False, 1000), (False, False, 800), (True, True, 2000), (False, True, 1800)],
)
def test_with_and_without(certificates: bool, express: bool, yen: int) -> None:  # noqa: FBT001  -- columns of the table
    """R-4.1: one 200 yen covers both certificates; within a week 1,000 yen more."""
    found = remaking_fee(NATIONAL, reason=FeeReason.CARD_LOST, on=ON, certificates=certificates, express=express)

    assert found.yen == yen
    assert [finding.code for finding in found.findings] == ["fee.remake"]
    assert f"{yen:,}円" in found.findings[0].bring("ja")
    assert f"{found.card_yen:,}円" in found.findings[0].ja


def test_express_is_free_where_the_card_is() -> None:
    """R-4.1: an error of the office costs nothing in a week either; the surcharge is a setting."""
    dearer = NATIONAL.with_settings({"fee_express_surcharge": "1500"})

    assert remaking_fee(NATIONAL, reason=FeeReason.OFFICE_ERROR, on=ON, express=True).yen == 0
    assert remaking_fee(dearer, reason=FeeReason.CARD_LOST, on=ON, express=True).yen == 2500


def test_express_has_a_first_day() -> None:
    """R-4.1: 特急発行 is there from 2024-12-02."""
    first = date(2024, 12, 2)

    assert remaking_fee(NATIONAL, reason=FeeReason.CARD_LOST, on=first, express=True).yen == 2000
    with pytest.raises(NoExpress, match=r"fees\.no-express.*2024-12-02"):
        remaking_fee(NATIONAL, reason=FeeReason.CARD_LOST, on=date(2024, 12, 1), express=True)
    with pytest.raises(NoExpress) as refused:
        remaking_fee(NATIONAL, reason=FeeReason.CARD_LOST, on=date(2024, 12, 1), express=True)
    assert "令和6年（2024年）12月2日（月）から" in refused.value.message("ja")


@pytest.mark.parametrize(
    ("reason", "code"),
    [(FeeReason.CARD_DISASTER, "fee.disaster-proof"), (FeeReason.CARD_STOLEN, "fee.theft-proof")],
)
def test_a_free_reason_is_shown(reason: FeeReason, code: str) -> None:
    """R-4.1: disaster and theft are free; the paper that shows them is named."""
    (finding,) = remaking_fee(NATIONAL, reason=reason, on=ON).findings

    assert finding.code == code
    assert finding.bring("ja")


def test_the_page_charges_for_a_card_near_its_end() -> None:
    """CF-7; S-18: like a renewal, 200 yen for the certificates and nothing for the card."""
    found = remaking_fee(PAGE, reason=FeeReason.CARD_NEAR_EXPIRY, on=ON)

    assert (found.card_yen, found.certificates_yen) == (0, 200)


def test_which_reasons_make_a_card() -> None:
    """R-4.1: all but those of a certificate's issue alone."""
    assert frozenset(FeeReason) - REMADE == {
        FeeReason.FIRST,
        FeeReason.RENEWAL,
        FeeReason.AFTER_EXPIRY,
        FeeReason.ATTRIBUTES_CHANGED,
        FeeReason.OWN_REQUEST,
        FeeReason.AFTER_HOLD,
    }


def test_other_reasons_make_no_card() -> None:
    """R-4.1: a renewal is no reason for a new card; a table without the row gives no amount."""
    with pytest.raises(NotRemade, match=r"fees\.no-remaking"):
        remaking_fee(NATIONAL, reason=FeeReason.RENEWAL, on=ON)
    with pytest.raises(NoFeeRow):
        remaking_fee(NATIONAL.with_settings({"fee_table": "renewal=0"}), reason=FeeReason.CARD_LOST, on=ON)


@pytest.mark.parametrize(
    ("on", "near"),
    [("2026-03-10", False), ("2026-03-11", True), ("2026-06-10", True), ("2026-06-11", True)],
)
def test_less_than_three_months(on: str, near: bool) -> None:  # noqa: FBT001  -- a column of the table
    """R-4.1, R-3.8: a card to 2026-06-10 is made anew free of charge from 2026-03-11, also when expired."""
    assert near_expiry(NATIONAL, card_expires=date(2026, 6, 10), on=date.fromisoformat(on)) is near


def test_a_card_far_from_its_end_is_not_made_anew_for_it() -> None:
    """R-4.1: free of charge only with less than three months left; for another reason its end is of no account."""
    near: dict[str, Any] = {"card_expires": date(2026, 6, 10), "on": date(2026, 3, 11)}
    far: dict[str, Any] = {"card_expires": date(2026, 6, 11), "on": date(2026, 3, 11)}

    assert remaking_fee(NATIONAL, reason=FeeReason.CARD_NEAR_EXPIRY, **near).yen == 0
    assert remaking_fee(NATIONAL, reason=FeeReason.CARD_DAMAGED, **far).yen == 1000
    with pytest.raises(NotNearExpiry, match=r"fees\.not-near-expiry.*2026-03-12"):
        remaking_fee(NATIONAL, reason=FeeReason.CARD_NEAR_EXPIRY, **far)


def test_the_first_day_for_a_card_near_its_end_is_an_open_one() -> None:
    """R-4.1, R-4.7: the days are told as people read them, and the first is one on which the window is open."""
    with pytest.raises(NotNearExpiry) as refused:  # less than three months from 2026-03-07, a Saturday
        remaking_fee(NATIONAL, reason=FeeReason.CARD_NEAR_EXPIRY, card_expires=date(2026, 6, 6), on=date(2026, 3, 6))

    assert "(令和8年（2026年）6月6日（土）)まで" in refused.value.message("ja")
    assert "令和8年（2026年）3月9日（月）からできます" in refused.value.message("ja")
    assert "runs to 2026-06-06 (Sat)" in refused.value.message("en")
    assert "from 2026-03-09 (Mon)" in refused.value.message("en")


@pytest.mark.parametrize(
    ("voided", "national", "strict"),
    [
        (Voided.OFFICE_FAULT, 1000, 1000),
        (Voided.NOT_HANDED_OVER, 1000, 0),
        (Voided.HOLDERS_WISH, 0, 0),
    ],
)
def test_what_is_paid_back(voided: Voided, national: int, strict: int) -> None:
    """R-4.2: before hand-over everything, or only where the office erred; given up afterwards, nothing."""
    office_fault = NATIONAL.with_settings({"refund_on_void": "office_fault"})

    for policy, yen in ((NATIONAL, national), (office_fault, strict)):
        found = refund(policy, paid=1000, voided=voided)

        assert (found.yen, found.rules) == (yen, ("R-4.2",))
        assert [finding.code for finding in found.findings] == ["fee.refunded" if yen else "fee.kept"]
        assert "1,000円" in found.findings[0].ja
        assert "1,000 yen" in found.findings[0].en


def test_nothing_paid_is_nothing_told() -> None:
    """R-4.2: a free issue that was voided says nothing of money."""
    assert refund(NATIONAL, paid=0, voided=Voided.NOT_HANDED_OVER).findings == ()
