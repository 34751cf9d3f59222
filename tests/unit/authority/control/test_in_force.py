"""What was done under dual control decides, not the marker of the home."""

import pytest

from openjpki.authority.control.in_force import ControlLeftOut, ControlNotSet, control_in_force
from openjpki.authority.control.kinds import ActKind, DualControl
from openjpki.authority.control.operator_keys import OperatorKey
from openjpki.authority.control.operators import OperatorsComplete
from openjpki.authority.models import GenerationEnd, Issuer, Operator
from openjpki.rules.kinds import CertificateKind
from tests.support.authority import Scene
from tests.support.operators import NAMES, SATO, Operators, set_dual_control

pytestmark = pytest.mark.django_db(databases=["authority"])


def leave_out(scene: Scene) -> None:
    """Let the home's marker say nothing of dual control any more."""
    object.__setattr__(scene.authority, "dual_control", DualControl())


def test_a_sandbox_that_never_had_operators_goes_its_short_way(scene: Scene) -> None:
    """Nothing was done under dual control: the setting decides."""
    assert not control_in_force(scene.authority).strict

    scene.authority.ceremony(CertificateKind.SIGNATURE)


def test_a_marker_that_leaves_dual_control_out_turns_nothing_off(scene: Scene) -> None:
    """Cut short or edited: no key, no drill, no operator and no proposal comes of it, and a clear error says why."""
    operators = Operators(scene.authority).enrolled()
    leave_out(scene)
    issuers = Issuer.objects.count()

    with pytest.raises(ControlLeftOut) as refused:
        scene.authority.ceremony(CertificateKind.SIGNATURE)
    with pytest.raises(ControlLeftOut):
        operators.operation.drill("signature-1", GenerationEnd.COMPROMISE, lambda _: None)
    with pytest.raises(ControlLeftOut):
        operators.operation.enrol_first("fourth", OperatorKey.generate().public_key)
    with pytest.raises(ControlLeftOut):
        operators.propose(ActKind.OPERATOR_REMOVAL, {"operator": SATO})
    assert refused.value.data == {"operators": 3, "required": 2}
    assert "dual_control" in refused.value.message("ja")
    assert "dual_control" in refused.value.message("en")
    assert (Issuer.objects.count(), Issuer.objects.filter(ended_at__isnull=False).count()) == (issuers, 0)
    assert Operator.objects.count() == 3


def test_one_operator_is_enough_to_keep_it_on(scene: Scene) -> None:
    """It is on from the first who came, although nothing was proposed yet; also when everybody was removed again."""
    operators = Operators(scene.authority)
    set_dual_control(scene.authority)
    operators.operation.enrol_first(SATO, operators.keys[SATO].public_key)
    leave_out(scene)

    with pytest.raises(ControlLeftOut):
        control_in_force(scene.authority)


def test_no_fewer_approve_than_once_did(scene: Scene) -> None:
    """Three approved an act: a setting of two is one that says less; more may be asked for at any time."""
    operators = Operators(scene.authority).enrolled()
    set_dual_control(scene.authority, required=3)
    operators.propose(ActKind.OPERATOR_REMOVAL, {"operator": SATO})
    set_dual_control(scene.authority, required=2)

    with pytest.raises(ControlLeftOut) as refused:
        operators.propose(ActKind.OPERATOR_REMOVAL, {"operator": SATO})
    assert refused.value.data == {"operators": 3, "required": 3}
    set_dual_control(scene.authority, required=3, operators=5)
    assert control_in_force(scene.authority).required == 3


def test_the_first_operators_do_not_come_after_an_act(scene: Scene) -> None:
    """A setting of more operators opens no seat once anything was proposed: later ones come by the others' approval."""
    operators = Operators(scene.authority).enrolled()
    operators.propose(ActKind.OPERATOR_REMOVAL, {"operator": SATO})
    set_dual_control(scene.authority, operators=9)

    with pytest.raises(OperatorsComplete):
        operators.operation.enrol_first("fourth", OperatorKey.generate().public_key)
    assert sorted(one.name for one in Operator.objects.all()) == sorted(NAMES)


def test_a_home_without_dual_control_has_no_operators(scene: Scene) -> None:
    """What they approve could be done without them: it is set first."""
    with pytest.raises(ControlNotSet):
        scene.authority.operation.enrol_first(SATO, OperatorKey.generate().public_key)
    assert not Operator.objects.exists()
