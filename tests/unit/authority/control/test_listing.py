from datetime import timedelta

import pytest

from openjpki.authority.control.kinds import ActKind
from openjpki.authority.control.listing import told_act
from tests.support.authority import Scene
from tests.support.operators import SATO, TANAKA, Operators

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_an_act_is_told_as_it_stands(scene: Scene) -> None:
    """It waits, has half its approvals, is over; who proposed it, and what it is about."""
    operators = Operators(scene.authority).enrolled()
    number = operators.propose(ActKind.OPERATOR_REMOVAL, {"operator": TANAKA})
    operators.operation.approve(number, operators.hand(SATO))
    (row,) = operators.operation.acts()
    told = told_act(row, scene.clock())

    assert (told["state"], told["standing"], told["required"]) == ("proposed", 1, 2)
    assert (told["content"], told["proposer"], told["approvers"]) == ({"operator": TANAKA}, SATO, [SATO])
    assert told_act(row, scene.clock() + timedelta(days=8))["state"] == "expired"
    operators.operation.approve(number, operators.hand(TANAKA))
    (row,) = operators.operation.acts()
    assert told_act(row, scene.clock())["state"] == "approved"
    row.begun_at = scene.clock()
    assert told_act(row, scene.clock())["state"] == "begun"
    row.done_at = scene.clock()
    assert told_act(row, scene.clock())["state"] == "done"
