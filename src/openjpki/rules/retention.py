"""How long each record is kept, and from which day it may be destroyed (R-2.26)."""

from dataclasses import dataclass
from datetime import date, timedelta

from openjpki.errors import Failure, Kind
from openjpki.rules.catalogue import find
from openjpki.rules.dates import months_after
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import RecordKind
from openjpki.rules.policy import Policy
from openjpki.rules.words import word

ISSUE_RECORD_YEARS = 10
"""A record of issue: from the day after the certificate's due expiry (old 施行令 art. 2–6)."""

_ONE_DAY = timedelta(days=1)
_OF_A_CERTIFICATE = frozenset({RecordKind.ISSUE, RecordKind.REVOCATION})


class ExpiryNeeded(Failure):
    """The term hangs on the certificate's due expiry, which was not given."""

    code = "retention.expiry-needed"
    kind = Kind.USAGE
    ja = "{record_ja}の保存期間は、電子証明書の本来の有効期間満了日から決まります。その日を指定してください。"
    en = "The term of {record} follows from the certificate's due expiry. Give that day."


@dataclass(frozen=True, kw_only=True)
class Retention:
    """The last day on which a record is kept, included; the first day on which it may be destroyed."""

    until: date
    destroy_from: date
    rules: tuple[str, ...]


def retention(policy: Policy, *, record: RecordKind, made: date, due_expiry: date | None = None) -> Retention:
    """Return how long a record is kept (R-2.26; S-28, S-60); raise `ExpiryNeeded`.

    `made`: the day on which the record came to be; `due_expiry`: the day on which its certificate ends or would have
    ended, revoked or not. No record goes before the day after it was made.
    """
    if record in _OF_A_CERTIFICATE:
        if due_expiry is None:
            raise ExpiryNeeded(record=record.value, record_ja=word(record, "ja"))
        until = _years_after(due_expiry, ISSUE_RECORD_YEARS) if record is RecordKind.ISSUE else due_expiry
    else:
        until = _years_after(made, _years(policy, record))
    until = max(until, made)
    return Retention(until=until, destroy_from=until + _ONE_DAY, rules=("R-2.26",))


def destruction(
    policy: Policy, *, record: RecordKind, made: date, due_expiry: date | None = None, on: date
) -> tuple[Finding, ...]:
    """Say whether a record may be destroyed on a day: a refusal before its term is over (R-2.26); raise `ExpiryNeeded`."""
    kept = retention(policy, record=record, made=made, due_expiry=due_expiry)
    if on < kept.destroy_from:
        return (find("retention.keep", until=kept.until, destroy=kept.destroy_from),)
    return (find("retention.over", until=kept.until),)


def _years(policy: Policy, record: RecordKind) -> int:
    return {
        RecordKind.APPLICATION: policy.paper_retention_years,
        RecordKind.IDENTITY_COPY: policy.copy_retention_years,
        RecordKind.AUDIT: policy.audit_retention_years,
    }[record]


def _years_after(day: date, years: int) -> date:
    """Return the last day of so many years counted from the day after a day (民法143: the day before the corresponding one).

    Where the corresponding day does not exist, 29 February in a common year, it is the last day of the month.
    """
    first = day + _ONE_DAY
    corresponding = months_after(first, 12 * years)
    return corresponding if corresponding.day != first.day else corresponding - _ONE_DAY
