from datetime import timedelta

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.acts import act, authority_at
from openjpki.authority.control.approvals import (
    ActDone,
    ActExpired,
    ApprovalsComplete,
    ApprovedBefore,
    ContentTooLong,
    NoSuchAct,
    NotApproved,
    OwnProposal,
    SignatureWrong,
    act_of,
    approve,
    approvers,
    begin,
    propose,
    spend,
    standing,
)
from openjpki.authority.control.kinds import ActKind
from openjpki.authority.control.operator_keys import Hand
from openjpki.authority.control.operators import OperatorUnknown
from openjpki.authority.control.statements import MAX_CONTENT
from openjpki.authority.models import ControlledAct, Operator
from tests.support.authority import Scene
from tests.support.operators import SATO, SUZUKI, TANAKA, Operators
from tests.support.walls import without_walls

pytestmark = pytest.mark.django_db(databases=["authority"])
CONTENT = {"verifier": "bank-1", "ground": "article 17"}


@pytest.fixture
def operators(scene: Scene) -> Operators:
    """Return three enrolled operators."""
    return Operators(scene.authority).enrolled()


def proposed(scene: Scene, operators: Operators, kind: ActKind = ActKind.VERIFIER_REGISTRATION) -> int:
    """Propose an act by Sato and return its number."""
    return propose(scene.authority, kind, CONTENT, operators.hand(SATO), scene.clock()).pk


def approved(scene: Scene, operators: Operators, number: int, *names: str) -> None:
    """Approve an act by those named."""
    for name in names:
        approve(scene.authority, number, operators.hand(name), scene.clock())


def used(scene: Scene, content: dict[str, str] | None = None, kind: ActKind = ActKind.VERIFIER_REGISTRATION) -> int:
    """Use an approval up and return the act's number."""
    with act():
        return spend(kind, content or CONTENT, authority_at(scene.clock())).pk


def test_an_act_takes_its_approvals_and_is_done_once(scene: Scene, operators: Operators) -> None:
    """Nobody alone, two of three, once; each step stands in the record under the operator's name."""
    with pytest.raises(NoSuchAct):
        used(scene)
    number = proposed(scene, operators)
    with pytest.raises(NotApproved):
        used(scene)
    approved(scene, operators, number, TANAKA)
    with pytest.raises(NotApproved) as refused:
        used(scene)
    approved(scene, operators, number, SUZUKI)

    assert refused.value.data["found"] == 1
    assert used(scene) == number
    with pytest.raises(NoSuchAct):
        used(scene)
    rows = Entry.objects.using("authority").filter(subject=f"act:{number}").order_by("pk")
    assert list(rows.values_list("verb", "actor")) == [
        ("act.proposed", "operator:sato"),
        ("act.approved", "operator:tanaka"),
        ("act.approved", "operator:suzuki"),
        ("act.begun", "authority"),
        ("act.done", "authority"),
    ]


def test_what_was_approved_is_exactly_that(scene: Scene, operators: Operators) -> None:
    """Another content or another kind is another act."""
    approved(scene, operators, proposed(scene, operators), TANAKA, SUZUKI)

    with pytest.raises(NoSuchAct):
        used(scene, {**CONTENT, "ground": "article 18"})
    with pytest.raises(NoSuchAct):
        used(scene, kind=ActKind.PROFILE_CHANGE)


def test_whoever_proposes_a_change_does_not_approve_it(scene: Scene, operators: Operators) -> None:
    """For a change a third person; what stops harm its proposer may approve."""
    with pytest.raises(OwnProposal):
        approved(scene, operators, proposed(scene, operators), SATO)

    number = proposed(scene, operators, ActKind.MASS_REVOCATION)
    approved(scene, operators, number, SATO, TANAKA)
    assert approvers(act_of(number)) == [SATO, TANAKA]


def test_an_operator_approves_once_and_no_more_than_it_takes(scene: Scene, operators: Operators) -> None:
    """One person in two seats is one person."""
    number = proposed(scene, operators, ActKind.REVOCATION)
    approved(scene, operators, number, TANAKA)
    with pytest.raises(ApprovedBefore):
        approved(scene, operators, number, TANAKA)
    approved(scene, operators, number, SUZUKI)

    with pytest.raises(ApprovalsComplete):
        approved(scene, operators, number, SATO)


