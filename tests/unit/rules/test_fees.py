from datetime import date

import pytest

from openjpki.rules.era import spoken
from openjpki.rules.fees import NoFeeRow, fee
from openjpki.rules.kinds import FeeReason
from openjpki.rules.policy import Policy

NATIONAL = Policy.preset("national")
PAGE = Policy.preset("page")
ON = date(2026, 3, 11)


@pytest.mark.parametrize(
    ("reason", "national", "page"),
    [
        (FeeReason.FIRST, 0, 0),
        (FeeReason.RENEWAL, 0, 200),
        (FeeReason.AFTER_EXPIRY, 0, 200),
        (FeeReason.ATTRIBUTES_CHANGED, 0, 0),
        (FeeReason.CARD_LOST, 1000, 1000),
        (FeeReason.OWN_REQUEST, 200, 200),
        (FeeReason.AFTER_HOLD, 0, 200),
    ],
    ids=lambda value: value.value if isinstance(value, FeeReason) else str(value),
)
def test_fees(reason: FeeReason, national: int, page: int) -> None:
    """R-4.1, R-4.2; S-18, S-27; CF-7: E-29 (renewal), E-30 (after a move), E-31 (lost card), and the page's letter."""
    assert fee(NATIONAL, reason=reason, on=ON).yen == national
    assert fee(PAGE, reason=reason, on=ON).yen == page


def test_every_case_has_a_fee() -> None:
    """R-4.1, R-4.2: no reason is without an amount and a rule."""
    for reason in FeeReason:
        assert fee(NATIONAL, reason=reason, on=ON).rules in {("R-4.1",), ("R-4.2",)}


def test_rows_have_effective_dates() -> None:
    """R-4.1: a row counts between its days, both included; of several the last one counts."""
    policy = NATIONAL.with_settings(
        {"fee_table": "renewal=200@..2026-03-10;renewal=0@2026-03-11..;renewal=50@2027-01-01..2027-01-31"}
    )

    amounts = [
        fee(policy, reason=FeeReason.RENEWAL, on=date.fromisoformat(day)).yen
        for day in ("2026-03-10", "2026-03-11", "2027-01-01", "2027-01-31", "2027-02-01")
    ]

    assert amounts == [200, 0, 50, 50, 0]


def test_a_missing_row_is_refused() -> None:
    """A case that the table leaves out is never free by accident."""
    policy = NATIONAL.with_settings({"fee_table": "renewal=200"})
    with pytest.raises(NoFeeRow) as refused:
        fee(policy, reason=FeeReason.FIRST, on=ON)
    assert spoken(ON, "ja") in refused.value.message("ja")
    assert spoken(ON, "en") in refused.value.message("en")


def test_the_unsettled_fees_are_settings() -> None:
    """R-4.2: after the holder's own revocation, after a hold."""
    policy = NATIONAL.with_settings({"fee_after_own_revocation": "0", "fee_after_hold_found": "200"})

    assert fee(policy, reason=FeeReason.OWN_REQUEST, on=ON).yen == 0
    assert fee(policy, reason=FeeReason.AFTER_HOLD, on=ON).yen == 200
