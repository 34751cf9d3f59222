from dataclasses import replace
from pathlib import Path

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.control.approvals import NotApproved
from openjpki.authority.control.controlled import Going
from openjpki.authority.control.kinds import ActKind, DualControl
from openjpki.authority.models import Verifier
from openjpki.authority.verifiers import register as verifiers
from openjpki.authority.verifiers.proposals import content_for, registration_in
from openjpki.authority.verifiers.register import GroundForeign, RegistrationNeedsApproval, RightNotGiven, VerifierKnown
from openjpki.rules.verifiers import GIVES, Ground, Right, VerifierKind, grounds_foreign
from tests.support.authority import Scene
from tests.support.operators import SUZUKI, TANAKA, Operators
from tests.support.verifiers import registration

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def operators(tmp_path: Path) -> Operators:
    """Return three operators of an authority without short ways."""
    scene = Scene(tmp_path)
    object.__setattr__(scene.authority, "dual_control", DualControl(strict=True))
    return Operators(scene.authority).enrolled()


@pytest.mark.parametrize("kind", list(VerifierKind))
def test_what_is_approved_is_what_is_registered(kind: VerifierKind) -> None:
    """R-5.24: an act's content says every word of the notification, and nothing else."""
    whole = replace(registration(kind=kind), corporate_number="7000012050002")

    assert registration_in(content_for(whole)) == whole


def test_nobody_lets_a_verifier_in_alone(operators: Operators) -> None:
    """Under dual control a registration that is simply entered is refused, whatever paper it names."""
    means = operators.operation.means
    with pytest.raises(RegistrationNeedsApproval):
        verifiers.register(means, registration(), means.clock(), approved_by="a paper")

    assert not Verifier.objects.exists()


def test_several_operators_let_a_verifier_in(operators: Operators) -> None:
    """The register names the act for good, and the record says so; the proposer has no seat."""
    number = operators.propose(ActKind.VERIFIER_REGISTRATION, content_for(registration("bank")))
    with pytest.raises(NotApproved):
        operators.operation.carry_out(number, Going())
    assert not Verifier.objects.exists()
    for name in (TANAKA, SUZUKI):
        operators.operation.approve(number, operators.hand(name))
    operators.operation.carry_out(number, Going())
    row = Verifier.objects.get()

    assert (row.code, row.approved_by, row.state) == ("bank", f"act:{number}", "active")
    noted = Entry.objects.using("authority").get(verb="verifier.registered")
    assert noted.data["approved_by"] == f"act:{number}"


def test_what_cannot_be_registered_is_not_proposed(operators: Operators) -> None:
    """R-5.24: a ground of another kind, a right that no ground carries, a code that is somebody's."""
    foreign = replace(registration(), grounds=frozenset(Ground))
    weak = next(ground for ground in Ground if GIVES[ground] != frozenset(Right))
    kind = next(kind for kind in VerifierKind if not grounds_foreign(kind, frozenset({weak})))
    strong = replace(registration(kind=kind), grounds=frozenset({weak}), rights=frozenset(Right))
    with pytest.raises(GroundForeign):
        operators.propose(ActKind.VERIFIER_REGISTRATION, content_for(foreign))
    with pytest.raises(RightNotGiven):
        operators.propose(ActKind.VERIFIER_REGISTRATION, content_for(strong))
    operators.carried_out(ActKind.VERIFIER_REGISTRATION, content_for(registration("bank")))
    with pytest.raises(VerifierKnown):
        operators.propose(ActKind.VERIFIER_REGISTRATION, content_for(registration("bank")))
