"""`openjpki status`: whether a home can do its work now."""

import argparse
from typing import TYPE_CHECKING

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.counted import ago, room, span
from openjpki.errors import Kind, Language
from openjpki.site.opening import opened
from openjpki.site.operators.states import CHECK_NAMES

if TYPE_CHECKING:
    from openjpki.site.watching.health import Finding  # Django must be set up before its modules are loaded

_FIGURES = {
    "code": ("エラーコード", "code"),
    "differences": ("相違", "differences"),
    "required": ("必要な承認の人数", "approvals required"),
    "in_force": ("有効な世代", "generations in force"),
    "nobody_issues": ("発行できる世代がない種類", "kinds that nobody issues"),
    "lists": ("件数", "lists"),
    "run_out": ("期限切れ", "run out"),
    "late": ("更新の遅れ", "late"),
    "next_update_seconds": ("次の期限まで", "the next one ends in"),
    "first": ("最初に期限が来るもの", "which is"),
    "free_bytes": ("空き", "free"),
    "waiting": ("送信待ち", "waiting"),
    "oldest_seconds": ("最も古いもの", "the oldest"),
    "refused": ("拒否", "refused"),
    "paused": ("停止中", "paused"),
    "hour": ("1時間以内", "of the last hour"),
    "day": ("1日以内", "of the last day"),
    "week": ("1週間以内", "of the last week"),
    "unsealed": ("未封印", "unsealed"),
    "rounds": ("実行回数", "rounds"),
    "failures": ("失敗", "failures"),
    "succeeded_seconds_ago": ("最後の成功", "the last success"),
    "older": ("それより前", "older"),
}
"""A figure's words in Japanese and English; JSON has it under its name."""
_IN_USE = {"oldest_seconds": ("waiting", "unsealed"), "succeeded_seconds_ago": ("rounds",)}
"""What tells an age only where there is something: of nothing it would be 0 seconds."""


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "status",
        help="whether the home can do its work now",
        description="Ask what `/readyz` asks: databases, tables, keys, lists, disk, and what waits. Exit 0 or 4.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Answer:
    """Ask every check."""
    with opened(arguments.home) as house:
        from openjpki.site.watching.health import look

        health = look(house)
    language = language_of(arguments)
    column = 0 if language == "ja" else 1
    words = {True: ("良好", "sound"), False: ("異常", "NOT SOUND")}
    warning = ("要確認", "look at this")
    lines = []
    for name, finding in health.findings.items():
        said = warning[column] if finding.sound and finding.warning else words[finding.sound][column]
        told = [_told(figure, value, language) for figure, value in finding.figures.items() if _says(figure, finding)]
        figures = ", ".join(told)
        lines.append(f"{CHECK_NAMES[name][column]}: {said}" + (f" ({figures})" if figures else ""))
    return Answer(data=health.as_data(), lines=lines, kind=None if health.ready else Kind.UNAVAILABLE)


def _says(figure: str, finding: "Finding") -> bool:
    """Tell whether a figure says anything: the age of nothing does not."""
    of = [finding.figures[one] for one in _IN_USE.get(figure, ()) if one in finding.figures]
    return any(of) or not of


def _told(figure: str, value: float | str, language: Language) -> str:
    """Return a figure in words; a length of time and room on a disk in their units."""
    words = _FIGURES.get(figure, (figure, figure))[0 if language == "ja" else 1]
    if figure == "free_bytes":
        return f"{words} {room(int(value))}"
    if figure == "next_update_seconds":
        return f"{words} {span(float(value), language)}"
    if figure in _IN_USE:
        return f"{words} {ago(float(value), language)}"
    return f"{words} {value}"
