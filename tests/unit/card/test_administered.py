from dataclasses import replace

import pytest

from openjpki.card import administration as commands
from openjpki.card.administration import AID, AdminIns, Greeting, KeyForm
from openjpki.card.apdu import CommandApdu
from openjpki.card.image import CardImage
from openjpki.card.pins import PinReference
from openjpki.card.secure_channel import MAX_COUNTER, HostEnd, SessionKeys
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.support.cards import CHALLENGE, Host, Refused, keys_of
from tests.unit.card.cards import SELECT_AP, Bench, PowerCut, bench, blank, host, ordinary

SIGNATURE = CertificateKind.SIGNATURE
STATUS = commands.status(SIGNATURE)
SELECT = f"00A4040C0A{AID.hex()}"
GREET = f"8050000008{CHALLENGE.hex()}00"


def selected(image: CardImage | None = None, **settings: object) -> Bench:
    """Return a powered card with the administration application selected."""
    card = bench(image or blank(), **settings)
    assert card.ask(SELECT) == "9000"
    return card


def test_a_session_opens_and_carries_commands() -> None:
    """Both sides show themselves, then commands come sealed and answers go sealed."""
    card = bench(ordinary())
    (answer,) = host(card).do(STATUS)

    assert len(answer) == 96
    assert card.durable.channel.counter == 1
    assert card.durable.channel.failures == 0


def test_the_counter_is_durable_before_the_greeting() -> None:
    """A power cut leaves a session that never was, not one that can be begun twice."""
    card = selected()
    card.cut_after = 1
    with pytest.raises(PowerCut):
        card.ask(GREET)
    card.power_on_again()
    card.ask(SELECT)
    greeting = Greeting.from_bytes(bytes.fromhex(card.ask(GREET))[:-2])

    assert greeting.counter == 2
    assert card.durable.channel.counter == 2


def test_two_sessions_share_no_key() -> None:
    """The same challenge of the host gets another of the card."""
    card = selected()
    first, second = (Greeting.from_bytes(bytes.fromhex(card.ask(GREET))[:-2]) for _ in range(2))

    assert first.challenge != second.challenge
    assert first.cryptogram != second.cryptogram


def test_wrong_keys_are_counted_and_block() -> None:
    """Each failed authentication is counted before it is compared; at the limit nothing opens the channel any more."""
    card = bench(blank(), administration_failures=2)
    stranger = Host(card, keys_of("9" * 15))

    for count in (1, 2):
        stranger.plain(commands.select())
        greeting = Greeting.from_bytes(stranger.plain(commands.initialize_update(CHALLENGE)).data)
        keys = SessionKeys.of(stranger.keys, CHALLENGE, greeting.challenge)
        with pytest.raises(Refused, match="6982"):
            stranger.plain(commands.external_authenticate(keys.host_cryptogram() + bytes(8)))
        assert card.durable.channel.failures == count
    with pytest.raises(Refused, match="6983"):
        host(card).do(STATUS)


def test_a_right_authentication_forgets_the_failures() -> None:
    """They count in a row."""
    card = bench(blank().with_channel(failures=19))
    host(card).do(STATUS)

    assert card.durable.channel.failures == 0


def test_a_power_cut_refunds_no_failure() -> None:
    """The failure is durable before the cryptogram is looked at, as a PIN's try is."""
    card = selected()
    card.ask(GREET)
    card.cut_after = 2
    with pytest.raises(PowerCut):
        card.ask("8482330010" + "00" * 16)
    assert card.durable.channel.failures == 1


def test_a_cryptogram_is_told_from_its_mac() -> None:
    """A right MAC over a wrong cryptogram shows nobody (6300)."""
    card = selected()
    keys = _session(card)
    wrong = commands.external_authenticate(bytes(8))
    assert card.ask(bytes(HostEnd(keys).authenticate(wrong)).hex()) == "6300"
    assert card.durable.channel.failures == 1


def _session(card: Bench) -> SessionKeys:
    greeting = Greeting.from_bytes(bytes.fromhex(card.ask(GREET))[:-2])
    return SessionKeys.of(card.durable.channel.keys, CHALLENGE, greeting.challenge)


def test_the_last_counter_is_the_end() -> None:
    """The counter never turns over: a session would repeat."""
    card = selected(blank().with_channel(counter=MAX_COUNTER))

    assert card.ask(GREET) == "6983"


@pytest.mark.parametrize(
    ("apdus", "sw"),
    [
        (["8050010008" + "00" * 8 + "00"], "6A86"),
        (["8050000107" + "00" * 7 + "00"], "6A86"),
        (["8050000007" + "00" * 7 + "00"], "6700"),
        (["8482330010" + "00" * 16], "6985"),
        ([GREET, "8482010010" + "00" * 16], "6A86"),
        ([GREET, "8482330110" + "00" * 16], "6A86"),
        ([GREET, "84F2010008" + "00" * 8], "6985"),
        (["84F2010008" + "00" * 8], "6985"),
        (["80F2010000"], "6D00"),
        (["00C0000000"], "6985"),
        (["0020009804" + "31323334"], "6986"),
        (["00A4020C020018"], "6986"),
        (["00A40000"], "9000"),
        (["94F20100"], "6E00"),
        (["81F20100"], "6881"),
    ],
)
def test_out_of_order_nothing_is_done(apdus: list[str], sw: str) -> None:
    """Before the channel is open every command is refused, and what belongs to other applications is not here."""
    card = selected()
    assert card.sw(*apdus) == sw


