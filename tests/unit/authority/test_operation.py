import pytest

from openjpki.authority.control.controlled import NotCarriedOutHere, for_issuer
from openjpki.authority.control.kinds import ActKind, DualControl
from openjpki.authority.generations.end import GenerationEnded
from openjpki.authority.generations.issuers import NoSuchIssuer
from openjpki.authority.models import GenerationEnd, Issuer
from openjpki.authority.operation import NotInASandbox
from openjpki.authority.verifiers.register import RegistrationUnsound
from tests.support.authority import Scene
from tests.support.operators import Operators

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_a_drill_is_for_a_sandbox(scene: Scene) -> None:
    """Under dual control it takes the approved act; of no generation there is no drill."""
    with pytest.raises(NoSuchIssuer):
        scene.authority.operation.drill("signature-9", GenerationEnd.COMPROMISE, lambda _: None)
    object.__setattr__(scene.authority, "dual_control", DualControl(strict=True))
    with pytest.raises(NotInASandbox):
        scene.authority.operation.drill("signature-1", GenerationEnd.COMPROMISE, lambda _: None)
    assert not Issuer.objects.filter(ended_at__isnull=False).exists()


def test_what_cannot_be_carried_out_is_not_proposed(scene: Scene) -> None:
    """A generation whose key is gone is not compromised any more, half a notification is none, a profile changes elsewhere."""
    scene.authority.operation.drill("signature-1", GenerationEnd.TERMINATION, lambda _: None)
    operators = Operators(scene.authority).enrolled()

    with pytest.raises(GenerationEnded):
        operators.propose(ActKind.MASS_REVOCATION, for_issuer("signature-1"))
    with pytest.raises(RegistrationUnsound):
        operators.propose(ActKind.VERIFIER_REGISTRATION, {})
    with pytest.raises(NotCarriedOutHere):
        operators.propose(ActKind.PROFILE_CHANGE, {})
    assert operators.operation.acts() == []
