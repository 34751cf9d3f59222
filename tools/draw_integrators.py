"""Draws two tables into the page for integrators: the test cards, and what programs of others were seen to do with a card.

The rows of the first are the catalogue; those of the other are `docs/interop.json`, which the tests of `tests/interop` write
and are held to.
"""

import json
from pathlib import Path
from typing import Any

from openjpki.cli.card_catalogue import PIN_STATES, STANDINGS, pin_state
from openjpki.lab.catalogue import ABSENT, CATALOGUE, TestCard
from openjpki.rules.kinds import CertificateKind, PinKind
from tools.draw_errors import cell

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = DOCS / "integrators.md"
RECORD = DOCS / "interop.json"
BEGIN = "<!-- begin: drawn from interop.json by tools/make_docs.py -->"
CARDS = "<!-- begin: drawn from the catalogue by tools/make_docs.py -->"
END = "<!-- end -->"


def integrators_page() -> str:
    """Return `docs/integrators.md` as it stands, with each table drawn anew between its two marks."""
    page = PAGE.read_text(encoding="utf-8")
    tables = {BEGIN: table(json.loads(RECORD.read_text(encoding="utf-8"))), CARDS: cards_table()}
    for begin, lines in tables.items():
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(END)
        page = "\n".join((before + begin, "", *lines, "", END + after))
    return page


def cards_table() -> list[str]:
    """Return one line for each test card: what it is, what is found out about it, and what a service should do."""
    lines = [
        "| card | what it is | authentication certificate | signature certificate | at a login | with a signature |",
        "|---|---|---|---|---|---|",
    ]
    for card in CATALOGUE:
        found = " | ".join(_found(card, kind) for kind in (CertificateKind.AUTHENTICATION, CertificateKind.SIGNATURE))
        told = " | ".join(cell(words.en) for words in (card.login, card.signing))
        lines.append(f"| `{card.name}` | {cell(card.purpose.en)} | {found} | {told} |")
    return lines


def _found(card: TestCard, kind: CertificateKind) -> str:
    expected, pin = card.expected(kind), PIN_STATES[pin_state(card, PinKind(kind.value))]["en"]
    told = STANDINGS[expected.standing]["en"]
    if expected.reason:
        told += f", `{expected.reason.value}`"
    return f"{told}; {pin}" if pin and expected != ABSENT else told


def table(record: Any) -> list[str]:
    """Return one line for each thing that was run: the program with its package and version, what, and what it said."""
    lines = ["| program | what was run | what it said |", "|---|---|---|"]
    for row in sorted(record["rows"], key=lambda one: (one["program"], one["what"])):
        version = record["versions"][row["program"]]
        program = f"{row['program']} ({version['package']} {version['version']})"
        said = "<br>".join(f"`{cell(words)}`" for words in row["said"])
        lines.append(f"| {program} | {cell(row['what'])} | {said} |")
    return lines
