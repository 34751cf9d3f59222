from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import msgspec
import pytest

from openjpki.authority.cards.factory import CardFactory
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.means import LONGEST_CARD_SESSION
from openjpki.authority.models import CardChannel, CardKey, CardSession, PinReset
from openjpki.card.imagefile import from_bytes, to_bytes
from openjpki.desk.messages import (
    CardAnswers,
    CardReported,
    CardWork,
    CardWorkDone,
    CertificateActivated,
    PinResetApproved,
    Refused,
    ReportAccepted,
)
from openjpki.rules.kinds import CardState, CertificateKind, LifeEvent
from tests.support.authority import CARD, CARD_EXPIRES, OPENED, SIGNATURE, Scene
from tests.support.cards import keys_of
from tests.support.channel import Counter
from tests.unit.card.cards import Bench, zeros

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def counter(scene: Scene) -> Counter:
    """Return a counter with a card of the authority's factory on its reader."""
    return Counter.open(scene)


def states() -> list[tuple[str, str]]:
    """Return every session's state and what closed it, oldest first."""
    return list(CardSession.objects.order_by("opened_at", "pk").values_list("state", "closed_because"))


def test_a_piece_of_work_takes_two_rounds(counter: Counter) -> None:
    """Challenge, then everything else; afterwards the authority has heard of the key from the card itself."""
    done = counter.do(counter.asked(CardWork.MAKE_KEY))
    shadow = counter.card.durable.keys[SIGNATURE].shadow

    assert shadow is not None
    assert done.public_key == shadow.public_key
    (key,) = CardKey.objects.all()
    assert (key.digest, key.kind) == (sha256(done.public_key).hexdigest(), "signature")
    assert states() == [("done", "")]


def test_each_round_is_a_step_behind_which_a_process_may_die(counter: Counter) -> None:
    """Opened, shown, done: each is named once it is durable, and so is a session that the card's refusal closed."""
    passed = counter.scene.fuse.passed
    passed.clear()
    counter.do(counter.asked(CardWork.MAKE_KEY))
    assert passed == [Checkpoint.CARD_SESSION_OPENED, Checkpoint.CARD_SHOWN, Checkpoint.CARD_WORK_DONE]

    passed.clear()
    second = counter.commands(counter.carried(counter.commands(counter.asked(CardWork.READ_BACK))))
    assert isinstance(counter.scene.send(counter.carried(second)), Refused)
    assert passed[2:] == [Checkpoint.CARD_SESSION_CLOSED, Checkpoint.REFUSAL_RECORDED]


def test_what_a_session_row_holds_opens_nothing(counter: Counter) -> None:
    """A session is challenges, counter and commands: no key of it stands anywhere, and any process may go on with it."""
    first = counter.commands(counter.asked(CardWork.MAKE_KEY))
    second = counter.commands(counter.carried(first))
    keys = counter.scene.authority.card_keys.of(CARD)
    (row,) = CardSession.objects.values()

    stored = b"".join(bytes(value) for value in row.values() if isinstance(value, bytes | memoryview)).hex()
    stored += str(row["script"])
    assert keys.enc.hex() not in stored
    assert keys.mac.hex() not in stored
    answers = counter.carried(second)
    fresh = replace(counter.scene.authority, card_keys=type(counter.scene.authority.card_keys)(
        counter.scene.folder / "card.key", counter.scene.folder / "passphrase"
    ))  # fmt: skip
    assert isinstance(fresh.handle(answers), CardWorkDone)


def test_what_a_card_was_told_is_forgotten_when_the_session_ends(counter: Counter) -> None:
    """An address of before, and a digest that is as good as the individual number, stand in no row that nobody needs."""

    def scripts() -> list[list[str]]:
        return list(CardSession.objects.values_list("script", flat=True))

    first = counter.commands(counter.asked(CardWork.STATUS))
    assert scripts() == [[]]
    second = counter.commands(counter.carried(first))
    assert scripts() != [[]]
    counter.scene.send(counter.carried(second))
    counter.commands(counter.carried(counter.commands(counter.asked(CardWork.READ_BACK))))
    counter.commands(counter.asked(CardWork.STATUS))

    assert scripts() == [[], [], []]
    assert sorted(states()) == [("closed", "replaced"), ("done", ""), ("opened", "")]


