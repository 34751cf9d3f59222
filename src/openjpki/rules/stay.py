"""Foreigners' cards: until when the period of stay lets them run, and how they are extended (R-1.8, R-2.12, R-3.7)."""

from dataclasses import dataclass
from datetime import date

from openjpki.errors import Failure, Kind
from openjpki.rules.catalogue import find
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import Applicant, ResidenceStatus
from openjpki.rules.validity import special_period_end

AS_JAPANESE = frozenset(ResidenceStatus) - {ResidenceStatus.FIXED_STAY}
"""Whose card no period of stay limits (R-3.7)."""


class StayNeeded(Failure):
    """A period of stay limits the card, and its last day was not given."""

    code = "stay.needed"
    kind = Kind.USAGE
    ja = "在留期間のある外国人住民のカードは、在留期間の満了日までです。その日を指定してください。"
    en = "The card of a foreigner with a period of stay ends with it. Give the last day of the stay."


@dataclass(frozen=True, kw_only=True)
class Stay:
    """How long a resident may stay in Japan, as the resident record has it; the default is a Japanese national (R-1.8)."""

    status: ResidenceStatus = ResidenceStatus.JAPANESE
    until: date | None = None
    """在留期間の満了日, included; of a fixed stay only."""

    @property
    def is_whole(self) -> bool:
        """Say whether a last day is given if, and only if, the status has one."""
        return (self.until is None) is (self.status in AS_JAPANESE)

    @property
    def japanese(self) -> bool:
        """Say whether it is a Japanese national, whose card is made anew where a foreigner's is extended (R-2.12, R-7.5)."""
        return self.status is ResidenceStatus.JAPANESE

    def limit(self) -> date | None:
        """Return the day past which no card runs, None where there is none (R-3.7); raise `StayNeeded`."""
        return stay_limit(status=self.status, stay_until=self.until)


@dataclass(frozen=True, kw_only=True)
class Extension:
    """Until when the card runs on, whether certificates are issued with it, and what is found."""

    card_until: date | None
    """None: refused."""
    certificates: bool
    findings: tuple[Finding, ...]


def stay_limit(*, status: ResidenceStatus, stay_until: date | None) -> date | None:
    """Return the day past which no card runs, None for Japanese and those like them (R-1.8, R-3.7); raise `StayNeeded`.

    It is the `stay_until` of `validity.card_expiry`.
    """
    if status in AS_JAPANESE:
        return None
    if stay_until is None:
        raise StayNeeded
    return stay_until


def card_end(*, stay: Stay, card_expires: date, special_until: date | None) -> date:
    """Return the last day of a card, and of what is issued on it: as written, never past the stay (R-3.7; E-26, E-27).

    `special_until`: until when the card was extended for a renewal that is pending (特例期間); None if it never was. A
    renewed stay moves nothing by itself: the day that is written on the card stays the last one. Raises `StayNeeded`.
    """
    limit = stay.limit()
    if limit is None:
        return card_expires
    return min(card_expires, max(limit, special_until or limit))


def extension(
    *, card_expires: date, stay_until: date, birthday_limit: date, on: date, applicant: Applicant
) -> Extension:
    """Return how a card is extended when the stay has been renewed (R-2.12, R-3.7).

    `card_expires`: the card's end as written, a 特例期間 included; `birthday_limit`: the 10th or 5th birthday that the
    card never passes. Nothing happens by itself: after its end the card cannot be extended.
    """
    if on > card_expires:
        return _refused(find("stay.too-late", last=card_expires))
    if min(stay_until, birthday_limit) <= card_expires:
        return _refused(find("stay.nothing-new", stay=stay_until, last=card_expires))
    if applicant is Applicant.VOLUNTARY_AGENT:
        return _refused(find("stay.holder-or-household"))
    until = min(stay_until, birthday_limit)
    if applicant is Applicant.HOUSEHOLD:
        finding = find("stay.certificates-need-holder", last=card_expires)
        return Extension(card_until=until, certificates=False, findings=(finding,))
    return Extension(card_until=until, certificates=True, findings=(find("stay.certificates-again"),))


def special_period(
    *, stay_until: date, applied_on: date | None, on: date, used: bool, decided_on: date | None = None
) -> Extension:
    """Return the 特例期間 of a card while a renewal of the stay is pending: two months, once (R-3.7; E-27).

    `applied_on`: the day on which the renewal was asked for; `used`: the card was extended so before. The certificates
    are not issued again: they end as they would.
    """
    if on > stay_until:
        return _refused(find("stay.too-late", last=stay_until))
    if used:
        return _refused(find("stay.special-period-once"))
    if applied_on is None or applied_on > on or (decided_on is not None and decided_on <= on):
        return _refused(find("stay.not-pending"))
    until = special_period_end(stay_until, decided_on=decided_on)
    return Extension(card_until=until, certificates=False, findings=(find("stay.special-period", until=until),))


def _refused(finding: Finding) -> Extension:
    return Extension(card_until=None, certificates=False, findings=(finding,))
