"""The token bucket: so many at once, so many a second afterwards. Pure; the moment is an argument."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A full bucket holds `burst` tokens; `rate` of them come back in a second. Each thing done takes one."""

    rate: float
    burst: float
    tokens: float
    filled_at: datetime
    """When `tokens` were counted, by the transport clock."""

    @classmethod
    def full(cls, *, rate: float, burst: float, at: datetime) -> "Bucket":
        """Return a bucket that nobody took from."""
        return cls(rate=rate, burst=burst, tokens=burst, filled_at=at)

    def take(self, at: datetime) -> "Bucket | None":
        """Return the bucket with one token less, or None if there is none. A clock set back gives nothing and takes nothing."""
        passed = max(0.0, (at - self.filled_at).total_seconds())
        tokens = min(self.burst, self.tokens + self.rate * passed)
        if tokens < 1:
            return None
        return replace(self, tokens=tokens - 1, filled_at=max(at, self.filled_at))
