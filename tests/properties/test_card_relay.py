from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from openjpki.card import administration as commands
from openjpki.card.administration import Greeting, KeyForm, Status
from openjpki.card.apdu import CommandApdu, MalformedApdu, ResponseApdu
from openjpki.card.image import CardImage
from openjpki.card.secure_channel import CardEnd, ChannelBroken, HostEnd, SessionKeys
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.support.cards import CHALLENGE, blank_card, keys_of
from tests.unit.card.cards import Bench

SIGNATURE = CertificateKind.SIGNATURE
SCRIPT = (
    commands.generate_key(SIGNATURE, KeyForm.P_384),
    commands.allow_pin_set(PinKind.SIGNATURE),
    commands.status(SIGNATURE),
)
KEYS = SessionKeys.of(keys_of("1" * 15), CHALLENGE, CHALLENGE)


def session(card: Bench) -> tuple[list[CommandApdu], list[object]]:
    """Greet a card; return EXTERNAL AUTHENTICATE and the sealed script, and what opens the answers."""
    card.transmit(bytes(commands.select()))
    greeting = Greeting.from_bytes(card.transmit(bytes(commands.initialize_update(CHALLENGE)))[:-2])
    keys = SessionKeys.of(card.durable.channel.keys, CHALLENGE, greeting.challenge)
    end = HostEnd(keys)
    first = end.authenticate(commands.external_authenticate(keys.host_cryptogram()))
    sealed = [end.seal(command) for command in SCRIPT]
    return [first, *(command for command, _ in sealed)], [moment for _, moment in sealed]


def ready() -> CardImage:
    """Return a blank card to which nothing is permitted yet."""
    return replace(blank_card(), permitted=frozenset())


def reached(image: CardImage) -> int:
    """Return how much of the script a card has carried out: nothing, a key, a key and a permission."""
    made = image.keys[SIGNATURE].shadow is not None
    return made + bool(image.permitted)


@given(st.data())
def test_no_command_but_the_next_is_carried_out(data: st.DataObject) -> None:
    """Altered, left out, repeated or re-ordered: from there on the card does nothing more."""
    card = Bench(ready())
    apdus = [bytes(command) for command in session(card)[0]]
    way = data.draw(st.sampled_from(["flip", "drop", "repeat", "swap"]))
    at = data.draw(st.integers(0, len(apdus) - 2))
    if way == "flip":
        wrong = bytearray(apdus[at])
        place = data.draw(st.integers(0, len(wrong) - 1))
        wrong[place] ^= 1 << data.draw(st.integers(0, 7))
        if place == len(wrong) - 1 and at:  # Le stands outside the MAC: it says how much may be answered
            wrong[place] = apdus[at][place]
            wrong[0] ^= 1
        apdus[at] = bytes(wrong)
    elif way == "drop":
        del apdus[at]
    elif way == "repeat":
        apdus.insert(at, apdus[at])
        at += 1
    else:
        apdus[at], apdus[at + 1] = apdus[at + 1], apdus[at]
    for apdu in apdus:
        card.transmit(apdu)

    assert reached(card.durable) <= max(0, at - 1)


@given(st.integers(0, 3), st.integers(0, 400), st.integers(0, 7))
def test_no_answer_but_the_cards_own_opens(which: int, place: int, bit: int) -> None:
    """A flipped bit in any answer, an answer in another's place, or one of another session: the channel is broken."""
    card = Bench(ready())
    apdus, moments = session(card)
    answers = [card.transmit(bytes(apdu)) for apdu in apdus][1:]
    moment = moments[which % len(moments)]
    answer = bytearray(answers[which % len(answers)])
    answer[place % (len(answer) - 2)] ^= 1 << bit

    for forged in (bytes(answer), answers[(which + 1) % len(answers)], bytes(8) + b"\x90\x00"):
        try:
            moment.open(ResponseApdu.from_bytes(forged))  # type: ignore[attr-defined]  # a Moment
        except ChannelBroken:
            continue
        raise AssertionError(forged.hex())


@given(st.binary(max_size=300))
def test_what_no_host_sealed_opens_nowhere(raw: bytes) -> None:
    """Bytes from anywhere."""
    try:
        command = CommandApdu.from_bytes(raw)
    except MalformedApdu:
        return
    try:
        CardEnd(KEYS).open(command)
    except ValueError:
        return
    raise AssertionError(raw.hex())


def test_the_relay_reads_neither_key_nor_permission() -> None:
    """What passes the window is sealed: no public key, no digest, no command of the script stands in it."""
    card = Bench(ready())
    apdus, _ = session(card)
    answers = [card.transmit(bytes(apdu)) for apdu in apdus]
    passed = b"|".join((*map(bytes, apdus), *answers))
    shadow = card.durable.keys[SIGNATURE].shadow

    assert shadow is not None
    assert reached(card.durable) == 2
    assert shadow.public_key[-40:] not in passed
    assert bytes(Status.of(card.durable, SIGNATURE))[:32] not in passed
    assert not any(bytes(command)[5:-1] in passed for command in SCRIPT if command.data)
