"""Bounds of what a municipality may claim: how old an order may be, and how long a card may live."""

from datetime import date, datetime

from openjpki.authority.acts import Doer
from openjpki.authority.means import Means
from openjpki.authority.models import Person
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import civil_date
from openjpki.rules.era import Told
from openjpki.rules.validity import card_expiry, special_period_end


class OrderTooOld(Failure):
    """Whoever gave the order long ago may not want it any more."""

    code = "authority.order-too-old"
    kind = Kind.REFUSED
    ja = "この申請は{days}日より前のものです。あらためて申請してください。"
    en = "The order was given more than {days} days ago. Give it again."


class OrderFromTheFuture(Failure):
    """No order comes before it is given."""

    code = "authority.order-from-the-future"
    kind = Kind.REFUSED
    ja = "申請の日時が未来になっています。時計を確認してください。"
    en = "The order bears a moment that has not come yet. Check the clock."


class CardExpired(Failure):
    """A card whose last day is over is no card any more, and is not prolonged (R-1.2, R-3.7)."""

    code = "authority.card-expired"
    kind = Kind.REFUSED
    ja = "このカードの有効期間は満了しています。登録・延長・書込みはできません。"
    en = "The card's validity is over: it can be neither registered, nor prolonged, nor written on."


class CardTooLong(Failure):
    """A card ends on the 10th birthday after its issue at the latest, a minor's on the 5th, a foreigner's with the stay (R-3.7)."""

    code = "authority.card-too-long"
    kind = Kind.REFUSED
    ja = "カードの有効期限が、規則で認められる最も遅い日({latest:ja})より後になっています。"
    en = "The card would be valid beyond the latest day that the rules allow ({latest:en})."


def hold_order_age(means: Means, ordered_at: datetime, at: datetime) -> None:
    """Refuse an order that is new to the authority and was given too long ago, or later than now."""
    if ordered_at > at + means.terms.order_ahead:
        raise OrderFromTheFuture
    if at - ordered_at > means.terms.order_age:
        raise OrderTooOld(days=means.terms.order_age.days)


def hold_card_expiry(
    means: Means,
    person: Person,
    *,
    expires: date,
    before: date | None,
    doer: Doer,
    special_until: date | None = None,
) -> date | None:
    """Hold a card's last day as reported against the rule, unless it is what the register has (`before`).

    A card was issued today at the latest, so the rule for today gives the latest last day there can be: that of a
    foreigner ends with the stay, but for the 特例期間, for which a card in use is prolonged once (R-3.7; E-26, E-27). That
    the renewal is pending is for the counter to see. Returns until when the card was so prolonged, `special_until` if not
    by this report.
    """
    if expires == before:
        return special_until
    today = civil_date(doer.at)
    over = expires if before is None else before
    if over < today and (before is None or expires > before):
        raise CardExpired
    limit = person.stay().limit()
    latest = _latest(means, person, today, limit)
    if expires <= latest:
        return special_until
    if before is not None and limit is not None and special_until is None:
        latest = _latest(means, person, today, special_period_end(limit))
        if expires <= latest:
            return expires
    raise CardTooLong(latest=Told.of(latest))


def _latest(means: Means, person: Person, today: date, limit: date | None) -> date:
    """Return the last day of a card that is issued today, never past `limit` (R-3.7)."""
    return card_expiry(means.policy, issued=today, received=today, born=person.birth_date, stay_until=limit).expires
