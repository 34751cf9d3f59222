"""The authority's moment never goes back: it remembers how far the legal clock came, and signs nothing before that.

Otherwise a clock set back by an hour would let OCSP call good again what it called revoked, give a revocation list an
earlier thisUpdate than the one before, and certify for a time that is over.
"""

from datetime import datetime

from openjpki.authority.means import Means
from openjpki.authority.models import LegalClock
from openjpki.authority.questions import Question
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import in_japan


class ClockWentBack(Failure):
    """The legal clock shows an earlier moment than the authority has acted at."""

    code = "authority.clock-went-back"
    kind = Kind.UNAVAILABLE
    ja = (
        "時計は {now} ですが、機構は {reached} まで処理を済ませています。失効した電子証明書が有効に見えるのを防ぐため、"
        "署名を止めています。時計を直してください(試験環境では clock_shift_seconds で進められます)。"
    )
    en = (
        "The clock shows {now}, but the authority has acted until {reached}. Nothing is signed, so that no revoked "
        "certificate looks valid again. Set the clock right (a sandbox can be moved ahead by clock_shift_seconds)."
    )


_MARK = Question(lambda _: LegalClock.objects.filter(pk=LegalClock.ONLY))


def moment(means: Means) -> datetime:
    """Return the legal moment of an act, and remember it; raises `ClockWentBack`. Taken once, before the act begins.

    A clock that lags by no more than `Terms.clock_tolerance` is taken to stand still: the furthest moment is returned.
    At most one write a second, since moments are whole seconds.
    """
    now = means.clock()
    mark = _MARK.one() or LegalClock.objects.get_or_create(pk=LegalClock.ONLY, defaults={"reached_at": now})[0]
    if now > mark.reached_at:
        LegalClock.objects.filter(pk=LegalClock.ONLY, reached_at__lt=now).update(reached_at=now)
        return now
    if mark.reached_at - now > means.terms.clock_tolerance:
        raise ClockWentBack(now=in_japan(now).isoformat(), reached=in_japan(mark.reached_at).isoformat())
    return mark.reached_at
