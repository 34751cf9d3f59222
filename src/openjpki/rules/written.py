"""How the value of a setting is written: the inverse of how `rules.settings` reads it."""

from datetime import date
from enum import Enum

from openjpki.rules.settings import WEEKDAYS, Calendar, Closure, FeeRow, Hours, Office


def written(value: object) -> str:
    """Return the text that a setting's form reads as this value; a list of nothing, and no day, is `none`."""
    match value:
        case None | ():
            return "none"
        case bool():
            return str(value).lower()
        case Enum():
            return str(value.value)
        case tuple():
            separator = ";" if isinstance(value[0], FeeRow | Office) else ","
            return separator.join(map(written, value))
        case _:
            return _one(value)


def _one(value: object) -> str:
    match value:
        case date():
            return value.isoformat()
        case Hours():
            return f"{value.opens:%H:%M}-{value.closes:%H:%M}"
        case Office():
            return f"{value.code}={written(value.hours)}/{written(value.calendar)}"
        case Calendar():
            return _calendar(value)
        case FeeRow():
            return _fee_row(value)
        case _:
            return str(value)


def _calendar(calendar: Calendar) -> str:
    parts = [WEEKDAYS[weekday] for weekday in sorted(calendar.weekdays)]
    parts += ["holidays"] if calendar.holidays else []
    parts += map(_closure, calendar.closures)
    parts += map(written, sorted(calendar.extra_closed))
    parts += [f"+{day}" for day in sorted(calendar.extra_open)]
    return ",".join(parts) or "none"


def _closure(closure: Closure) -> str:
    return "..".join(f"{month:02}-{day:02}" for month, day in (closure.first, closure.last))


def _fee_row(row: FeeRow) -> str:
    case = f"{row.reason.value}={row.yen}"
    if row.since is None and row.until is None:
        return case
    return f"{case}@{row.since or ''}..{row.until or ''}"
