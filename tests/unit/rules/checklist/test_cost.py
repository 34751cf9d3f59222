from datetime import date, timedelta
from typing import Any

import pytest

from openjpki.rules.fees import NoFeeRow, ReasonOfAnother
from openjpki.rules.kinds import (
    Applicant,
    FeeReason,
    Power,
    Procedure,
)
from openjpki.rules.remaking import NotNearExpiry
from openjpki.rules.representation import Claim
from tests.unit.rules.checklist.interviews import (
    NATIONAL,
    ON,
    asked,
    codes,
)

AGENT, HOUSEHOLD = Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD
PARENT = Claim(power=Power.PARENT, same_household=True)


@pytest.mark.parametrize(
    ("procedure", "answers", "yen", "rule"),
    [
        (Procedure.NEW, {}, 0, "R-4.1"),
        (Procedure.NEW, {"signature_expires": ON - timedelta(days=1)}, 0, "R-4.1"),
        (Procedure.REISSUE, {"signature_expires": date(2028, 6, 10)}, 200, "R-4.2"),
        (Procedure.REISSUE, {}, 0, "R-4.1"),
        (Procedure.REISSUE, {"reason": FeeReason.OWN_REQUEST}, 200, "R-4.2"),
        (Procedure.NEW, {"reason": FeeReason.CARD_LOST}, 1000, "R-4.1"),
        (Procedure.PIN_RESET, {}, 0, "R-4.1"),
    ],
)
def test_what_it_costs(procedure: Procedure, answers: dict[str, Any], yen: int, rule: str) -> None:
    """S-18, S-27; R-4.1, R-4.2; E-29 to E-31: the highest of the certificates, or the card made anew with them."""
    found = asked(procedure, **answers)

    assert found.fee is not None
    assert (found.fee.yen, found.fee.rules) == (yen, (rule,))
    assert ("fee.remake" in codes(found)) is (yen == 1000)


@pytest.mark.parametrize(
    ("procedure", "ends", "yen"),
    [
        (Procedure.NEW, None, 1),
        (Procedure.REISSUE, None, 2),
        (Procedure.NEW, ON - timedelta(days=1), 3),
        (Procedure.REISSUE, ON, 4),
        (Procedure.RENEWAL, ON, 4),
        (Procedure.REISSUE, date(2026, 7, 31), 4),
        (Procedure.REISSUE, date(2026, 8, 1), 200),
    ],
)
def test_why_it_is_issued(procedure: Procedure, ends: date | None, yen: int) -> None:
    """R-4.1, R-4.2; S-18, S-27: by the last day, itself included, and by the window's first."""
    table = NATIONAL.with_settings({"fee_table": "first=1;attributes-changed=2;after-expiry=3;renewal=4"})
    found = asked(procedure, policy=table, signature_expires=ends, authentication_expires=ends)

    assert found.fee is not None
    assert found.fee.yen == yen


@pytest.mark.parametrize(
    ("procedure", "reason"),
    [
        (Procedure.RENEWAL, FeeReason.CARD_LOST),
        (Procedure.RENEWAL, FeeReason.AFTER_EXPIRY),
        (Procedure.NEW, FeeReason.RENEWAL),
        (Procedure.REISSUE, FeeReason.FIRST),
        (Procedure.PIN_RESET, FeeReason.FIRST),
        (Procedure.HOLD, FeeReason.CARD_LOST),
    ],
)
def test_a_reason_of_another_procedure_is_refused(procedure: Procedure, reason: FeeReason) -> None:
    """R-2.2 to R-2.4, R-4.1: a lost card is made anew, not renewed: nothing is reckoned from answers that contradict each other."""
    with pytest.raises(ReasonOfAnother, match=r"fees\.other-procedure"):
        asked(procedure, reason=reason)


def test_a_card_far_from_its_end_is_no_reason() -> None:
    """R-4.1: a card is made anew for its end with less than three months left."""
    near: dict[str, Any] = {"reason": FeeReason.CARD_NEAR_EXPIRY}

    assert asked(Procedure.NEW, card_expires=date(2026, 7, 31), **near).means == "same_day"
    with pytest.raises(NotNearExpiry):
        asked(Procedure.NEW, card_expires=date(2026, 8, 1), **near)


def test_a_table_without_the_case_is_told() -> None:
    """R-4.1: no fee is made up."""
    with pytest.raises(NoFeeRow):
        asked(Procedure.NEW, policy=NATIONAL.with_settings({"fee_table": "renewal=0"}))
