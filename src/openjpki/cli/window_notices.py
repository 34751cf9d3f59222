"""`openjpki window notices fetch|list|print|mark`: the expiry notices that a municipality sends (R-7.1)."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from openjpki.cli.answer import Answer, BadValue, OptionNeeded, language_of
from openjpki.cli.counted import counted
from openjpki.cli.window_answers import finding_data, finding_lines
from openjpki.errors import Language
from openjpki.rules.era import spoken
from openjpki.rules.notices import NOTICE, PaperEvent, PaperState
from openjpki.site.opening import opened
from openjpki.window.officer import Clerk

if TYPE_CHECKING:
    from openjpki.site.house import House
    from openjpki.window.letters import Letter, NoticeEntry

HELP = "expiry notices: fetch them from the authority, list, print and mark them (R-7.1)"
_AS: Final[Mapping[str, PaperEvent]] = {
    "posted": PaperEvent.POST,
    "returned": PaperEvent.RETURN,
    "withdrawn": PaperEvent.WITHDRAW,
}


_OPTIONS: Final[Mapping[str, str]] = {
    "notice": "--notice NUMBER",
    "event": f"--as {'|'.join(_AS)}",
    "state": "--state",
    "after": "--after",
}
"""What is given → its option."""


_USAGE: Final = (
    "fetch --municipality CODE",
    "list --municipality CODE [--state S] [--after N]",
    "print --municipality CODE --notice NUMBER",
    "mark --municipality CODE --notice NUMBER --as EVENT",
)


@dataclass(frozen=True)
class _Call:
    """One call: whose house, who acts, what was typed."""

    house: "House"
    clerk: Clerk
    arguments: argparse.Namespace
    language: Language


def add_notices(parser: argparse.ArgumentParser) -> None:
    """Add what is done with the letters."""
    parser.usage = "\n       ".join(f"%(prog)s {line}" for line in _USAGE)
    parser.add_argument("what", choices=list(_ACTS), help="what is done")
    parser.add_argument("--notice", default="", metavar="NUMBER", help="with print and mark, needed: which letter")
    parser.add_argument("--as", dest="event", choices=list(_AS), help="with mark, needed: what became of it")
    parser.add_argument(
        "--state", choices=[state.value for state in PaperState], help="with list: only letters in this state"
    )
    parser.add_argument("--after", default="", metavar="NUMBER", help="with list: go on behind this letter")


def notices(arguments: argparse.Namespace) -> Answer:
    """Fetch, list, print or mark; raises `OptionNeeded` for an option that is missing, `BadValue` for one of another act."""
    act, takes = _ACTS[arguments.what]
    lacking = [_OPTIONS[name] for name, needed in takes.items() if needed and not getattr(arguments, name)]
    if lacking:
        raise OptionNeeded(what=arguments.what, options=", ".join(lacking))
    for name, option in _OPTIONS.items():
        if getattr(arguments, name) and name not in takes:
            raise BadValue(
                option=option.partition(" ")[0],
                value=getattr(arguments, name),
                expected_ja="--notice は print と mark に、--as は mark に、--state と --after は list に付けます。",
                expected_en="--notice goes with print and mark, --as with mark, --state and --after with list.",
            )
    with opened(arguments.home) as house:
        clerk = Clerk(arguments.officer, arguments.municipality)
        return act(_Call(house, clerk, arguments, language_of(arguments)))


def _fetch(call: _Call) -> Answer:
    found = call.house.window.notices.fetch(call.clerk)
    line = {
        "ja": f"有効期限通知書{found.letters}通を受け取りました。",
        "en": f"Received {counted(found.letters, 'expiry notice')}.",
    }
    return Answer(data={"letters": found.letters, "again": found.again}, lines=[line[call.language]])


def _list(call: _Call) -> Answer:
    state = PaperState(call.arguments.state) if call.arguments.state else None
    found = call.house.window.notices.list(call.clerk, state=state, after=call.arguments.after)
    none = {"ja": "有効期限通知書はありません。", "en": "There are no expiry notices."}
    lines = [_line(entry, call.language) for entry in found]
    return Answer(data={"notices": [_data(entry) for entry in found]}, lines=lines or [none[call.language]])


def _print(call: _Call) -> Answer:
    """Give the letter out: the paper itself comes with the papers."""
    found = call.house.window.notices.print(call.clerk, call.arguments.notice)
    line = _line(found.notice, call.language)
    return Answer(
        data=_letter(found), lines=[line, found.name, found.address, *finding_lines(found.says, call.language)]
    )


def _mark(call: _Call) -> Answer:
    found = call.house.window.notices.mark(call.clerk, call.arguments.notice, _AS[call.arguments.event])
    data = {**_data(found.notice), "findings": [finding_data(finding) for finding in found.findings]}
    return Answer(data=data, lines=[_line(found.notice, call.language), *finding_lines(found.findings, call.language)])


def _data(entry: "NoticeEntry") -> dict[str, Any]:
    ends = {
        "card": entry.card_expires,
        "signature": entry.signature_expires,
        "authentication": entry.authentication_expires,
    }
    return {
        "notice": entry.notice_id,
        "resident_code": entry.resident_code,
        "state": entry.state.value,
        "expires": {about: day.isoformat() if day else None for about, day in ends.items()},
        "opens": entry.opens.isoformat(),
        "selected_on": entry.selected_on.isoformat(),
        "post_by": entry.post_by.isoformat(),
        "enclosed": [one.value for one in entry.enclosed],
    }


def _letter(found: "Letter") -> dict[str, Any]:
    return {
        **_data(found.notice),
        "name": found.name,
        "address": found.address,
        "forwarded": found.forwarded,
        "printed_on": found.printed_on.isoformat(),
        "first_open_day": found.first_open_day.isoformat(),
        "says": [finding_data(finding) for finding in found.says],
    }


def _line(entry: "NoticeEntry", language: Language) -> str:
    state = NOTICE.words[entry.state] if language == "ja" else entry.state.value
    until, by = spoken(entry.expires, language), spoken(entry.post_by, language)
    told = {"ja": f"{until}まで、{by}までに発送", "en": f"until {until}, posted by {by}"}
    return f"{entry.notice_id}  {entry.resident_code}  {state}  {told[language]}"


_ACTS: Mapping[str, tuple[Callable[[_Call], Answer], Mapping[str, bool]]] = {
    "fetch": (_fetch, {}),
    "list": (_list, {"state": False, "after": False}),
    "print": (_print, {"notice": True}),
    "mark": (_mark, {"notice": True, "event": True}),
}
"""What is done → how, and the options it takes: True for those it needs."""