def test_a_session_belongs_to_one_municipality(counter: Counter) -> None:
    """Another's window cannot go on with it, nor one that was never begun."""
    answers = counter.carried(counter.commands(counter.asked(CardWork.STATUS)))
    theirs = msgspec.structs.replace(answers, municipality="99202")

    assert counter.scene.refusal(theirs) == "authority.card-session.unknown"
    assert counter.scene.refusal(msgspec.structs.replace(answers, session_id="x")) == "authority.card-session.unknown"
    counter.commands(answers)


def test_only_known_cards_of_ones_own_residents_are_worked_on(counter: Counter) -> None:
    """R-1.1: the authority's own register says whose card it is and who serves its holder."""
    refusal = counter.scene.refusal

    assert refusal(counter.asked(CardWork.STATUS, card="9" * 15)) == "authority.card-unknown"
    assert refusal(counter.asked(CardWork.STATUS, municipality="99202")) == "authority.other-municipality"
    assert refusal(counter.asked(CardWork.STATUS, resident="1" * 11)) == "authority.person-unknown"
    assert states() == []


def test_another_card_on_the_reader_is_told(counter: Counter) -> None:
    """A card of another number, or one with keys that are not its own, does not show itself."""
    factory = CardFactory(counter.scene.authority.card_keys, zeros)
    other = factory.make_numbered("9" * 15, municipality="99201", expires=CARD_EXPIRES)
    strange = replace(counter.card.durable, channel=replace(counter.card.durable.channel, keys=keys_of(CARD)))
    for image in (other, strange):
        counter.wire.card = Bench(image)
        answers = counter.carried(counter.commands(counter.asked(CardWork.MAKE_KEY)))
        assert counter.scene.refusal(answers) == "card.channel.broken"
    assert states() == [("closed", "card.channel.broken")] * 2
    assert not CardKey.objects.exists()


def test_a_copy_from_before_is_told_by_its_counter(counter: Counter) -> None:
    """The counter must rise: an image put back from a backup is not administered, until it has caught up."""
    backup = to_bytes(counter.card.durable)
    counter.do(counter.asked(CardWork.STATUS))
    counter.do(counter.asked(CardWork.STATUS))
    assert CardChannel.objects.get().counter == 2

    counter.wire.card = Bench(from_bytes(backup))
    for _ in range(2):
        answers = counter.carried(counter.commands(counter.asked(CardWork.STATUS)))
        assert counter.scene.refusal(answers) == "authority.card-session.counter"
    counter.do(counter.asked(CardWork.STATUS))
    assert CardChannel.objects.get().counter == 3


def test_a_counter_that_ran_ahead_is_believed(counter: Counter) -> None:
    """Greetings that never came back made it rise: upwards it is taken over at once."""
    ahead = counter.card.durable.with_channel(counter=500)
    counter.wire.card = Bench(ahead)
    counter.do(counter.asked(CardWork.STATUS))

    assert CardChannel.objects.get().counter == 501


def test_a_new_session_takes_the_place_of_an_open_one(counter: Counter) -> None:
    """A counter that lost its way begins again; the old session does nothing more."""
    first = counter.commands(counter.asked(CardWork.STATUS))
    counter.do(counter.asked(CardWork.STATUS))

    late = CardAnswers(session_id=first.session_id, municipality="99201", officer="sato", answers=(b"\x90\0",))
    assert counter.scene.refusal(late) == "authority.card-session.over"
    assert sorted(states()) == [("closed", "replaced"), ("done", "")]


