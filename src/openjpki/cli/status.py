"""`openjpki status`: whether a home can do its work now."""

import argparse

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.errors import Kind
from openjpki.site.opening import opened
from openjpki.site.operators.states import CHECK_NAMES, FIGURES_JA


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
        words_of_figures = FIGURES_JA if column == 0 else {}
        figures = ", ".join(
            f"{words_of_figures.get(figure, figure)} {value}" for figure, value in finding.figures.items()
        )
        lines.append(f"{CHECK_NAMES[name][column]}: {said}" + (f" ({figures})" if figures else ""))
    return Answer(data=health.as_data(), lines=lines, kind=None if health.ready else Kind.UNAVAILABLE)
