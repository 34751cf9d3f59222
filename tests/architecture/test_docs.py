import argparse
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from openjpki.cli.main import parser
from openjpki.errors import Failure
from openjpki.rules.lifecycle import LifeCycle
from tools.draw_commands import leaves
from tools.draw_machines import TABLES, diagram
from tools.make_docs import DRAWN, ROOT, pages

WRITTEN_BY_HAND = [
    path
    for path in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
    if path.name not in {"commands.md", "errors.md", "faults.md"}
]
COMMAND = re.compile(r"(?:^|[|;&(\s])(?:\.venv/bin/)?(openjpki (?:'[^'\n]*'|[^|;&\n)'])+)")
SHELL = re.compile(r'"\$\([^)]*\)"')
"""What the shell fills in: in our documents always a day or a moment."""
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]+)?\)")


@pytest.mark.parametrize("path", sorted(DRAWN), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_generated_page_is_current(path: Path) -> None:
    """What is drawn from the code says what the code says (run tools/make_docs.py)."""
    assert path.read_text(encoding="utf-8") == DRAWN[path]()


def test_the_pages_do_not_depend_on_who_draws_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Language, home and the width of the terminal change nothing: the pages are those of the test before."""
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    monkeypatch.setenv("OPENJPKI_HOME", "/srv/jpki")

    assert pages() == {path: path.read_text(encoding="utf-8") for path in DRAWN}


def test_every_command_is_on_its_page() -> None:
    """Each command that can be run has a heading, and each of its own options a row, with help."""
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    found = list(leaves())

    assert len(found) > 20
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [leaf.prog for leaf in found]
    for leaf in found:
        common = text.partition("\n## ")[0]
        section = text.partition(f"## {leaf.prog}\n")[2].partition("\n## ")[0]
        actions = [action for action in leaf._actions if not isinstance(action, argparse._HelpAction)]
        options = [option for action in actions for option in action.option_strings]

        assert [action.dest for action in actions if not action.help] == [], f"{leaf.prog}: an option without help"
        assert [option for option in options if f"| `{option}" not in common + section] == []


def commands(path: Path) -> list[str]:
    """Return the `openjpki` commands in a page's shell blocks, continued lines joined."""
    blocks = re.findall(r"```(?:sh|console|bash)\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [command for line in lines for command in COMMAND.findall(SHELL.sub("2026-11-24", line))]


@pytest.mark.parametrize("path", [path for path in WRITTEN_BY_HAND if commands(path)], ids=lambda path: path.name)
def test_what_the_documents_say_can_be_typed(path: Path) -> None:
    """Every command of a shell block is of the command line's grammar."""
    wrong = {}
    for command in commands(path):
        try:
            parser().parse_args(shlex.split(command)[1:])
        except Failure as failure:
            wrong[command] = str(failure)

    assert wrong == {}


@pytest.mark.parametrize("path", WRITTEN_BY_HAND, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    """A link between documents names a file that is there, and a heading that is in it."""
    broken = []
    for target, anchor in LINK.findall(path.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        place = (path.parent / target).resolve()
        if not place.exists() or (anchor and anchor[1:] not in headings(place)):
            broken.append(target + anchor)

    assert broken == []


def headings(path: Path) -> set[str]:
    """Return the anchors that a forge gives to the headings of a page."""
    found = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("cycle", TABLES, ids=lambda cycle: str(cycle.name))
def test_a_diagram_has_every_edge_and_no_other(cycle: LifeCycle[Any, Any]) -> None:
    """One start, an end for every final state, an arrow for each line of the table."""
    lines = [line for line in diagram(cycle) if "-->" in line]
    labelled = [line for line in lines if ": " in line]
    final = {there for there in cycle.edges.values() if there not in {here for here, _ in cycle.edges}}

    assert len(labelled) == len(cycle.edges)
    assert sum(line.startswith("[*] -->") for line in lines) == 1
    assert sum(line.endswith("--> [*]") for line in lines) == len(final)
    assert all(re.fullmatch(r"(?:\w+|\[\*\]) --> (?:\w+|\[\*\])(?:: [a-z-]+)?", line) for line in lines)