def test_answers_sent_again_get_the_same_reply(counter: Counter) -> None:
    """The reply was lost on the line: neither the work nor the attestation is done twice."""
    request = counter.asked(CardWork.MAKE_KEY)
    answers = counter.carried(counter.commands(counter.carried(counter.commands(request))))
    done = counter.scene.expect(CardWorkDone, answers)

    assert counter.scene.expect(CardWorkDone, answers) == done
    assert counter.scene.expect(CardWorkDone, request) == done
    assert CardKey.objects.count() == 1


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ((b"\x6a\x82",), "card.administration.refused"),
        ((b"\x90\x00", b"\x69\x83"), "card.administration.blocked"),
        ((b"\x90\x00",), "card.channel.broken"),
        ((b"\x90\x00", bytes(32) + b"\x90\x00"), "card.channel.broken"),
        ((b"\x90\x00", b"\x90\x00", b"\x90\x00"), "card.channel.broken"),
    ],
)
def test_what_is_no_greeting_closes_the_session(counter: Counter, answers: tuple[bytes, ...], code: str) -> None:
    """A card without the application, a blocked one, answers left out or made up."""
    session = counter.commands(counter.asked(CardWork.STATUS))
    made_up = CardAnswers(session_id=session.session_id, municipality="99201", officer="sato", answers=answers)

    assert counter.scene.refusal(made_up) == code
    assert states() == [("closed", code)]


def test_what_the_card_refuses_is_told_and_closes_the_session(counter: Counter) -> None:
    """A status word bears no MAC: it ends the work, and nothing is recorded."""
    answers = counter.carried(counter.commands(counter.carried(counter.commands(counter.asked(CardWork.READ_BACK)))))

    assert counter.scene.refusal(answers) == "card.shadow.absent"
    assert states() == [("closed", "card.shadow.absent")]


@pytest.mark.parametrize("keep", [1, 3, 5])
def test_answers_left_out_or_added_are_nothing(counter: Counter, keep: int) -> None:
    """One answer for each command, each in its place."""
    second = counter.commands(counter.carried(counter.commands(counter.asked(CardWork.MAKE_KEY))))
    answers = counter.carried(second)
    cut = msgspec.structs.replace(answers, answers=(answers.answers * 2)[:keep])

    assert counter.scene.refusal(cut) == "card.channel.broken"
    assert not CardKey.objects.exists()


def test_every_session_brings_the_hand_over_data(counter: Counter) -> None:
    """R-3.7: the last day on the card is the register's; a hand-over that was cut off is made good by what comes next."""
    later = CARD_EXPIRES.replace(year=CARD_EXPIRES.year - 1)
    report = msgspec.structs.replace(counter.scene.card(), expires=later)
    assert isinstance(report, CardReported)
    counter.scene.expect(ReportAccepted, report)
    counter.relayed.take_hand_over_data()

    assert (counter.card.durable.expires, counter.card.durable.municipality) == (later, "99201")
    assert counter.scene.clock() == OPENED
    assert set(CertificateKind) == set(counter.card.durable.keys)


def moves(scene: Scene) -> None:
    """Hanako moves from Wakaba to Aoba."""
    scene.expect(ReportAccepted, scene.arrival())


def dies(scene: Scene) -> None:
    """Wakaba reports Hanako's death."""
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.DEATH, attributes=None))


def is_suspended(scene: Scene) -> None:
    """The card is missing."""
    scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED))


def is_abolished(scene: Scene) -> None:
    """The card is lost."""
    scene.expect(ReportAccepted, scene.card(state=CardState.ABOLISHED, event=LifeEvent.CARD_LOST))


