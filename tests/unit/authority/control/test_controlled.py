from datetime import timedelta

import pytest

from openjpki.authority.control.approvals import NoSuchAct, propose
from openjpki.authority.control.controlled import (
    EXECUTIONS,
    Going,
    NotCarriedOutHere,
    NothingToRevoke,
    SwitchTooLate,
    for_switch,
)
from openjpki.authority.control.kinds import ActKind
from openjpki.authority.control.operators import OperatorNameBad
from openjpki.authority.generations.issuers import NoSuchIssuer, issuing
from openjpki.authority.models import Issuer
from openjpki.rules.dates import in_japan, read_moment
from tests.support.authority import SIGNATURE, Scene
from tests.support.operators import SATO, SUZUKI, TANAKA, Operators

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def operators(scene: Scene) -> Operators:
    """Return three enrolled operators."""
    return Operators(scene.authority).enrolled()


def test_what_is_done_elsewhere_is_neither_proposed_nor_carried_out_here(scene: Scene, operators: Operators) -> None:
    """A profile change has a room of its own, which uses the approval up."""
    elsewhere = {ActKind.PROFILE_CHANGE}
    assert set(ActKind) - set(EXECUTIONS) == elsewhere

    for kind in elsewhere:
        with pytest.raises(NotCarriedOutHere):
            operators.propose(kind, {})
        row = propose(scene.authority, kind, {}, operators.hand(SATO), scene.clock())
        with pytest.raises(NotCarriedOutHere):
            operators.operation.carry_out(row.pk, Going())
    with pytest.raises(NoSuchAct):
        operators.operation.carry_out(99, Going())


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
