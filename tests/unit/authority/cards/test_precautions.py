import pytest

from openjpki.audit.models import Entry
from openjpki.authority.models import CardKey, PinReset
from openjpki.card.pins import SET_BY_HOLDER
from openjpki.card.terminal import JpkiTerminal
from openjpki.desk.messages import CardWork, PinResetApproved
from openjpki.rules.kinds import PinKind
from tests.support.authority import AUTHENTICATION, SIGNATURE, Scene
from tests.support.channel import Counter

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def counter(scene: Scene) -> Counter:
    """Return a counter with a card of the authority's factory on its reader; a certificate was read back from it."""
    counter = Counter.open(scene)
    issued = counter.ordered()
    counter.relayed.load(SIGNATURE, issued.certificate)
    counter.relayed.read_back(SIGNATURE)
    return counter


def recorded() -> list[str]:
    """Return what was given up, as the record spells it."""
    verbs = ("card-key.undelivered", "pin-reset.permitted", "pin-reset.ended")
    return list(Entry.objects.using("authority").filter(verb__in=verbs).values_list("verb", flat=True))


@pytest.mark.parametrize("work", [CardWork.DISCARD, CardWork.MAKE_KEY])
def test_a_read_back_is_given_up_when_the_commands_leave(counter: Counter, work: CardWork) -> None:
    """Not while the card is asked for its challenge, and not only when its answer comes; once, and on record."""
    first = counter.commands(counter.asked(work))
    assert CardKey.objects.get().delivered_at is not None

    counter.commands(counter.carried(first))
    assert CardKey.objects.get().delivered_at is None
    counter.commands(counter.carried(counter.commands(counter.asked(work))))
    assert recorded() == ["card-key.undelivered"]


@pytest.mark.parametrize("work", [CardWork.STATUS, CardWork.PROVE, CardWork.READ_BACK, CardWork.HAND_OVER])
def test_what_leaves_the_slot_alone_gives_nothing_up(counter: Counter, work: CardWork) -> None:
    """Nor does any work on the card's other key."""
    for asked in (counter.asked(work, order_id="o1"), counter.asked(CardWork.DISCARD, AUTHENTICATION)):
        counter.commands(counter.carried(counter.commands(asked)))

    assert CardKey.objects.get().delivered_at is not None
    assert recorded() == []


def test_a_card_that_does_not_show_itself_gives_nothing_up(counter: Counter) -> None:
    """Nothing leaves for it: the read-back and the approval still stand."""
    counter.scene.expect(PinResetApproved, reset := counter.reset())
    for asked in (
        counter.asked(CardWork.DISCARD),
        counter.asked(CardWork.ALLOW_PIN_SET, None, order_id=reset.order_id),
    ):
        first = counter.commands(asked)
        counter.card.power_on_again()
        answers = counter.carried(first)
        strange = type(answers)(
            session_id=answers.session_id,
            municipality=answers.municipality,
            officer=answers.officer,
            answers=(answers.answers[0], bytes(32) + b"\x90\x00"),
        )
        assert counter.scene.refusal(strange) == "card.channel.broken"

    assert CardKey.objects.get().delivered_at is not None
    assert PinReset.objects.get().spent_at is None
    assert recorded() == []


def test_a_permission_is_spent_when_it_leaves(counter: Counter) -> None:
    """R-6.3: the approval is used, with its moment, before anybody can hold the answer back."""
    counter.scene.expect(PinResetApproved, reset := counter.reset())
    counter.commands(
        counter.carried(counter.commands(counter.asked(CardWork.ALLOW_PIN_SET, None, order_id=reset.order_id)))
    )

    assert PinReset.objects.get().spent_at == counter.scene.clock()
    assert recorded() == ["pin-reset.permitted"]


@pytest.mark.parametrize("work", [CardWork.HAND_OVER, CardWork.STATUS, CardWork.DISCARD])
def test_no_approval_outlives_another_work_on_the_card(counter: Counter, work: CardWork) -> None:
    """R-6.3: whoever gives a reset up has any work done: its approval is over, once, and its permission leaves the card."""
    counter.scene.expect(PinResetApproved, reset := counter.reset())
    for _ in range(2):
        counter.carried(counter.commands(counter.carried(counter.commands(counter.asked(work)))))

    late = counter.asked(CardWork.ALLOW_PIN_SET, None, order_id=reset.order_id)
    assert counter.scene.refusal(late) == "authority.pin-reset.over"
    assert recorded().count("pin-reset.ended") == 1


def test_an_approval_outlives_another_permission(counter: Counter) -> None:
    """Two PINs set anew one after the other are two approvals, and either permission may come first."""
    first, second = counter.reset(PinKind.SIGNATURE), counter.reset(PinKind.AUTHENTICATION)
    for kind, pin in ((SIGNATURE, b"ABC123"), (AUTHENTICATION, b"1234")):
        JpkiTerminal(counter.wire).change_pin(kind, bytearray(pin))
    for order in (first, second):
        counter.scene.expect(PinResetApproved, order)
    for order in (second, first):
        counter.relayed.permit_reset(order.order_id)

    assert {PinKind.SIGNATURE, PinKind.AUTHENTICATION} <= counter.card.durable.permitted


def test_another_work_takes_a_permission_off_the_card(counter: Counter) -> None:
    """R-6.3: a permission that nobody used is gone with the next work, whatever it is; PINs never set are not concerned."""
    JpkiTerminal(counter.wire).change_pin(AUTHENTICATION, bytearray(b"1234"))
    counter.scene.expect(PinResetApproved, reset := counter.reset(PinKind.AUTHENTICATION))
    counter.relayed.permit_reset(reset.order_id)
    assert PinKind.AUTHENTICATION in counter.card.durable.permitted

    counter.relayed.take_back_resets()

    assert counter.card.durable.permitted == SET_BY_HOLDER - {PinKind.AUTHENTICATION}
