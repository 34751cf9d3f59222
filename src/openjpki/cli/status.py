"""`openjpki status`: whether a home can do its work now."""

import argparse

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.errors import Kind
from openjpki.site.opening import opened

_NAMES = {
    "databases": ("データベース", "databases"),
    "tables": ("表の版", "tables"),
    "keys": ("署名鍵", "keys"),
    "lists": ("失効リスト", "revocation lists"),
    "disk": ("ディスク", "disk"),
    "outbox": ("送信待ち", "outbox"),
    "orders": ("処理中の注文", "open orders"),
    "records": ("監査記録の封印", "sealing of the audit records"),
    "upkeep": ("定期処理", "upkeep"),
}


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
    column = 0 if language_of(arguments) == "ja" else 1
    words = {True: ("良好", "sound"), False: ("異常", "NOT SOUND")}
    warning = ("要確認", "look at this")
    lines = []
    for name, finding in health.findings.items():
        said = warning[column] if finding.sound and finding.warning else words[finding.sound][column]
        figures = ", ".join(f"{figure} {value}" for figure, value in finding.figures.items())
        lines.append(f"{_NAMES[name][column]}: {said}" + (f" ({figures})" if figures else ""))
    return Answer(data=health.as_data(), lines=lines, kind=None if health.ready else Kind.UNAVAILABLE)
