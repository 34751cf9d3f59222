"""`openjpki authority notices …`: select the expiry notices of a day, and look at what was decided."""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from openjpki.cli.answer import Answer, BadValue, Commands, language_of
from openjpki.cli.counted import counted
from openjpki.cli.rules.arguments import add_day
from openjpki.errors import Language
from openjpki.rules.catalogue import CATALOGUE
from openjpki.site.opening import opened

if TYPE_CHECKING:
    from openjpki.authority.notices.listing import (
        DecisionEntry,
        NoticeEntry,
        SkippedEntry,
    )  # Django must be set up before its modules are loaded
    from openjpki.authority.notices.selection import Batch


_LIST = "list"


def add(acts: Commands) -> None:
    """Add the commands to those of the authority."""
    command = acts.add_parser("notices", help="select the expiry notices of a day, or list what was decided (R-7.1)")
    command.add_argument(
        "what", nargs="?", choices=[_LIST], help="list the letters, or with --skipped what is in none, and why"
    )
    add_day(command, "--on", "the day for which they are selected (today)", required=False)
    command.add_argument("--skipped", action="store_true", help="with list: what gets no letter")
    command.add_argument("--municipality", default="", metavar="CODE", help="with list: of its residents (all)")
    command.add_argument("--after", default="", metavar="NUMBER", help="with list: go on behind this letter or key")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Answer:
    """Select, or list; raises `BadValue` for an option of the other."""
    listing = arguments.what == _LIST
    for option, given, fits in (
        ("--on", arguments.on, not listing),
        *((f"--{name}", getattr(arguments, name), listing) for name in ("skipped", "municipality", "after")),
    ):
        if given and not fits:
            raise BadValue(
                option=option,
                value=given,
                expected_ja="一覧(list)には --on を、選定には --skipped などを付けません。",
                expected_en="--on goes without list, the other options with it.",
            )
    return show(arguments) if listing else select(arguments)


def select(arguments: argparse.Namespace) -> Answer:
    """Select the letters of a day; each batch is told on standard error as soon as it is durable."""
    language = language_of(arguments)
    with opened(arguments.home) as house:
        found = house.authority.select_notices(on=arguments.on, tell=_teller(language))
    batches = [_counts(batch) | {"municipality": batch.municipality} for batch in found.batches]
    total = {name: sum(batch[name] for batch in batches) for name in ("noticed", "skipped", "taken_out")}
    data = {"on": found.on.isoformat(), **total, "waiting": found.waiting, "batches": batches}
    line = {
        "ja": f"{_figures(data, language)}。引渡し待ち {found.waiting} 通。",
        "en": f"For {_figures(data, language)}. Waiting for their municipality: {counted(found.waiting, 'letter')}.",
    }
    return Answer(data=data, lines=[line[language], *_then(data, language)])


def _figures(data: dict[str, Any], language: Language) -> str:
    """Return what a run or a batch decided: its day or municipality, and the counts."""
    whose = data.get("on", data.get("municipality", ""))
    if language == "ja":
        return f"{whose} の分: 新しい通知書 {data['noticed']} 通、通知書を送らないもの {data['skipped']} 件、通知書から取り除いたもの {data['taken_out']} 件"
    return f"{whose}: {counted(data['noticed'], 'new letter')}, {counted(data['skipped'], 'expiry', 'expiries')} without one, {data['taken_out']} taken out"


def _then(data: dict[str, Any], language: Language) -> list[str]:
    """Name the next command: the window's where letters wait, else where one comes from."""
    if data["waiting"]:
        told = {
            "ja": "次に、市区町村が `openjpki window notices fetch --municipality CODE` で受け取ります。",
            "en": "Next, each municipality takes its own: `openjpki window notices fetch --municipality CODE`.",
        }
        return [told[language]]
    if data["noticed"] or data["skipped"]:
        return []
    told = {
        "ja": "この日に送るものはありません。試すには、`openjpki init --test-cards --home DIR` で作った試験環境を使ってください。",
        "en": "Nothing is due on this day. To try it, take a sandbox made by `openjpki init --test-cards --home DIR`.",
    }
    return [told[language]]


def _teller(language: Language) -> "Callable[[Batch], None]":
    def tell(batch: "Batch") -> None:
        counts = _counts(batch) | {"municipality": batch.municipality}
        print(_figures(counts, language), file=sys.stderr, flush=True)

    return tell


def _counts(batch: "Batch") -> dict[str, Any]:
    return {"noticed": batch.noticed, "skipped": batch.skipped, "taken_out": batch.taken_out}


def show(arguments: argparse.Namespace) -> Answer:
    """List letters by their numbers, or what is in none by its key."""
    with opened(arguments.home):
        from openjpki.authority.notices import listing as notice_list

        asked = {"after": arguments.after, "municipality": arguments.municipality}
        if arguments.skipped:
            return _skipped(notice_list.skipped(**asked), language_of(arguments))
        return _letters(notice_list.letters(**asked), language_of(arguments))


def _letters(found: "tuple[NoticeEntry, ...]", language: Language) -> Answer:
    rows: list[dict[str, Any]] = [
        {
            "notice": entry.notice_id,
            "municipality": entry.municipality,
            "state": entry.state.value,
            "selected_on": entry.selected_on.isoformat(),
            "handed_over_at": entry.handed_over_at.isoformat() if entry.handed_over_at else None,
            "about": [_about(one) for one in entry.about],
        }
        for entry in found
    ]
    lines = [
        f"{row['notice']}  {row['municipality']}  {STATES[row['state']][language]}  "
        + ", ".join(_line(one, language) for one in row["about"])
        for row in rows
    ]
    none = {"ja": "有効期限通知書はありません。", "en": "There are no expiry notices."}
    return Answer(data={"notices": rows}, lines=lines or [none[language]])


def _skipped(found: "tuple[SkippedEntry, ...]", language: Language) -> Answer:
    rows = [{"key": entry.key, "municipality": entry.municipality, **_about(entry.decision)} for entry in found]
    lines = [f"{row['key']}  {row['municipality']}  {_line(row, language)}{_why(row, language)}" for row in rows]
    none = {"ja": "送らないと決めた期限はありません。", "en": "Nothing was left without a letter."}
    return Answer(data={"skipped": rows}, lines=lines or [none[language]])


def _about(entry: "DecisionEntry") -> dict[str, Any]:
    return {
        "about": entry.about,
        "expires": entry.expires.isoformat(),
        "without": entry.without or None,
        "decided_on": entry.decided_on.isoformat(),
    }


def _line(about: dict[str, Any], language: Language) -> str:
    why = f" [{about['without']}]" if about["without"] else ""
    return f"{_ABOUT[about['about']][language]} {about['expires']}{why}"


def _why(row: dict[str, Any], language: Language) -> str:
    """Say why there is no letter, in the finding's sentence, with its rule."""
    finding = CATALOGUE.get(row["without"] or "")
    return f": {finding.message(language)} ({finding.rule})" if finding else ""


STATES: dict[str, dict[Language, str]] = {
    "waiting": {"ja": "引渡し待ち", "en": "waits"},
    "given": {"ja": "送付中", "en": "given"},
    "handed-over": {"ja": "引渡し済み", "en": "handed over"},
    "taken-out": {"ja": "取りやめ", "en": "taken out"},
}
"""State of a letter → its word."""
_ABOUT: dict[str, dict[Language, str]] = {
    "signature": {"ja": "署名用", "en": "signature"},
    "authentication": {"ja": "利用者証明用", "en": "authentication"},
    "card": {"ja": "カード", "en": "card"},
}
