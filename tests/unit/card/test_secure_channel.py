import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from openjpki.card.apdu import CommandApdu, ResponseApdu
from openjpki.card.keyset import KeySet
from openjpki.card.secure_channel import (
    CHALLENGE_SIZE,
    MAX_PLAIN,
    CardEnd,
    ChannelBroken,
    HostEnd,
    SessionKeys,
    card_challenge,
)

PUBLISHED = json.loads((Path(__file__).resolve().parents[2] / "vectors" / "published-scp03.json").read_text("utf-8"))
STATUS = CommandApdu.from_bytes(bytes.fromhex("80F280020A4F00112233445566778800"))
KEYS = KeySet(enc=bytes(range(32)), mac=bytes(range(32, 64)), dek=bytes(32))
SESSION = SessionKeys.of(KEYS, bytes(CHALLENGE_SIZE), bytes(range(CHALLENGE_SIZE)))


def _keys(vector: dict[str, Any]) -> KeySet:
    enc, mac, dek = (bytes.fromhex(vector["keys"][name]) for name in ("enc", "mac", "dek"))
    return KeySet(enc=enc, mac=mac, dek=dek)


def _session(vector: dict[str, Any]) -> SessionKeys:
    greeting = bytes.fromhex(vector["greeting"])
    return SessionKeys.of(_keys(vector), bytes.fromhex(vector["host_challenge"]), greeting[13:21])


@pytest.mark.parametrize("vector", PUBLISHED["sessions"], ids=lambda vector: vector["name"])
def test_a_real_cards_session_is_ours_byte_for_byte(vector: dict[str, Any]) -> None:
    """Sessions of real cards at level 33 under AES-128, 192 and 256: challenge, cryptograms, every command, the answer."""
    greeting, session = bytes.fromhex(vector["greeting"]), _session(vector)
    host = HostEnd(session)
    first = host.authenticate(CommandApdu(cla=0x84, ins=0x82, p1=0x33, p2=0x00, data=session.host_cryptogram()))

    aid = bytes.fromhex(PUBLISHED["aid"])
    assert card_challenge(_keys(vector), int.from_bytes(greeting[29:]), aid) == greeting[13:21]
    assert session.card_cryptogram() == greeting[21:29]
    assert bytes(first).hex() == vector["external_authenticate"]
    for number, (plain, sealed) in enumerate(zip(PUBLISHED["commands"], vector["commands"], strict=True)):
        command, moment = host.seal(CommandApdu.from_bytes(bytes.fromhex(plain)))
        assert bytes(command).hex() == sealed
        if not number:
            answer = ResponseApdu(0x9000, bytes.fromhex(vector["answer"]))
            assert moment.open(answer).data.hex() == PUBLISHED["answer"]
            assert moment.seal(moment.open(answer)) == answer


@pytest.mark.parametrize("vector", PUBLISHED["sessions"], ids=lambda vector: vector["name"])
def test_the_cards_end_opens_what_a_real_host_sealed(vector: dict[str, Any]) -> None:
    """The same sessions from the other side."""
    session = _session(vector)
    card = CardEnd(session)
    first = CommandApdu.from_bytes(bytes.fromhex(vector["external_authenticate"]))

    assert card.authenticated(first) == session.host_cryptogram()
    for plain, sealed in zip(PUBLISHED["commands"], vector["commands"], strict=True):
        command, _ = card.open(CommandApdu.from_bytes(bytes.fromhex(sealed)))
        wanted = CommandApdu.from_bytes(bytes.fromhex(plain))
        assert command == replace(wanted, cla=0x84)


def ends() -> tuple[HostEnd, CardEnd]:
    """Return both ends of an open channel."""
    return HostEnd(SESSION), CardEnd(SESSION)


@pytest.mark.parametrize("size", [0, 1, 15, 16, MAX_PLAIN])
def test_what_goes_in_comes_out(size: int) -> None:
    """A short command takes 239 bytes; commands without data count too, and an empty answer has its MAC."""
    host, card = ends()
    for _ in range(2):
        plain = CommandApdu(cla=0x80, ins=0xE2, p1=1, p2=0, data=bytes(size), le=256)
        sealed, moment = host.seal(plain)
        opened, theirs = card.open(CommandApdu.from_bytes(bytes(sealed)))

        assert (opened.data, opened.le, opened.extended) == (plain.data, 256, False)
        assert moment.open(theirs.seal(ResponseApdu(0x9000, bytes(size)))).data == bytes(size)


@pytest.mark.parametrize(("size", "le"), [(300, 65536), (300, None), (0, 65536)])
def test_extended_commands_are_sealed_alike(size: int, le: int | None) -> None:
    """Their length stands in the MAC as it stands on the wire (Amendment D §6.2.4)."""
    host, card = ends()
    sealed, _ = host.seal(CommandApdu(cla=0x80, ins=0xE2, p1=1, p2=0, data=bytes(size), le=le, extended=True))

    opened, _ = card.open(CommandApdu.from_bytes(bytes(sealed)))
    assert (opened.data, opened.le) == (bytes(size), le)


def test_an_extended_command_of_a_mac_alone_opens() -> None:
    """Nothing but the MAC in the long form: what is left has no data and wants none."""
    host, card = ends()
    sealed, _ = host.seal(CommandApdu(cla=0x80, ins=0xF2, p1=1, p2=0))
    host_again, _ = ends()
    mac = host_again._sealing.mac(replace(sealed, data=b"x", extended=True), b"")

    opened, _ = card.open(replace(sealed, data=mac, extended=True))
    assert (opened.data, opened.extended) == (b"", False)


def test_a_command_without_a_mac_does_not_open() -> None:
    """Fewer than eight bytes are no MAC."""
    _, card = ends()
    with pytest.raises(ValueError, match="not sealed"):
        card.open(CommandApdu(cla=0x84, ins=0xF2, p1=1, p2=0, data=b"short"))


def test_a_refusal_is_not_sealed_and_tells_nothing_more() -> None:
    """A refused command is answered by a status word alone (Amendment D §6.2.5): whatever came with it is dropped."""
    host, card = ends()
    sealed, moment = host.seal(STATUS)
    _, theirs = card.open(sealed)

    assert theirs.seal(ResponseApdu(0x6A88)) == ResponseApdu(0x6A88)
    assert moment.open(ResponseApdu(0x6A88, b"forged")) == ResponseApdu(0x6A88)


def test_right_mac_over_wrong_padding_breaks_the_channel() -> None:
    """No card seals so: it is told like any other forgery."""
    host, _ = ends()
    _, moment = host.seal(STATUS)
    for data in (bytes(16), bytes(15)):
        forged = ResponseApdu(0x9000, data + moment._mac(data, 0x9000))
        with pytest.raises(ChannelBroken):
            moment.open(forged)


def test_repr_shows_no_key() -> None:
    """A session key never enters a log."""
    host, _ = ends()
    _, moment = host.seal(STATUS)

    assert repr(SESSION) == "SessionKeys()"
    assert SESSION.mac.hex() not in repr(moment)
