"""How a command tells a person a count and a length of time: one problem, two problems; 3 days."""

from openjpki.errors import Language

_SPANS = ((86400, "day", "日"), (3600, "hour", "時間"), (60, "minute", "分"), (1, "second", "秒"))
"""Seconds of a unit → its words, the longest first."""
_MEBIBYTE, _GIBIBYTE = 1 << 20, 1 << 30


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its English noun: `1 problem`, `2 problems`; `many` where it is not the noun with an s."""
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def span(seconds: float, language: Language) -> str:
    """Return a length of time in its largest unit, rounded down: 3 days, 3日."""
    whole = int(seconds)
    size, en, ja = next((unit for unit in _SPANS if abs(whole) >= unit[0]), _SPANS[-1])
    count = int(whole / size)
    return f"{count}{ja}" if language == "ja" else counted(count, en)


def ago(seconds: float, language: Language) -> str:
    """Return how long ago something was: 3 days ago, 3日前."""
    return f"{span(seconds, language)}前" if language == "ja" else f"{span(seconds, language)} ago"


def room(size: int) -> str:
    """Return so many bytes as a person reads them, rounded down."""
    return f"{size // _GIBIBYTE} GiB" if size >= _GIBIBYTE else f"{size // _MEBIBYTE} MiB"
