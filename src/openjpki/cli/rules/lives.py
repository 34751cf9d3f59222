"""`openjpki rules lifecycle`, `steps`: what can happen next to a certificate, a card or an application, and what it takes."""

import argparse
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, TypeVar

from openjpki.cli.answer import Answer, BadValue, Run, language_of
from openjpki.cli.rules.arguments import add_choice, policy_of
from openjpki.errors import Language
from openjpki.rules.application import APPLICATION, Step, steps_of
from openjpki.rules.kinds import Procedure
from openjpki.rules.lifecycle import CARD, CERTIFICATE, LifeCycle, advance
from openjpki.rules.words import word

E = TypeVar("E", bound=Enum)

_CYCLES: Mapping[str, LifeCycle[Any, Any]] = {table.name: table for table in (CERTIFICATE, APPLICATION, CARD)}


def _add_lifecycle(parser: argparse.ArgumentParser) -> None:
    add_choice(parser, "--of", list(_CYCLES), "whose life")
    parser.add_argument("--state", required=True, help="where it stands")
    parser.add_argument("--event", help="what happens to it")


def _lifecycle(arguments: argparse.Namespace) -> Answer:
    policy_of(arguments)  # refuses a bad setting; no life depends on one
    language, table = language_of(arguments), _CYCLES[arguments.of]
    state = _member(arguments, "state", (one for edge in table.edges.items() for one in (edge[0][0], edge[1])))
    data: dict[str, Any] = {"state": state.value, "events": [event.value for event in table.events(state)]}
    comma = "、" if language == "ja" else ", "
    line = f"{word(state, language)} → {comma.join(word(event, language) for event in table.events(state)) or '-'}"
    if arguments.event:
        after = advance(table, state, _member(arguments, "event", (event for _, event in table.edges)))
        data["next"] = after.value
        line = f"{word(state, language)} → {word(after, language)}"
    return Answer(data=data, lines=(line,))


def _member(arguments: argparse.Namespace, name: str, members: Iterable[E]) -> E:
    """Return a state or an event by its word; raises `BadValue`."""
    known = {member.value: member for member in members}
    text = getattr(arguments, name)
    if text not in known:
        expected = " / ".join(known)
        raise BadValue(option=f"--{name}", value=text, expected_ja=expected, expected_en=expected)
    return known[text]


def _add_steps(parser: argparse.ArgumentParser) -> None:
    add_choice(parser, "--procedure", [procedure.value for procedure in Procedure], "which procedure")


def _steps(arguments: argparse.Namespace) -> Answer:
    policy_of(arguments)  # refuses a bad setting; no step depends on one
    language = language_of(arguments)
    rows = steps_of(Procedure(arguments.procedure))
    data = [
        {
            "before": row.before.value,
            "event": row.event.value,
            "after": row.after.value,
            "needs": [fact.value for fact in row.needs],
            "findings": list(row.finds),
            "rules": list(row.rules),
        }
        for row in rows
    ]
    return Answer(data={"steps": data}, lines=tuple(line for row in rows for line in _step_lines(row, language)))


def _step_lines(row: Step, language: Language) -> Iterator[str]:
    before, event, after = (word(member, language) for member in (row.before, row.event, row.after))
    yield f"{before} → {after}: {event} [{', '.join(row.rules)}]"
    if row.needs:
        needs = ", ".join(word(fact, language) for fact in row.needs)
        yield f"  {'必要なこと' if language == 'ja' else 'needs'}: {needs}"
    if row.finds:
        finds = ", ".join(f"{code}*" if code.endswith(".") else code for code in row.finds)
        yield f"  {'案内' if language == 'ja' else 'findings'}: {finds}"


QUESTIONS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None], Run]] = {
    "steps": ("the steps of an application: what each needs and may find", _add_steps, _steps),
    "lifecycle": ("what can happen to a certificate, a card or an application", _add_lifecycle, _lifecycle),
}
"""The questions of `openjpki rules`: what it says, its arguments, its answer."""