def test_without_extended_length_long_forms_are_refused() -> None:
    """A card that reads short commands only is administered by short ones."""
    card = bench(blank(), extended_length=False)
    host(card).do(commands.set_hand_over_data("99202", card.durable.expires))

    assert card.durable.municipality == "99202"
    assert card.sw(SELECT, f"80500000000008{CHALLENGE.hex()}0000") == "6700"


def test_selecting_anything_ends_the_session() -> None:
    """Again, or another application: the channel is closed, and PINs that were verified are forgotten."""
    for other in (SELECT, SELECT_AP, "00A4040C07A0000001510000"):
        card = bench(ordinary(), reselect_clears=False)
        end = host(card).open()
        card.ask(other)
        card.ask(SELECT)
        with pytest.raises(Refused, match="6985"):
            host(card).ask(end, STATUS)


def test_administration_ends_what_was_verified() -> None:
    """After the authority worked on the card, its holder shows the PIN again."""
    card = bench(ordinary())
    card.ask(SELECT_AP)
    assert card.ask("00 20 00 98 04 31323334") == "9000"
    host(card).do(STATUS)
    card.ask(SELECT_AP)

    assert card.sw("80 2A 02 97 20" + "00" * 32 + "00") == "6982"


def test_a_refusal_ends_the_session() -> None:
    """What was left out or refused is followed by nothing."""
    card = bench(blank())
    end = host(card).open()
    for refused, sw in ((commands.read_back(SIGNATURE), "6A88"), (STATUS, "6985")):
        with pytest.raises(Refused, match=sw):
            host(card).ask(end, refused)


def test_a_long_answer_waits_for_get_response() -> None:
    """Two short parts: 61xx counts what is left, and only the very next command may fetch it."""
    card = bench(blank())
    end = host(card).open()
    sealed, _ = end.seal(commands.generate_key(SIGNATURE, KeyForm.RSA_2048))
    first = card.ask(bytes(sealed).hex())

    assert first[-4:] == "6138"
    assert len(first) == 2 * (256 + 2)
    assert card.ask("00C0000010")[-4:] == "6128"
    rest = card.ask("00C0000000")
    assert rest[-4:] == "9000"
    assert card.ask("00C0000000") == "6985"


def test_more_than_a_byte_counts_is_told_as_zero() -> None:
    """6100: 256 bytes or more are left."""
    card = bench(blank())
    end = host(card).open()
    sealed, _ = end.seal(replace(commands.generate_key(SIGNATURE, KeyForm.RSA_2048), le=16))

    assert card.ask(bytes(sealed).hex())[-4:] == "6100"


def test_another_command_forgets_what_waits() -> None:
    """GET RESPONSE belongs to the command before it."""
    card = bench(blank())
    end = host(card).open()
    card.ask(bytes(end.seal(commands.generate_key(SIGNATURE, KeyForm.RSA_2048))[0]).hex())
    host(card).ask(end, STATUS)

    assert card.ask("00C0000000") == "6985"


def test_an_unknown_command_is_refused_inside_too() -> None:
    """Only what the table has."""
    card = bench(blank())
    with pytest.raises(Refused, match="6D00"):
        host(card).do(CommandApdu(cla=0x80, ins=AdminIns.SELECT, p1=0, p2=0, le=256))


def test_a_permission_lets_one_pin_be_set_once() -> None:
    """R-6.3: by the authority's permission, without the old PIN; then it is spent, and the PIN does not count as shown."""
    card = bench(ordinary().with_pin(PinKind.AUTHENTICATION, replace(_pin(), tries=0)))
    host(card).do(commands.allow_pin_set(PinKind.AUTHENTICATION))
    assert card.durable.pins[PinKind.AUTHENTICATION].tries == 0

    assert card.sw(SELECT_AP, "00 24 01 9B 06 414243393939") == "6982"
    assert card.sw("00 24 01 98 04 38373635") == "9000"
    assert card.durable.pins[PinKind.AUTHENTICATION].tries == 3
    assert card.sw("80 2A 02 97 20" + "00" * 32 + "00") == "6982"
    assert card.sw("00 24 01 98 04 31323334") == "6982"
    assert card.sw("00 20 00 98 04 38373635") == "9000"


def test_a_changed_pin_still_counts_as_shown() -> None:
    """Whoever showed the old one and chose the new one may change it again."""
    card = bench(ordinary())
    sequence = (SELECT_AP, "00 20 00 98 04 31323334", "00 24 01 98 04 38373635", "00 24 01 98 04 39393939")

    assert card.sw(*sequence) == "9000"
    assert card.sw("00 20 00 98 04 39393939") == "9000"


def _pin() -> PinReference:
    return ordinary().pins[PinKind.AUTHENTICATION]
