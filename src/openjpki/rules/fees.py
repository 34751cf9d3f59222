"""What an issue costs (R-4.1, R-4.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from openjpki.errors import Failure, Kind
from openjpki.rules.era import Told
from openjpki.rules.kinds import FeeReason, Procedure
from openjpki.rules.policy import Policy
from openjpki.rules.settings import FeeRow
from openjpki.rules.words import word


class NoFeeRow(Failure):
    """The fee table says nothing of the case on that day."""

    code = "fees.no-row"
    kind = Kind.USAGE
    ja = "設定 fee_table には、{on:ja}の「{reason_ja}」の手数料がありません。"
    en = 'The setting fee_table has no row for "{reason}" on {on:en}.'


class ReasonOfAnother(Failure):
    """The reason is one of another procedure."""

    code = "fees.other-procedure"
    kind = Kind.USAGE
    ja = "「{reason_ja}」は「{procedure_ja}」の理由になりません。手続きか理由を選び直してください。"
    en = 'The reason "{reason}" is none of the procedure "{procedure}". Choose another procedure or another reason.'


@dataclass(frozen=True, kw_only=True)
class Fee:
    """What one visit costs: all certificates together, and the card if it is re-made."""

    yen: int
    rules: tuple[str, ...]


_REASONS: Mapping[Procedure, frozenset[FeeReason]] = {
    Procedure.RENEWAL: frozenset({FeeReason.RENEWAL}),
    Procedure.NEW: frozenset(FeeReason) - {FeeReason.RENEWAL},
    Procedure.REISSUE: frozenset(FeeReason) - {FeeReason.FIRST},
}
"""Why a procedure issues certificates; inside its window a re-issue counts as a renewal. The others issue none."""


def goes_with(reason: FeeReason, procedure: Procedure) -> bool:
    """Say whether a procedure can issue for a reason (R-2.2 to R-2.4, R-4.1): no card is made anew in a renewal."""
    return reason in _REASONS.get(procedure, frozenset())


def check_reason(reason: FeeReason | None, procedure: Procedure) -> None:
    """Refuse a reason that is none of the procedure's; raises `ReasonOfAnother`."""
    if reason is not None and not goes_with(reason, procedure):
        raise ReasonOfAnother(
            reason=reason.value,
            reason_ja=word(reason, "ja"),
            procedure=procedure.value,
            procedure_ja=word(procedure, "ja"),
        )


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
        raise NoFeeRow(reason=reason.value, reason_ja=word(reason, "ja"), on=Told.of(on))
    return Fee(yen=rows[-1].yen, rules=("R-4.1",))


def _in_force(row: FeeRow, on: date) -> bool:
    return (row.since or on) <= on <= (row.until or on)
