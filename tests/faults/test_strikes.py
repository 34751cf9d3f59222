from enum import StrEnum

import pytest

from openjpki.readers.checkpoints import Checkpoint as CardStep
from tests.faults.homes import Engine
from tests.faults.table import KILLS, Act, Fault, Outcome, outcome_of

DAY, MINUTE = 86_400, 60
_IN_MAKE_TEST = {Act.PUBLISH, Act.PIN_RESET, Act.WRONG_PIN}
"""Acts that are struck in `make test`; `make test-all` strikes all."""
CASES = [
    pytest.param(fault, act, step, marks=() if act in _IN_MAKE_TEST else pytest.mark.thorough)
    for fault in Fault
    if fault is not Fault.DATABASE
    for act, steps in KILLS.items()
    for step in steps
    if outcome_of(fault, act, step) is not None
]
ON_A_SERVER = [
    pytest.param(act, step, marks=() if act in {Act.IMPORT, Act.REVOKE} else pytest.mark.thorough)
    for act, steps in KILLS.items()
    for step in steps
    if outcome_of(Fault.DATABASE, act, step) is not None
]


def _names(case: object) -> str:
    return case.value if isinstance(case, Act | Fault | StrEnum) else str(case)


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "act", "step"), CASES, ids=_names)
def test_a_fault_that_strikes_after_a_step(sqlite: Engine, fault: Fault, act: Act, step: StrEnum) -> None:
    """The act comes to its end by the means that docs/faults.md promises, and every invariant holds on the way."""
    assert struck(sqlite, fault, act, step) is outcome_of(fault, act, step)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize(("act", "step"), ON_A_SERVER, ids=_names)
def test_a_server_that_crashes_after_a_step(postgresql: Engine, act: Act, step: StrEnum) -> None:
    """A database server that crashes and recovers loses no step that was committed, whatever was on its way."""
    assert struck(postgresql, Fault.DATABASE, act, step) is outcome_of(Fault.DATABASE, act, step)


@pytest.mark.slow
@pytest.mark.postgres
def test_what_serves_goes_on_after_a_crash_of_the_server(postgresql: Engine) -> None:
    """A crash between two rounds is not noticed; a round in which the database crashes fails, and the next one works."""
    place = postgresql.copy()

    assert place.done("kept-up") == [True, True, False, True]
    postgresql.drop(place)


def struck(engine: Engine, fault: Fault, act: Act, step: StrEnum) -> Outcome:
    """Let a fault strike after a step of an act, and return by which means the act came to its end."""
    place = engine.copy(before=act.value)
    place.done("struck", act=act.value, step=step.value, fault=fault.value)
    later = DAY if fault is Fault.AWAY else MINUTE
    outcome = Outcome(place.done("aftermath", act=act.value, later=later))
    engine.drop(place)
    return outcome


def test_only_a_card_is_pulled() -> None:
    """A fault has an outcome at every step at which it can strike."""
    steps = [(act, step) for act, rows in KILLS.items() for step in rows]
    pulled = {step for act, step in steps if outcome_of(Fault.CARD_PULLED, act, step) is not None}

    assert pulled == set(CardStep)
    assert all(
        outcome_of(Fault.DISK_FULL, act, step) and outcome_of(Fault.CLOCK_BACK, act, step) for act, step in steps
    )
