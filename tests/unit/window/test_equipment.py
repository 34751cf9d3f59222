from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError

from openjpki.audit.record import NotInTransaction
from openjpki.rules.policy import Policy
from openjpki.window.equipment import Equipment, act, note, over_what_is_there
from openjpki.window.loading import ResidentNotFound
from openjpki.window.verbs import Verb
from tests.support.carrier import InProcess
from tests.unit.window.authority import StandInAuthority
from tests.unit.window.counter import WAKABA, Clock, audited, numbers

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def test_the_day_is_the_japanese_one() -> None:
    """15:00 UTC is the next day in Japan; a number is 32 hexadecimal digits, each another one."""
    clock = Clock(NOW)
    equipment = Equipment(
        carrier=InProcess(StandInAuthority(clock).handle), policy=Policy(), clock=clock, entropy=numbers()
    )

    assert (equipment.moment(), equipment.today()) == (NOW, date(2026, 11, 24))
    given = {equipment.new_id() for _ in range(10)}
    assert len(given) == 10
    assert {len(number) for number in given} == {32}


@pytest.mark.django_db(databases=["window"], transaction=True)
def test_an_act_and_its_audit_row_stand_or_fall_together() -> None:
    """The audit row is written in the act's transaction; a failed act leaves none, and without one it is a bug."""
    with act():
        note(WAKABA, Verb.RESIDENT_READ, "resident:99201/1", at=NOW)
    with pytest.raises(ResidentNotFound):
        _act_that_fails()
    with pytest.raises(NotInTransaction):
        note(WAKABA, Verb.RESIDENT_READ, "resident:99201/3", at=NOW)

    (row,) = audited("resident.read")
    assert (row.subject, row.actor, row.data) == ("resident:99201/1", "sato", {"municipality": "99201"})


def _act_that_fails() -> None:
    with act():
        note(WAKABA, Verb.RESIDENT_READ, "resident:99201/2", at=NOW)
        raise ResidentNotFound


def test_an_act_that_lost_a_race_is_tried_over_what_is_there() -> None:
    """Rows that another process wrote first are found the second time; a second clash is a bug and is raised."""
    clashes = [IntegrityError("first"), None]

    def attempt() -> str:
        clash = clashes.pop(0)
        if clash is not None:
            raise clash
        return "done"

    assert over_what_is_there(attempt) == "done"
    clashes[:] = [IntegrityError("first"), IntegrityError("second")]
    with pytest.raises(IntegrityError, match="second"):
        over_what_is_there(attempt)
