"""Draws the life cycles of `openjpki.rules.lifecycle` as Mermaid state diagrams: the drawing cannot lie."""

from enum import Enum
from typing import Any

from openjpki.rules.application import APPLICATION
from openjpki.rules.lifecycle import CARD, CERTIFICATE, LifeCycle
from openjpki.rules.notices import NOTICE
from openjpki.rules.verifiers import VERIFIER

PREFACE = (
    "Drawn by `tools/make_docs.py` from the table in `openjpki.rules.lifecycle`. What is not in it cannot happen: "
    "an illegal transition is refused and changes nothing."
)
TABLES: tuple[LifeCycle[Any, Any], ...] = (CERTIFICATE, APPLICATION, CARD, NOTICE, VERIFIER)


def machine_page(table: LifeCycle[Any, Any]) -> str:
    """Return the page of one life cycle: the diagram, and the same as a table."""
    lines = [
        f"# The life of a{'n' if table.name[0] in 'aeiou' else ''} {table.name} ({table.name_ja})",
        "",
        PREFACE,
        "",
        "```mermaid",
        "stateDiagram-v2",
        *(f"    {line}" for line in diagram(table)),
        "```",
        "",
        "| state | event | next state |",
        "|---|---|---|",
        *(f"| {here.value} | {event.value} | {there.value} |" for (here, event), there in table.edges.items()),
    ]
    return "\n".join(lines) + "\n"


def diagram(table: LifeCycle[Any, Any]) -> list[str]:
    """Return the lines of the diagram; the table begins with the first state of a life."""
    states: list[Enum] = list(dict.fromkeys([*(here for here, _ in table.edges), *table.edges.values()]))
    named = [f'state "{state.value}" as {_id(state)}' for state in states if _id(state) != state.value]
    edges = [f"{_id(here)} --> {_id(there)}: {event.value}" for (here, event), there in table.edges.items()]
    ends = [f"{_id(state)} --> [*]" for state in states if not table.events(state)]
    return [*named, f"[*] --> {_id(states[0])}", *edges, *ends]


def _id(state: Enum) -> str:
    """Return a name that Mermaid takes: a hyphen would end it."""
    return str(state.value).replace("-", "_")
