"""The forms of a setting's value, and how each is read from text (the command line, a settings file)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from typing import Any, Literal, TypeVar, get_args, get_origin

from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import ApprovalGround, FeeReason, PinKind

E = TypeVar("E", bound=Enum)
T = TypeVar("T")

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""`date.weekday()` counts from Monday = 0."""

MAX_YEN = 1_000_000
"""No fee of a certificate comes near; a typing error does."""

MAX_DAYS = 3650
"""Ten years: no term of the rule book comes near."""

MAX_MONTHS = 120
"""Ten years: no paper of the rule book counts for as long."""

MAX_HOURS = 240
"""Ten days: the one term of the rule book that is counted in hours is a day."""

LEAST_YEARS = 10
"""No record may be kept for less (R-2.26)."""

MAX_YEARS = 100
"""No record is kept for longer than people live."""

MAX_NOTICE_MONTHS = 12
"""A notice a year ahead would be forgotten."""


class UnknownSetting(Failure):
    """There is no setting of that name."""

    code = "policy.unknown-setting"
    kind = Kind.USAGE
    ja = "「{name}」という設定はありません。設定の一覧は docs/rules.md にあります。"
    en = 'There is no setting "{name}". docs/rules.md lists the settings.'


class BadSetting(Failure):
    """A setting's value is not one of its values."""

    code = "policy.bad-setting"
    kind = Kind.USAGE
    ja = "設定 {name} の値「{value}」は使えません。使える値:{expected}"
    en = '{name} cannot be "{value}". It takes: {expected}'


@dataclass(frozen=True)
class Hours:
    """Opening hours of one day in Japanese time, both ends included (R-4.4)."""

    opens: time
    closes: time


@dataclass(frozen=True)
class Closure:
    """A yearly closure between two days of the year, both included; it may run over the new year (R-4.4)."""

    first: tuple[int, int]
    """Month and day."""
    last: tuple[int, int]

    def contains(self, day: date) -> bool:
        """Say whether the day falls into the closure of some year."""
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """When an office is closed, and the single days on which it opens or closes all the same (R-4.4)."""

    weekdays: frozenset[int] = frozenset()
    """Closed weekdays, Monday = 0."""
    holidays: bool = False
    """True: closed on 祝日 with 振替休日 and 国民の休日."""
    closures: tuple[Closure, ...] = ()
    extra_closed: frozenset[date] = frozenset()
    extra_open: frozenset[date] = frozenset()
    """Days on which the office opens whatever the rest says."""


@dataclass(frozen=True, kw_only=True)
class Office:
    """One office: its code, hours and calendar."""

    code: str
    hours: Hours
    calendar: Calendar


@dataclass(frozen=True)
class FeeRow:
    """What one case costs, and between which days (both included; None = open) (R-4.1)."""

    reason: FeeReason
    yen: int
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Form:
    """The form of a setting: what it takes, in words, and how it is read. `read` raises ValueError."""

    expected: str
    read: Callable[[str], Any]


@dataclass(frozen=True)
class Setting:
    """What stands behind a policy field: rule, certainty mark, source, and its form if the type does not tell."""

    rule: str
    """R-numbers, and CF-n for a conflict or gap of the page."""
    mark: Literal["C", "I", "U"]
    """Confirmed, inferred or unknown."""
    source: str
    takes: Form | None = None


def members(*values: E) -> Form:
    """One of some members of a closed vocabulary."""
    return Form(" / ".join(value.value for value in values), lambda text: _one_of(text, {v.value: v for v in values}))


def form_of(kind: Any) -> Form:
    """Return the form of a field's type: a closed list of words or numbers, or one of the types below."""
    if get_origin(kind) is Literal:
        values = {str(value): value for value in get_args(kind)}
        return Form(" / ".join(values), lambda text: _one_of(text, values))
    return _FORMS[kind]


def _one_of(text: str, values: Mapping[str, T]) -> T:
    if text not in values:
        raise ValueError(text)
    return values[text]


def _count(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text) <= most):
            raise ValueError(text)
        return int(text)

    return read


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError(text)
    return text


def _day(text: str) -> date:
    day = date.fromisoformat(text)
    if day.isoformat() != text:  # fromisoformat also takes 20260401 and 2026-W14-3
        raise ValueError(text)
    return day


def _time(text: str) -> time:
    moment = time.fromisoformat(text)
    if f"{moment:%H:%M}" != text:  # seconds and offsets have no place in opening hours
        raise ValueError(text)
    return moment