def test_nobody_acts_in_anothers_name(scene: Scene, operators: Operators) -> None:
    """A signature is held against the key that is enrolled; a name that is not enrolled has none."""
    number = proposed(scene, operators)
    forged = Hand(SUZUKI, operators.keys[TANAKA].sign)

    with pytest.raises(SignatureWrong):
        approve(scene.authority, number, forged, scene.clock())
    with pytest.raises(SignatureWrong):
        propose(scene.authority, ActKind.REVOCATION, CONTENT, forged, scene.clock())
    with pytest.raises(OperatorUnknown):
        approve(scene.authority, number, Hand("nobody", operators.keys[TANAKA].sign), scene.clock())
    with pytest.raises(NoSuchAct):
        approve(scene.authority, number + 1, operators.hand(TANAKA), scene.clock())
    assert approvers(act_of(number)) == []


def test_a_proposal_is_no_approval(scene: Scene, operators: Operators) -> None:
    """The signature of a proposal, put into a seat, does not verify there: what is in the database is not believed."""
    number = proposed(scene, operators, ActKind.MASS_REVOCATION)
    approved(scene, operators, number, TANAKA)
    row = act_of(number)
    row.approver_2_id, row.signature_2, row.approved_at_2 = SATO, row.proposal, scene.clock()
    row.save()

    assert standing(row) == [TANAKA]
    with pytest.raises(NotApproved), act():
        begin(number, authority_at(scene.clock()))


def test_an_approval_ends(scene: Scene, operators: Operators) -> None:
    """A week after the proposal nothing of it counts: neither approved nor begun."""
    late = proposed(scene, operators)
    approved(scene, operators, late, TANAKA, SUZUKI)
    waiting = proposed(scene, operators, ActKind.REVOCATION)
    expires_at = act_of(late).expires_at
    assert expires_at - scene.clock() == timedelta(days=7)

    scene.clock.advance_to(expires_at)
    with pytest.raises(ActExpired):
        used(scene)
    with pytest.raises(ActExpired):
        approved(scene, operators, waiting, TANAKA)


def test_the_last_second_counts(scene: Scene, operators: Operators) -> None:
    """Until then it does."""
    number = proposed(scene, operators)
    approved(scene, operators, number, TANAKA, SUZUKI)
    scene.clock.advance_to(act_of(number).expires_at - timedelta(seconds=1))

    assert used(scene) == number


def test_what_has_begun_is_finished_after_its_term(scene: Scene, operators: Operators) -> None:
    """A crash must not leave half of it for ever; approving it is over."""
    number = proposed(scene, operators)
    approved(scene, operators, number, TANAKA, SUZUKI)
    with act():
        begin(number, authority_at(scene.clock()))
    scene.clock.advance_to(act_of(number).expires_at + timedelta(days=1))

    with pytest.raises(ActDone):
        approved(scene, operators, number, SATO)
    assert used(scene) == number
    with pytest.raises(ActDone), act():
        begin(number, authority_at(scene.clock()))


def test_who_was_removed_meanwhile_does_not_count(scene: Scene, operators: Operators) -> None:
    """An approval by a key that was lost since is no approval."""
    number = proposed(scene, operators)
    approved(scene, operators, number, TANAKA, SUZUKI)
    Operator.objects.filter(name=SUZUKI).update(removed_at=scene.clock())

    with pytest.raises(NotApproved):
        used(scene)


def test_what_nobody_can_review_is_not_proposed(scene: Scene, operators: Operators) -> None:
    """A content has a bound."""
    with pytest.raises(ContentTooLong):
        propose(scene.authority, ActKind.REVOCATION, {"x": "x" * MAX_CONTENT}, operators.hand(SATO), scene.clock())


def test_two_proposals_of_the_same_are_two_acts(scene: Scene, operators: Operators) -> None:
    """An approval of the one is not one of the other: each has a number used once."""
    first, second = proposed(scene, operators), proposed(scene, operators)
    approved(scene, operators, first, TANAKA)
    approved(scene, operators, second, SUZUKI)

    assert act_of(first).digest != act_of(second).digest
    with pytest.raises(NotApproved):
        used(scene)


def test_a_row_that_says_something_else_than_was_signed_is_not_approved(scene: Scene, operators: Operators) -> None:
    """Whoever writes past the walls what is to be done has nobody's approval for it."""
    number = proposed(scene, operators)
    approved(scene, operators, number, TANAKA, SUZUKI)
    with without_walls():
        ControlledAct.objects.filter(pk=number).update(content='{"verifier":"bank-2"}')

    with pytest.raises(NotApproved) as refused, act():
        begin(number, authority_at(scene.clock()))
    assert refused.value.data["found"] == 0
