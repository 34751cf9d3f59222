"""What stands on an expiry notice: pure context for the paper, in both languages (R-7.1, R-7.3, R-7.5).

Name and address are the register's on the day of printing. An address under 支援措置 is written as any other: the letter is
not forwarded, and only the holder is there to open it (`rules.address_protection`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from openjpki.rules.catalogue import find
from openjpki.rules.finding import Finding
from openjpki.rules.notices import Enclosure, PaperState
from openjpki.rules.office import open_day_from
from openjpki.rules.policy import Policy


@dataclass(frozen=True, kw_only=True)
class NoticeEntry:
    """A letter as a list shows it: whose by the resident code, and no address."""

    notice_id: str
    resident_code: str = field(repr=False)
    card_expires: date | None
    signature_expires: date | None
    authentication_expires: date | None
    """What it asks to make anew or renew, by its last day; None where it does not."""
    opens: date
    """First day of the renewal."""
    selected_on: date
    post_by: date
    enclosed: tuple[Enclosure, ...]
    told: tuple[str, ...]
    """Codes of what else it says."""
    state: PaperState

    @property
    def expires(self) -> date:
        """Return the earliest last day that it names."""
        return min(day for day in (self.card_expires, self.signature_expires, self.authentication_expires) if day)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter, ready to be set on paper: 転送不要, by ordinary mail (R-7.1)."""

    notice: NoticeEntry
    name: str = field(repr=False)
    address: str = field(repr=False)
    printed_on: date
    first_open_day: date
    """The first open day of the renewal (R-4.4)."""
    says: tuple[Finding, ...]
    """What it says besides the expiry, as sentences of the rule book."""
    forwarded: bool = False
    """Never (R-7.1)."""


def letter(policy: Policy, notice: NoticeEntry, *, name: str, address: str, on: date) -> Letter:
    """Return the letter to a resident, printed on a day; a code that the rule book does not word is left out."""
    first = open_day_from(policy, notice.opens)
    says = (_SENTENCES[code](notice, first) for code in notice.told if code in _SENTENCES)
    return Letter(notice=notice, name=name, address=address, printed_on=on, first_open_day=first, says=tuple(says))


_SENTENCES: Mapping[str, Callable[[NoticeEntry, date], Finding]] = {
    "notice.card-first": lambda notice, _: find("notice.card-first", expires=notice.card_expires or notice.expires),
    "notice.authentication-alone": lambda _notice, _first: find("notice.authentication-alone"),
    "notice.comes-early": lambda notice, first: find("notice.comes-early", opens=notice.opens, first=first),
}
"""Code → its sentence, with the days of the letter."""