def _day_or_none(text: str) -> date | None:
    return None if text == "none" else _day(text)


def _hours(text: str) -> Hours:
    opens, closes = (_time(end) for end in text.split("-"))
    if opens >= closes:
        raise ValueError(text)
    return Hours(opens, closes)


def _year_day(text: str) -> tuple[int, int]:
    day = _day(f"2000-{text}")  # a leap year, so that 02-29 is one
    return (day.month, day.day)


def _calendar(text: str) -> Calendar:
    if text == "none":
        return Calendar()
    parts = text.split(",")
    ranges = [part for part in parts if ".." in part]
    opened = [part[1:] for part in parts if part.startswith("+")]
    named = [part for part in parts if part in WEEKDAYS]
    closed = [part for part in parts if part not in {*ranges, *named, "holidays"} and not part.startswith("+")]
    return Calendar(
        weekdays=frozenset(WEEKDAYS.index(name) for name in named),
        holidays="holidays" in parts,
        closures=tuple(_closure(part) for part in ranges),
        extra_closed=frozenset(_day(part) for part in closed),
        extra_open=frozenset(_day(part) for part in opened),
    )


def _closure(text: str) -> Closure:
    first, last = text.split("..")
    return Closure(_year_day(first), _year_day(last))


def _office(text: str) -> Office:
    code, rest = text.split("=")
    hours, calendar = rest.split("/")
    return Office(code=_text(code), hours=_hours(hours), calendar=_calendar(calendar))


def _offices(text: str) -> tuple[Office, ...]:
    return () if text == "none" else tuple(_office(part) for part in text.split(";"))


def _pins(text: str) -> tuple[PinKind, ...]:
    return tuple(PinKind(part) for part in text.split(","))


def _grounds(text: str) -> tuple[ApprovalGround, ...]:
    return () if text == "none" else tuple(ApprovalGround(part) for part in text.split(","))


def _between(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = _count(most)(text)
        if number < least:
            raise ValueError(text)
        return number

    return read


def _fee_row(text: str) -> FeeRow:
    case, _, term = text.partition("@")
    reason, yen = case.split("=")
    since, until = term.split("..") if term else ("", "")
    return FeeRow(
        FeeReason(reason),
        _count(MAX_YEN)(yen),
        _day(since) if since else None,
        _day(until) if until else None,
    )


def _fee_rows(text: str) -> tuple[FeeRow, ...]:
    return tuple(_fee_row(part) for part in text.split(";"))


YEN = Form(f"0 … {MAX_YEN}", _count(MAX_YEN))
YEARS = Form(f"{LEAST_YEARS} … {MAX_YEARS}", _between(LEAST_YEARS, MAX_YEARS))
PAPER_YEARS = Form(f"1 … {MAX_YEARS}", _between(1, MAX_YEARS))
NOTICE_MONTHS = Form(f"1 … {MAX_NOTICE_MONTHS}", _between(1, MAX_NOTICE_MONTHS))
DAYS = Form(f"0 … {MAX_DAYS}", _count(MAX_DAYS))
MONTHS = Form(f"0 … {MAX_MONTHS}", _count(MAX_MONTHS))
HOURS = Form(f"0 … {MAX_HOURS}", _count(MAX_HOURS))

_FORMS: Mapping[Any, Form] = {
    bool: Form("true / false", lambda text: _one_of(text, {"true": True, "false": False})),
    str: Form("text", _text),
    date | None: Form("YYYY-MM-DD / none", _day_or_none),
    Hours: Form("HH:MM-HH:MM", _hours),
    Calendar: Form("none / mon … sun, holidays, MM-DD..MM-DD, YYYY-MM-DD, +YYYY-MM-DD, joined by commas", _calendar),
    Office: Form("CODE=HH:MM-HH:MM/CALENDAR", _office),
    tuple[Office, ...]: Form("none / CODE=HH:MM-HH:MM/CALENDAR, joined by semicolons", _offices),
    tuple[PinKind, ...]: Form("signature, authentication, resident-record, card-face-entry, joined by commas", _pins),
    tuple[ApprovalGround, ...]: Form(
        f"none / {', '.join(ground.value for ground in ApprovalGround)}, joined by commas", _grounds
    ),
    tuple[FeeRow, ...]: Form("REASON=YEN[@[FROM]..[UNTIL]], joined by semicolons", _fee_rows),
}
