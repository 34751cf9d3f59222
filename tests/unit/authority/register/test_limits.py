from datetime import date, timedelta

import msgspec
import pytest

from openjpki.authority.means import Terms
from openjpki.authority.models import Card, Order
from openjpki.desk.messages import Attributes, CertificateIssued, ReportAccepted, RevocationAccepted
from openjpki.rules.kinds import CardState, LifeEvent, Sex
from tests.support.authority import CARD_EXPIRES, HANAKO, SIGNATURE, Scene

pytestmark = pytest.mark.django_db(databases=["authority"])

CHILD = Attributes(name="見本　一郎", address=HANAKO.address, birth_date=date(2011, 4, 1), sex=Sex.MALE)
AGE = Terms().order_age


def test_an_old_order_is_refused_and_a_known_one_is_not(scene: Scene) -> None:
    """A month after it was given an order is not begun any more; one that is begun is answered as before."""
    known, new = scene.with_card().order(), scene.order(SIGNATURE)
    issued = scene.expect(CertificateIssued, known)
    scene.clock.advance_to(scene.clock() + AGE + timedelta(seconds=1))

    assert scene.refusal(new) == "authority.order-too-old"
    assert scene.expect(CertificateIssued, known) == issued
    assert Order.objects.count() == 1


def test_an_order_of_just_that_age_is_taken(scene: Scene) -> None:
    """The bound is included."""
    order = scene.with_card().order()
    scene.clock.advance_to(scene.clock() + AGE)

    scene.expect(CertificateIssued, order)


def test_an_order_does_not_come_before_it_is_given(scene: Scene) -> None:
    """Clocks may differ by minutes, not by an hour; the same for a revocation."""
    scene.with_both()
    now = scene.clock()
    revocation = scene.revocation(LifeEvent.REQUEST, SIGNATURE)
    ahead = msgspec.structs.replace(revocation, ordered_at=now + timedelta(hours=1))
    assert scene.refusal(ahead) == "authority.order-from-the-future"
    old = msgspec.structs.replace(revocation, ordered_at=now - AGE - timedelta(days=1))
    assert scene.refusal(old) == "authority.order-too-old"

    close = msgspec.structs.replace(revocation, ordered_at=now + timedelta(minutes=5))
    assert len(scene.expect(RevocationAccepted, close).ended) == 1


def test_a_card_ends_on_the_tenth_birthday_at_the_latest(scene: Scene) -> None:
    """R-3.7: no report makes a card valid for longer than the rule, registered today at the latest."""
    scene.expect(ReportAccepted, scene.person())
    assert scene.refusal(scene.card(expires=CARD_EXPIRES + timedelta(days=1))) == "authority.card-too-long"
    assert not Card.objects.exists()

    scene.expect(ReportAccepted, scene.card(expires=CARD_EXPIRES))


def test_a_minors_card_ends_on_the_fifth_birthday(scene: Scene) -> None:
    """R-3.7: what is right for an adult is too long for a child."""
    scene.expect(ReportAccepted, scene.person(attributes=CHILD))
    assert scene.refusal(scene.card(expires=date(2030, 4, 2))) == "authority.card-too-long"

    scene.expect(ReportAccepted, scene.card(expires=date(2030, 4, 1)))


def test_a_card_that_is_over_is_not_registered(scene: Scene) -> None:
    """The last day is included: today is still a card, yesterday none."""
    scene.expect(ReportAccepted, scene.person())
    assert scene.refusal(scene.card(expires=date(2026, 1, 4))) == "authority.card-expired"

    scene.expect(ReportAccepted, scene.card(expires=date(2026, 1, 5)))


def test_an_expired_card_is_not_prolonged_but_may_be_returned(scene: Scene) -> None:
    """After its last day a card gets no new one; its return or loss is taken all the same."""
    scene.expect(ReportAccepted, scene.person())
    scene.expect(ReportAccepted, scene.card(expires=date(2026, 3, 1)))
    scene.at(date(2026, 3, 2))
    assert scene.refusal(scene.card(expires=date(2026, 9, 1))) == "authority.card-expired"

    gone = scene.card(state=CardState.ABOLISHED, event=LifeEvent.CARD_RETURNED, expires=date(2026, 3, 1))
    scene.expect(ReportAccepted, gone)
    assert Card.objects.get().expires == date(2026, 3, 1)


def test_a_living_card_moves_within_the_rule(scene: Scene) -> None:
    """A period of stay is renewed or cut short; never beyond the rule, and what stays as it was is not asked again."""
    scene.expect(ReportAccepted, scene.person())
    scene.expect(ReportAccepted, scene.card(expires=date(2026, 3, 1)))
    scene.expect(ReportAccepted, scene.card(expires=date(2027, 3, 1)))
    assert scene.refusal(scene.card(expires=date(2036, 3, 1))) == "authority.card-too-long"
    scene.expect(ReportAccepted, scene.card(expires=date(2026, 2, 1)))

    assert Card.objects.get().expires == date(2026, 2, 1)
