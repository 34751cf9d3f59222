"""How `openjpki rules …` reads days, moments, documents and settings."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime

from openjpki.cli.answer import BadValue
from openjpki.rules.dates import BadDay, BadMoment, read_day, read_moment
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.era import BadEraDate, read_era
from openjpki.rules.policy import Policy

_EXPECTED_DAY = {
    "expected_ja": "1873-01-01 から 2999-12-31 までの日を YYYY-MM-DD か和暦(令和8年4月1日、R8.4.1)で指定してください。",
    "expected_en": "Give a day from 1873-01-01 to 2999-12-31 as YYYY-MM-DD, or by era as R8.4.1.",
}
_MAX_DAY = 32
"""Characters of a day by era, with blanks."""
_EXPECTED_MOMENT = {
    "expected_ja": "YYYY-MM-DDTHH:MM(日本時間)の形で指定してください。",
    "expected_en": "Give it as YYYY-MM-DDTHH:MM (Japanese time).",
}
_EXPECTED_DOCUMENT = {
    "expected_ja": "種類は `openjpki rules documents` にあります。形は KIND、KIND:有効期限、KIND@発行日です(日は YYYY-MM-DD)。",
    "expected_en": "`openjpki rules documents` lists the kinds. The form is KIND, KIND:EXPIRES or KIND@ISSUED.",
}
_EXPECTED_POLICY = {"expected_ja": "NAME=VALUE の形で指定してください。", "expected_en": "The form is NAME=VALUE."}


def policy_of(arguments: argparse.Namespace) -> Policy:
    """Return the policy asked for: the preset first, wherever it stands, then the single settings in their order."""
    settings: dict[str, str] = {}
    for option in arguments.policy:
        name, equals, value = option.partition("=")
        if not equals:
            raise BadValue(option="--policy", value=option, **_EXPECTED_POLICY)
        settings[name] = value
    return Policy.preset(settings.pop("preset", "national")).with_settings(settings)


class ByEra(date):
    """A day that was typed by era; what was understood is said before the command runs (`echoed`)."""

    typed = ""

    @property
    def plain(self) -> date:
        """Return the day itself."""
        return date(self.year, self.month, self.day)


def day(option: str) -> Callable[[str], date]:
    """Return the reader of a day, ISO or by era (令和8年4月1日, R8.4.1); it raises `BadValue`."""

    def read(text: str) -> date:
        try:
            return read_day(text)
        except BadDay:
            pass
        try:
            understood = read_era(text[:_MAX_DAY])
        except BadEraDate:
            raise BadValue(option=option, value=text, **_EXPECTED_DAY) from None
        found = ByEra(understood.year, understood.month, understood.day)
        found.typed = text
        return found

    return read


def echoed(arguments: argparse.Namespace) -> Iterator[str]:
    """Yield how each day by era was understood, and put the plain day in its place."""
    for name, value in list(vars(arguments).items()):
        if isinstance(value, ByEra):
            setattr(arguments, name, value.plain)
            yield f"{value.typed} = {value.isoformat()}"


def moment(option: str) -> Callable[[str], datetime]:
    """Return the reader of a moment; it raises `BadValue`."""

    def read(text: str) -> datetime:
        try:
            return read_moment(text)
        except BadMoment:
            raise BadValue(option=option, value=text, **_EXPECTED_MOMENT) from None

    return read


def document(option: str) -> Callable[[str], ShownDocument]:
    """Return the reader of KIND[:EXPIRES][@ISSUED]; it raises `BadValue`."""

    def read(text: str) -> ShownDocument:
        rest, at, issued = text.partition("@")
        kind, colon, expires = rest.partition(":")
        try:
            return ShownDocument(
                kind=DocumentKind(kind),
                expires=read_day(expires) if colon else None,
                issued=read_day(issued) if at else None,
            )
        except (ValueError, BadDay):
            raise BadValue(option=option, value=text, **_EXPECTED_DOCUMENT) from None

    return read


def add_day(parser: argparse.ArgumentParser, option: str, words: str, *, required: bool = True) -> None:
    """Add an option that takes a day."""
    parser.add_argument(option, type=day(option), metavar="DATE", help=words, required=required)


def add_choice(parser: argparse.ArgumentParser, option: str, choices: Sequence[str], words: str) -> None:
    """Add a required option that takes one of some words."""
    parser.add_argument(option, choices=choices, help=words, required=True)


def not_before(arguments: argparse.Namespace, later: str, earlier: str) -> None:
    """Refuse a later day that lies before the earlier one, where both were given (BadValue)."""
    found, other = (getattr(arguments, name) for name in (later, earlier))
    if found is not None and other is not None and found < other:
        option, against = (f"--{name.replace('_', '-')}" for name in (later, earlier))
        raise BadValue(
            option=option,
            value=found,
            expected_ja=f"{against}({other})より前の日は指定できません。",
            expected_en=f"It lies before {against} ({other}).",
        )


def only_with(arguments: argparse.Namespace, other: str, names: Sequence[str]) -> None:
    """Refuse options that say nothing without another one (BadValue)."""
    given = next((name for name in names if getattr(arguments, name)), None)
    if given is not None and not getattr(arguments, other):
        option, needed = (f"--{name.replace('_', '-')}" for name in (given, other))
        raise BadValue(
            option=option,
            value=getattr(arguments, given),
            expected_ja=f"{needed} も指定してください。",
            expected_en=f"Give {needed} as well.",
        )
