from datetime import timedelta

import msgspec
import pytest

from openjpki.audit.models import Entry
from openjpki.authority.models import PinReset
from openjpki.desk.messages import CardWork, PinResetApproved, ReportAccepted
from openjpki.rules.kinds import CardState, PinKind
from tests.support.authority import Scene
from tests.support.channel import Counter

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def counter(scene: Scene) -> Counter:
    """Return a counter with a card of the authority's factory on its reader."""
    return Counter.open(scene)


def test_an_approval_is_on_record_and_repeats(counter: Counter) -> None:
    """Who approved what, for which card: the same order again is the same approval, another under its number is refused."""
    order = counter.reset()
    for _ in range(2):
        assert counter.scene.expect(PinResetApproved, order).order_id == order.order_id
    other = msgspec.structs.replace(order, pin=PinKind.SIGNATURE)

    assert counter.scene.refusal(other) == "authority.id-reused"
    (row,) = PinReset.objects.all()
    assert (row.officer, row.pin, row.spent_at) == ("sato", "authentication", None)
    assert Entry.objects.using("authority").filter(verb="pin-reset.approved").count() == 1


def test_only_an_active_card_of_ones_own_resident(counter: Counter) -> None:
    """R-1.1, R-1.2."""
    elsewhere = msgspec.structs.replace(counter.reset(), municipality="99202")
    assert counter.scene.refusal(elsewhere) == "authority.other-municipality"
    assert counter.scene.refusal(counter.reset(card="9" * 15)) == "authority.card-unknown"

    counter.scene.expect(ReportAccepted, counter.scene.card(state=CardState.SUSPENDED))
    assert counter.scene.refusal(counter.reset()) == "authority.pin-reset.card"


def test_an_old_approval_lets_nothing_be_set(counter: Counter) -> None:
    """It is for the visit in which it was given."""
    order = counter.reset()
    counter.scene.expect(PinResetApproved, order)
    counter.scene.clock.advance_to(counter.scene.clock() + timedelta(days=1, seconds=1))
    late = counter.asked(CardWork.ALLOW_PIN_SET, None, order_id=order.order_id)

    assert counter.scene.refusal(late) == "authority.pin-reset.over"


def test_an_order_has_its_age(counter: Counter) -> None:
    """Like every other order: not one of a month ago, nor one that has not been given yet; a known one is answered."""
    now = counter.scene.clock()
    for days, code in ((-31, "authority.order-too-old"), (1, "authority.order-from-the-future")):
        order = msgspec.structs.replace(counter.reset(), ordered_at=now + timedelta(days=days))
        assert counter.scene.refusal(order) == code
    assert not PinReset.objects.exists()

    known = counter.reset()
    counter.scene.expect(PinResetApproved, known)
    counter.scene.clock.advance_to(now + timedelta(days=31))
    assert counter.scene.expect(PinResetApproved, known).order_id == known.order_id


def test_an_approval_is_spent_when_the_permission_leaves(counter: Counter) -> None:
    """R-6.3: the answer may be kept back, so the card gets one permission for one approval, and no second one."""
    counter.scene.expect(PinResetApproved, order := counter.reset())
    asked = counter.asked(CardWork.ALLOW_PIN_SET, None, order_id=order.order_id)
    counter.carried(counter.commands(counter.carried(counter.commands(asked))))

    again = counter.asked(CardWork.ALLOW_PIN_SET, None, order_id=order.order_id)
    assert counter.scene.refusal(again) == "authority.pin-reset.over"
    assert PinReset.objects.get().spent_at == counter.scene.clock()
    assert Entry.objects.using("authority").filter(verb="pin-reset.permitted").count() == 1
