"""What an issue costs (R-4.1, R-4.2)."""

from dataclasses import dataclass
from datetime import date

from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import FeeReason
from openjpki.rules.policy import Policy
from openjpki.rules.settings import FeeRow


class NoFeeRow(Failure):
    """The fee table says nothing of the case on that day."""

    code = "fees.no-row"
    kind = Kind.USAGE
    ja = "設定 fee_table には、{on} の「{reason}」の手数料がありません。"
    en = 'The setting fee_table has no row for "{reason}" on {on}.'


@dataclass(frozen=True, kw_only=True)
class Fee:
    """What one visit costs: all certificates together, and the card if it is re-made."""

    yen: int
    rules: tuple[str, ...]


def fee(policy: Policy, *, reason: FeeReason, on: date) -> Fee:
    """Return the fee of a case on a day (R-4.1 to R-4.3; S-18, S-27); raise `NoFeeRow`.

    Of several rows in force the last one counts.
    """
    unsettled = {
        FeeReason.OWN_REQUEST: policy.fee_after_own_revocation,
        FeeReason.AFTER_HOLD: policy.fee_after_hold_found,
    }
    if reason in unsettled:
        return Fee(yen=unsettled[reason], rules=("R-4.2",))
    rows = [row for row in policy.fee_table if row.reason is reason and _in_force(row, on)]
    if not rows:
        raise NoFeeRow(reason=reason.value, on=on)
    return Fee(yen=rows[-1].yen, rules=("R-4.1",))


def _in_force(row: FeeRow, on: date) -> bool:
    return (row.since or on) <= on <= (row.until or on)
