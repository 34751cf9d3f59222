from enum import StrEnum

import pytest

from openjpki.authority.checkpoints import Checkpoint as AuthorityStep
from openjpki.readers.checkpoints import Checkpoint as CardStep
from tests.faults.homes import Engine, Place
from tests.faults.table import KILLS, ROOMS, Act, Outcome

CASES = [(act, step) for act, steps in KILLS.items() for step in steps]
ON_A_SERVER = {Act.PUBLISH, Act.IMPORT, Act.EVENT, Act.REVOKE}
"""Acts that are killed on PostgreSQL in `make test` too. `make test-all` has all."""
LONG = {Act.RENEW, Act.REFUSED_ORDER, Act.NEW_KEY}
"""Acts that go the way of an issue: of their steps with the card `make test` takes those of the issue. `make test-all` has all."""


ALIKE = {Act.STAY, Act.EXTEND}
"""Acts that go step by step the way of an event, or of a changed card: killed in `make test-all`."""
WITH_THE_CARD = {
    *CardStep,
    AuthorityStep.CARD_SESSION_OPENED,
    AuthorityStep.CARD_SHOWN,
    AuthorityStep.CARD_WORK_DONE,
}


def _names(case: object) -> str:
    return str(case.value if isinstance(case, Act) else case)


def _is_told_elsewhere(act: Act, step: StrEnum) -> bool:
    if act is Act.TERMINATE:
        return step in KILLS[Act.PUBLISH] or step in KILLS[Act.REVOKE_GENERATION]
    return act in ALIKE or (act is Act.NEW_KEY and step in KILLS[Act.ISSUE]) or (act in LONG and step in WITH_THE_CARD)


def killed(place: Place, act: Act, step: StrEnum, time: int = 1) -> str:
    """Kill the act after a step, take up what it left, and return by which means it came to its end."""
    place.killed("act", act=act.value, kill_at=step.value, time=time)
    outcome: str = place.done("aftermath", act=act.value)
    return outcome


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "step"),
    [pytest.param(*case, marks=pytest.mark.thorough if _is_told_elsewhere(*case) else ()) for case in CASES],
    ids=_names,
)
def test_a_process_killed_after_a_step(sqlite: Engine, act: Act, step: StrEnum) -> None:
    """The act comes to its end by the means that docs/faults.md promises, and every invariant holds on the way."""
    place = sqlite.copy(before=act.value)

    assert Outcome(killed(place, act, step)) is KILLS[act][step]
    sqlite.drop(place)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize(
    ("act", "step"),
    [
        pytest.param(act, step, marks=() if act in ON_A_SERVER else pytest.mark.thorough)
        for act, step in CASES
        if not isinstance(step, CardStep)
    ],
    ids=_names,
)
def test_a_process_killed_after_a_step_on_a_server(postgresql: Engine, act: Act, step: StrEnum) -> None:
    """PostgreSQL gives the same outcome for every step that a database has a part in."""
    place = postgresql.copy(before=act.value)

    assert Outcome(killed(place, act, step)) is KILLS[act][step]
    postgresql.drop(place)


@pytest.mark.slow
@pytest.mark.parametrize("act", Act, ids=_names)
def test_every_step_of_an_act_is_in_the_table(sqlite: Engine, act: Act) -> None:
    """What an act passes, in the order in which it first does, is what the table says of it."""
    place = sqlite.copy(before=act.value)
    passed = place.done("act", act=act.value)

    assert list(dict.fromkeys(passed)) == [step.value for step in KILLS[act]]
    sqlite.drop(place)


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.parametrize("act", Act, ids=_names)
def test_every_later_pass_of_a_step(place: Place, act: Act) -> None:
    """A step that an act passes more than once is killed at each pass: the act still comes to its end."""
    place.done("before", act=act.value)
    passed: list[str] = place.done("act", act=act.value)
    engine = place.engine
    steps = {member.value: member for room in ROOMS for member in room}
    for index, name in enumerate(passed):
        time = passed[: index + 1].count(name)
        if time > 1:
            copy = engine.copy(before=act.value)
            Outcome(killed(copy, act, steps[name], time))
            engine.drop(copy)


def test_a_new_step_without_a_kill_fails() -> None:
    """Every member of every room's checkpoints is killed at by at least one act."""
    killed_at = {step for steps in KILLS.values() for step in steps}

    assert killed_at == {member for room in ROOMS for member in room}
    assert set(KILLS) == set(Act)
    names = [member.value for room in ROOMS for member in room]
    assert len(names) == len(set(names)), "one word for two steps"
