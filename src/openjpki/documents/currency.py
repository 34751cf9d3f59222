"""When status evidence counts: the verifier's choices about clocks, ages and nonces, each a named setting.

Tolerance works one way only. A clock that runs ahead makes evidence seem to come from the future, and that is forgiven up
to `skew`; nothing lengthens the life of evidence beyond its nextUpdate.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, unique

from openjpki.errors import Failure, Kind

SKEW = timedelta(minutes=5)
"""How far another clock may run ahead of the verifier's, unless it is set otherwise."""
MOST_SKEW = timedelta(minutes=15)
"""The most that may be set: the service renews its answers every quarter of an hour."""
OLDEST = timedelta(days=10)
"""Evidence older than this says nothing, whatever its nextUpdate promises: ten days, as the CA/Browser Forum bounds lists
and answers (Baseline Requirements §4.9.7, §4.9.10); JPKI's lists are daily."""


class BadSkew(Failure):
    """The tolerated skew is negative, or so large that it hides more than clocks."""

    code = "verify.bad-skew"
    kind = Kind.USAGE
    ja = "時計のずれの許容は 0 秒から {most} 秒までで指定してください({found})。"
    en = "The tolerated clock skew is from 0 to {most} seconds ({found})."


@unique
class NonceRule(Enum):
    """What is asked of an answer to a question that carried a nonce (RFC 9654 §2.1)."""

    REQUIRED = "required"
    """It must come back. The default: JPKI's status changes within minutes, and a stored answer hides that."""
    OPTIONAL = "optional"
    """An answer without one is taken (RFC 5019 responders store theirs); another one never is."""


@dataclass(frozen=True, kw_only=True)
class StatusRules:
    """The choices. Raises `BadSkew` outside its bound."""

    skew: timedelta = SKEW
    oldest: timedelta = OLDEST
    nonce: NonceRule = NonceRule.REQUIRED

    def __post_init__(self) -> None:
        """Hold the skew inside its bound."""
        if not timedelta() <= self.skew <= MOST_SKEW:
            raise BadSkew(most=int(MOST_SKEW.total_seconds()), found=int(self.skew.total_seconds()))


@dataclass(frozen=True, kw_only=True)
class Moments:
    """The moment of the judgement, and the one that a time-stamp proves the signature to be older than (UTC-aware)."""

    at: datetime
    proven: datetime | None = None

    @property
    def about(self) -> datetime:
        """Return the moment for which the status is asked: the proven one if there is any."""
        return self.at if self.proven is None else self.proven
