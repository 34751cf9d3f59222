from dataclasses import replace
from datetime import timedelta

import pytest

from openjpki.authority.control.approvals import NoSuchAct
from openjpki.authority.control.controlled import (
    EXECUTIONS,
    Going,
    NothingToRevoke,
    SwitchTooLate,
    for_switch,
)
from openjpki.authority.control.kinds import ActKind
from openjpki.authority.control.operators import OperatorNameBad
from openjpki.authority.generations.issuers import NoSuchIssuer, issuing
from openjpki.authority.generations.profile_records import (
    ProfilesOther,
    ProfilesSame,
    code_digest,
    content_for,
    differing,
    recorded_digest,
)
from openjpki.authority.models import Issuer, ProfileRecord
from openjpki.rules.dates import in_japan, read_moment
from tests.support.authority import SIGNATURE, Scene
from tests.support.operators import SUZUKI, TANAKA, Operators

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def operators(scene: Scene) -> Operators:
    """Return three enrolled operators."""
    return Operators(scene.authority).enrolled()


def test_every_kind_is_carried_out_here(operators: Operators) -> None:
    """An act that is proposed and approved can be carried out."""
    assert set(EXECUTIONS) == set(ActKind)
    with pytest.raises(NoSuchAct):
        operators.operation.carry_out(99, Going())


def test_a_profile_change_is_of_the_digest_that_was_approved(scene: Scene, operators: Operators) -> None:
    """What was proposed is looked at again when it is carried out: this version may have become another meanwhile."""
    before = scene.authority
    with pytest.raises(ProfilesSame):
        operators.propose(ActKind.PROFILE_CHANGE, content_for(recorded_digest()))
    scene.authority = replace(before, profiles=replace(before.profiles, cps="http://cps.example/"))
    operators.operation = scene.authority.operation
    number = operators.approved(ActKind.PROFILE_CHANGE, content_for(code_digest(scene.authority)))

    with pytest.raises(ProfilesOther):
        before.operation.carry_out(number, Going())
    done = scene.authority.operation.carry_out(number, Going())

    assert recorded_digest() == code_digest(scene.authority)
    assert ProfileRecord.objects.get(act=done).digest == recorded_digest()
    assert {one.value for one in differing(before)} == {"signature", "authentication"}
    assert not differing(scene.authority)


@pytest.fixture
def second(scene: Scene) -> Issuer:
    """Return a generation that issues in thirty days, made while the sandbox was under no dual control."""
    return scene.authority.ceremony(SIGNATURE, issues_from=scene.clock() + timedelta(days=30))[0]


def test_a_switch_moves_the_day_of_issue(second: Issuer, operators: Operators) -> None:
    """Before it comes, to one that is still to come; the older generation issues until then."""
    day = second.issues_from
    later = in_japan(day + timedelta(days=10)).replace(tzinfo=None).isoformat()
    operators.carried_out(ActKind.GENERATION_SWITCH, for_switch("signature-2", later))
    second.refresh_from_db()

    assert second.issues_from == read_moment(later)
    assert str(issuing(SIGNATURE, second.issues_from - timedelta(seconds=1))) == "signature-1"
    assert str(issuing(SIGNATURE, second.issues_from)) == "signature-2"


@pytest.mark.parametrize(
    ("issuer", "issues_from"),
    [("signature-1", "2026-03-01T00:00"), ("signature-2", "2026-01-01T00:00"), ("signature-2", "2036-03-01T00:00")],
)
@pytest.mark.usefixtures("second")
def test_no_switch_rewrites_what_was(operators: Operators, issuer: str, issues_from: str) -> None:
    """Not of one that issues already, not into the past, not beyond its end."""
    with pytest.raises(SwitchTooLate):
        operators.propose(ActKind.GENERATION_SWITCH, for_switch(issuer, issues_from))
    with pytest.raises(NoSuchIssuer):
        for_switch("signature-9", issues_from)


def test_operators_revoke_one_certificate(scene: Scene, operators: Operators) -> None:
    """A record error that the authority itself found (R-5.9): at once, once."""
    scene.with_card()
    issued = scene.issue(SIGNATURE)
    content = {"certificate": f"signature/{issued.serial}", "cause": "record-error"}
    second = operators.approved(ActKind.REVOCATION, content)
    operators.carried_out(ActKind.REVOCATION, content)

    assert scene.word(issued) == "revoked affiliation_changed"
    with pytest.raises(NothingToRevoke):
        operators.operation.carry_out(second, Going())
    with pytest.raises(NothingToRevoke):
        operators.propose(ActKind.REVOCATION, {**content, "certificate": "signature/99"})


def test_a_bad_name_is_not_proposed(operators: Operators) -> None:
    """What could not be carried out is refused before anybody approves it."""
    with pytest.raises(OperatorNameBad):
        operators.propose(ActKind.OPERATOR_ENROLMENT, {"operator": "Sato Taro", "public_key": ""})


@pytest.mark.usefixtures("second")
def test_a_switch_waits_for_its_approvals(operators: Operators) -> None:
    """Who approved is named in the act's row."""
    number = operators.approved(ActKind.GENERATION_SWITCH, for_switch("signature-2", "2026-03-01T00:00"))
    done = operators.operation.carry_out(number, Going())

    assert (done.approver_1_id, done.approver_2_id) == (TANAKA, SUZUKI)
    assert [one.pk for one in operators.operation.acts()] == [number]
