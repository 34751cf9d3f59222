from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.control.approvals import ApprovedBefore, SignatureWrong
from openjpki.authority.control.controlled import for_issuer
from openjpki.authority.control.kinds import ActKind, DualControl
from openjpki.authority.control.statements import approval_of
from openjpki.authority.generations.end import GenerationEnded
from openjpki.authority.generations.issuers import NoSuchIssuer
from openjpki.authority.generations.profile_records import (
    NeedsApproval,
    ProfilesOther,
    ProfilesSame,
    code_digest,
    recorded_digest,
)
from openjpki.authority.models import GenerationEnd, Issuer
from openjpki.authority.operation import NotInASandbox
from openjpki.authority.verifiers.register import RegistrationUnsound
from tests.support.authority import Scene
from tests.support.operators import SATO, SUZUKI, TANAKA, Operators

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
    """A generation whose key is gone is not compromised any more, half a notification is none, and nobody guesses a profile."""
    scene.authority.operation.drill("signature-1", GenerationEnd.TERMINATION, lambda _: None)
    operators = Operators(scene.authority).enrolled()

    with pytest.raises(GenerationEnded):
        operators.propose(ActKind.MASS_REVOCATION, for_issuer("signature-1"))
    with pytest.raises(RegistrationUnsound):
        operators.propose(ActKind.VERIFIER_REGISTRATION, {})
    with pytest.raises(ProfilesOther):
        operators.propose(ActKind.PROFILE_CHANGE, {})
    assert operators.operation.acts() == []


def test_an_operator_of_a_sandbox_records_a_change_of_profiles(scene: Scene) -> None:
    """By naming its digest; elsewhere it takes approvals."""
    authority = scene.authority
    scene.authority = replace(authority, profiles=replace(authority.profiles, cps="http://cps.example/"))
    digest = code_digest(scene.authority)

    with pytest.raises(ProfilesOther):
        scene.authority.operation.record_profiles(recorded_digest())
    with pytest.raises(NeedsApproval):
        replace(scene.authority, dual_control=DualControl(strict=True)).operation.record_profiles(digest)
    assert scene.authority.operation.record_profiles(digest).digest == recorded_digest() == digest
    with pytest.raises(ProfilesSame):
        scene.authority.operation.record_profiles(digest)


def test_a_signature_made_elsewhere_approves(scene: Scene) -> None:
    """By the operator whose key it is, over exactly this act; by nobody else, and for no other act (T-102)."""
    operators = Operators(scene.authority).enrolled()
    operation = operators.operation
    content = {"operator": SUZUKI}
    number, other = (operators.propose(ActKind.OPERATOR_REMOVAL, content) for _ in range(2))
    signature = operators.keys[TANAKA].sign(approval_of(operation.statement(number)))

    for wrong_act, wrong_name in ((other, TANAKA), (number, SATO)):
        with pytest.raises(SignatureWrong):
            operation.approve_by(wrong_act, wrong_name, signature)
    row = operation.approve_by(number, TANAKA, signature)
    assert row.approver_1_id == TANAKA
    with pytest.raises(ApprovedBefore):
        operation.approve_by(number, TANAKA, signature)


def test_a_flood_of_refusals_does_not_fill_the_record(scene: Scene) -> None:
    """Each is counted; of many only some get a row of their own."""
    real = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
    for _ in range(60):
        scene.authority.operation.refused(SATO, "authority.approvals.signature-wrong", real)
    scene.authority.operation.refused(SATO, "pages.refused", real + timedelta(hours=1))
    rows = Entry.objects.using("authority").filter(verb="operator.refused").order_by("pk")

    assert len(rows) == 21
    assert {row.actor for row in rows} == {"operator:sato"}
    last = rows.last()
    assert last is not None
    assert last.data == {"code": "pages.refused", "left_out": 40}
