from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from openjpki.audit.models import Entry
from openjpki.authority.acts import act, authority_at
from openjpki.authority.control.browser_certificates import (
    BrowserCertificateOver,
    BrowserCertificateRefused,
    made,
)
from openjpki.authority.control.controlled import Going, for_enrolment
from openjpki.authority.control.kinds import OPERATORS_MOST, ActKind
from openjpki.authority.control.operator_keys import OperatorKey
from openjpki.authority.control.operators import (
    OperatorNameBad,
    OperatorNameTaken,
    OperatorsComplete,
    OperatorsMissing,
    OperatorUnknown,
    TooFewWouldStay,
    admitted,
    enrol,
    present,
    present_ones,
)
from openjpki.authority.models import Operator
from tests.support.authority import Scene
from tests.support.operators import NAMES, SATO, SUZUKI, TANAKA, Operators, set_dual_control

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_the_first_operators_come_by_themselves_and_no_more(scene: Scene) -> None:
    """As many as the authority begins with; after that nobody comes without the others' approval."""
    Operators(scene.authority).enrolled()

    with pytest.raises(OperatorsComplete):
        scene.authority.operation.enrol_first("fourth", OperatorKey.generate().public_key)
    assert [one.name for one in scene.authority.operation.operators()] == sorted(NAMES)
    assert Entry.objects.using("authority").filter(verb="operator.enrolled").count() == 3


def test_nothing_is_proposed_before_all_have_come(scene: Scene) -> None:
    """Two who came early would otherwise decide alone who the third is."""
    operators = Operators(scene.authority)
    for name in (SATO, TANAKA):
        operators.operation.enrol_first(name, operators.keys[name].public_key)

    with pytest.raises(OperatorsMissing):
        operators.propose(ActKind.OPERATOR_REMOVAL, {"operator": TANAKA})


@pytest.mark.parametrize("name", ["", "Sato", "1sato", "sato tanaka", "佐藤", "a" * 33, "-a", "sato\n"])
def test_a_name_is_plain(scene: Scene, name: str) -> None:
    """It stands in statements, transcripts and the record."""
    set_dual_control(scene.authority)
    with pytest.raises(OperatorNameBad):
        scene.authority.operation.enrol_first(name, OperatorKey.generate().public_key)


def test_a_name_and_a_key_are_one_persons_for_ever(scene: Scene) -> None:
    """Nobody gets the name of another, nor brings the key of another."""
    set_dual_control(scene.authority)
    key = OperatorKey.generate()
    scene.authority.operation.enrol_first(SATO, key.public_key)

    with pytest.raises(OperatorNameTaken):
        scene.authority.operation.enrol_first(SATO, OperatorKey.generate().public_key)
    with pytest.raises(OperatorNameTaken):
        scene.authority.operation.enrol_first(TANAKA, key.public_key)


def test_operators_come_and_go_by_approval(scene: Scene) -> None:
    """One key of three is lost: the two that are left remove it, and enrol a successor by themselves."""
    operators = Operators(scene.authority).enrolled()
    key = OperatorKey.generate()

    operators.carried_out(ActKind.OPERATOR_REMOVAL, {"operator": SATO})
    with pytest.raises(OperatorUnknown):
        present(SATO)
    number = operators.propose(ActKind.OPERATOR_ENROLMENT, for_enrolment("yamada", key.public_key), by=TANAKA)
    for name in (TANAKA, SUZUKI):
        operators.operation.approve(number, operators.hand(name))
    operators.operation.carry_out(number, Going())

    assert present("yamada").fingerprint
    with pytest.raises(OperatorUnknown):
        operators.propose(ActKind.OPERATOR_REMOVAL, {"operator": SATO}, by=TANAKA)


def test_the_last_who_can_approve_stay(scene: Scene) -> None:
    """Of two operators none is removed: nobody could approve anything any more."""
    operators = Operators(scene.authority).enrolled()
    operators.carried_out(ActKind.OPERATOR_REMOVAL, {"operator": SATO})
    number = operators.propose(ActKind.OPERATOR_REMOVAL, {"operator": SUZUKI}, by=TANAKA)
    for name in (TANAKA, SUZUKI):
        operators.operation.approve(number, operators.hand(name))
    with pytest.raises(TooFewWouldStay):
        operators.operation.carry_out(number, Going())
    assert Operator.objects.filter(removed_at__isnull=True).count() == 2


def test_there_is_a_most_of_operators(scene: Scene) -> None:
    """Nine: an approval by people who do not know each other is none."""
    with act():
        for number in range(OPERATORS_MOST):
            enrol(f"one-{number}", OperatorKey.generate().public_key, authority_at(scene.clock()))
        with pytest.raises(OperatorsComplete):
            enrol("tenth", OperatorKey.generate().public_key, authority_at(scene.clock()))


def test_whose_browser_comes_is_known_by_the_enrolled_key(scene: Scene) -> None:
    """By the key alone: not by a name that says so, not by a stranger's, not by a removed operator's (T-100, T-101)."""
    operators = Operators(scene.authority).enrolled()
    real = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)

    def shown(name: str, key: OperatorKey) -> bytes:
        _, certificate, _ = pkcs12.load_key_and_certificates(
            made(name, key, real, days=1, passphrase=b"a passphrase"), b"a passphrase"
        )
        assert certificate is not None
        return certificate.public_bytes(Encoding.DER)

    assert admitted(shown(SATO, operators.keys[SATO]), real).name == SATO
    assert [one.name for one in present_ones()] == sorted(NAMES)
    with pytest.raises(BrowserCertificateOver):
        admitted(shown(SATO, operators.keys[SATO]), real + timedelta(days=2))
    strangers = (
        shown(SATO, operators.keys[TANAKA]),
        shown(SATO, OperatorKey.generate()),
        shown("nobody", operators.keys[SATO]),
    )
    for stranger in strangers:
        with pytest.raises(BrowserCertificateRefused):
            admitted(stranger, real)
    operators.carried_out(ActKind.OPERATOR_REMOVAL, {"operator": SUZUKI})
    with pytest.raises(BrowserCertificateRefused):
        admitted(shown(SUZUKI, operators.keys[SUZUKI]), real)
    assert SUZUKI not in [one.name for one in present_ones()]