@pytest.mark.parametrize("work", [CardWork.MAKE_KEY, CardWork.ALLOW_PIN_SET])
@pytest.mark.parametrize(
    ("happens", "code"),
    [
        (moves, "authority.other-municipality"),
        (dies, "authority.not-resident"),
        (is_suspended, "authority.card-work.card-not-active"),
        (is_abolished, "authority.card-work.card-not-active"),
    ],
)
def test_an_open_session_is_held_against_the_register_as_it_stands(
    counter: Counter, work: CardWork, happens: Callable[[Scene], None], code: str
) -> None:
    """R-1.1, R-1.2: what was allowed when it began is asked again before anything sealed leaves; a refusal closes it."""
    counter.scene.expect(PinResetApproved, reset := counter.reset())
    kind = SIGNATURE if work is CardWork.MAKE_KEY else None
    answers = counter.carried(counter.commands(counter.asked(work, kind, order_id=reset.order_id)))
    happens(counter.scene)

    assert counter.scene.refusal(answers) == code
    assert counter.scene.refusal(answers) == "authority.card-session.over"
    assert states() == [("closed", code)]
    assert PinReset.objects.get().spent_at is None


def test_an_approval_that_ended_in_between_ends_the_session(scene: Scene) -> None:
    """R-6.3: an approval whose time is over opens nothing, however young the session is."""
    terms = replace(scene.authority.terms, pin_reset=timedelta(minutes=5))
    counter = Counter.open(scene)
    counter.scene.authority = replace(scene.authority, terms=terms)
    counter.scene.expect(PinResetApproved, reset := counter.reset())
    answers = counter.carried(counter.commands(counter.asked(CardWork.ALLOW_PIN_SET, None, order_id=reset.order_id)))
    scene.clock.advance_to(scene.clock() + timedelta(minutes=6))

    assert scene.refusal(answers) == "authority.pin-reset.over"
    assert states() == [("closed", "authority.pin-reset.over")]


def test_what_came_into_force_in_between_is_not_discarded(counter: Counter) -> None:
    """Decision 0008: a session that was opened before the confirmation does not empty the slot behind it."""
    issued = counter.ordered()
    counter.relayed.load(SIGNATURE, issued.certificate)
    counter.relayed.read_back(SIGNATURE)
    answers = counter.carried(counter.commands(counter.asked(CardWork.DISCARD)))
    counter.scene.expect(CertificateActivated, counter.confirmation(issued))

    assert counter.scene.refusal(answers) == "authority.card-work.waits-for-use"
    counter.relayed.activate(SIGNATURE)


def test_the_commands_are_those_of_the_moment_they_leave(counter: Counter) -> None:
    """R-3.7: a last day that changed after the session was opened is the one that is written."""
    answers = counter.carried(counter.commands(counter.asked(CardWork.HAND_OVER)))
    earlier = CARD_EXPIRES.replace(year=CARD_EXPIRES.year - 1)
    counter.scene.expect(ReportAccepted, counter.scene.card(expires=earlier))
    counter.scene.expect(CardWorkDone, counter.carried(counter.commands(answers)))

    assert counter.card.durable.expires == earlier


@pytest.mark.parametrize("rounds", [0, 1])
def test_a_session_ends_by_itself(counter: Counter, rounds: int) -> None:
    """Its term runs from its opening: later answers are not taken in either round, and the work is begun anew."""
    answers = counter.carried(counter.commands(counter.asked(CardWork.MAKE_KEY)))
    for _ in range(rounds):
        answers = counter.carried(counter.commands(answers))
    counter.scene.clock.advance_to(OPENED + LONGEST_CARD_SESSION + timedelta(seconds=1))

    assert counter.scene.refusal(answers) == "authority.card-session.too-old"
    assert states() == [("closed", "authority.card-session.too-old")]
    assert not CardKey.objects.exists()
    assert counter.do(counter.asked(CardWork.MAKE_KEY)).public_key


def test_answers_of_just_the_term_are_taken(counter: Counter) -> None:
    """The bound is included; what is done is answered at any time."""
    answers = counter.carried(counter.commands(counter.carried(counter.commands(counter.asked(CardWork.MAKE_KEY)))))
    counter.scene.clock.advance_to(OPENED + LONGEST_CARD_SESSION)
    done = counter.scene.expect(CardWorkDone, answers)
    counter.scene.clock.advance_to(OPENED + timedelta(days=1))

    assert counter.scene.expect(CardWorkDone, answers) == done
