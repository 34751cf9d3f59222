from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import IntegrityError, connections, transaction

from openjpki.authority.control.approvals import act_of, propose
from openjpki.authority.control.kinds import ActKind
from openjpki.authority.models import ControlledAct
from tests.support.authority import Scene
from tests.support.operators import SATO, SUZUKI, TANAKA, Operators

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def row(tmp_path: Path) -> ControlledAct:
    """Return an act that Sato proposed, of a kind that its proposer may not approve."""
    scene = Scene(tmp_path).open()
    hand = Operators(scene.authority).enrolled().hand(SATO)
    return act_of(propose(scene.authority, ActKind.PROFILE_CHANGE, {"profile": "x"}, hand, scene.clock()).pk)


def _seat(number: int, name: str) -> Callable[[ControlledAct], None]:
    def take(row: ControlledAct) -> None:
        setattr(row, f"approver_{number}_id", name)
        setattr(row, f"signature_{number}", b"x")
        setattr(row, f"approved_at_{number}", row.proposed_at)

    return take


def _begin(row: ControlledAct) -> None:
    row.begun_at = row.proposed_at


def _begin_late(row: ControlledAct) -> None:
    row.begun_at = row.expires_at


def _done(row: ControlledAct) -> None:
    row.done_at = row.proposed_at


def _unsigned(row: ControlledAct) -> None:
    row.approver_1_id = TANAKA


BREAKS: dict[str, tuple[Callable[[ControlledAct], None], ...]] = {
    "act_seat_1_is_signed": (_unsigned,),
    "act_seats_fill_in_order": (_seat(2, TANAKA),),
    "act_approvers_are_different_people": (_seat(1, TANAKA), _seat(2, TANAKA)),
    "act_not_approved_by_its_proposer": (_seat(1, SATO),),
    "act_begun_with_enough_approvals": (_seat(1, TANAKA), _begin),
    "act_begun_in_time": (_seat(1, TANAKA), _seat(2, SUZUKI), _begin_late),
    "act_done_once_begun": (_seat(1, TANAKA), _seat(2, SUZUKI), _done),
}


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_the_database_itself_holds_dual_control(row: ControlledAct, name: str) -> None:
    """Whatever the code does: distinct approvers, signed and in order, not the proposer, enough before it begins, in time."""
    for breaks in BREAKS[name]:
        breaks(row)

    with pytest.raises(IntegrityError) as refused, transaction.atomic(using="authority"):
        row.save()
    assert name in str(refused.value)


def test_the_database_takes_no_act_of_one(row: ControlledAct) -> None:
    """An act that one operator approves is none under dual control; nor does one wait for ever."""
    for change in ("required = 1", "expires_at = proposed_at"):
        with (
            pytest.raises(IntegrityError),
            transaction.atomic(using="authority"),
            connections["authority"].cursor() as cursor,
        ):
            cursor.execute(f"UPDATE authority_controlledact SET {change}")  # noqa: S608  -- from the table above
    assert act_of(row.pk).required == 2
