from datetime import date

import msgspec
import pytest

from openjpki.authority.models import Person, Receipt
from openjpki.desk.messages import ReportAccepted, RevocationAccepted
from openjpki.rules.kinds import CertificateState, LifeEvent
from tests.support.authority import RESIDENT, SIGNATURE, Scene

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_the_same_report_again_gets_the_same_answer(scene: Scene) -> None:
    """A window that lost the answer sends again: nothing is done twice, and the reply is the same, days later too."""
    scene.with_both()
    move = scene.arrival()
    first = scene.expect(ReportAccepted, move)
    scene.at(date(2026, 1, 9))

    assert scene.expect(ReportAccepted, move) == first
    assert [record.state for record in first.ended] == [CertificateState.REVOKED]


def test_the_same_revocation_order_again_gets_the_same_answer(scene: Scene) -> None:
    """An order to revoke is idempotent by its id."""
    scene.with_both()
    order = scene.revocation(LifeEvent.REQUEST, SIGNATURE)

    assert scene.expect(RevocationAccepted, order) == scene.expect(RevocationAccepted, order)


def test_who_lives_elsewhere_now_is_not_told_of(scene: Scene) -> None:
    """A message that was carried out stays so; what became of the certificates since is no business of the former city."""
    scene.with_both()
    order = scene.revocation(LifeEvent.REQUEST, SIGNATURE)
    assert scene.expect(RevocationAccepted, order).ended
    scene.expect(ReportAccepted, scene.arrival())

    assert scene.expect(RevocationAccepted, order) == RevocationAccepted(order_id=order.order_id, ended=())


def test_an_id_does_not_change_its_content(scene: Scene) -> None:
    """The same id with other content is refused and changes nothing."""
    report = scene.person()
    scene.expect(ReportAccepted, report)
    other = msgspec.structs.replace(report, municipality="99202")

    assert scene.refusal(other) == "authority.id-reused"
    assert Person.objects.get(resident_code=RESIDENT).municipality == "99201"


def test_a_refused_report_may_come_again(scene: Scene) -> None:
    """A refusal leaves no receipt: the same report is judged anew when the reason is gone."""
    card = scene.card()
    assert scene.refusal(card) == "authority.person-unknown"
    assert not Receipt.objects.exists()

    scene.expect(ReportAccepted, scene.person())

    assert scene.expect(ReportAccepted, card).ended == ()


def test_a_receipt_keeps_no_personal_data(scene: Scene) -> None:
    """The report's content is kept as a digest only."""
    scene.with_card()
    stored = " ".join(f"{row.message_id} {row.digest} {row.ended}" for row in Receipt.objects.all())

    assert Receipt.objects.count() == 2
    assert "花子" not in stored
    assert RESIDENT not in stored
