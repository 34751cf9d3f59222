from datetime import date

import pytest

from openjpki.card import administration as commands
from openjpki.card.administration import (
    AdminIns,
    AdministrationBlocked,
    AdministrationRefused,
    CertificateNotForKey,
    Greeting,
    KeyForm,
    NoShadowKey,
    ShadowInUse,
    Status,
    refusal,
)
from openjpki.card.face import NoFace
from openjpki.card.secure_channel import MAX_PLAIN, ChannelBroken
from openjpki.errors import Failure
from openjpki.rules.kinds import CertificateKind, PinKind
from tests.unit.card.cards import ordinary

SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION
GREETING = Greeting(number="400000012719843", challenge=b"challeng", cryptogram=b"cryptogr", counter=258)


def test_the_commands_are_those_of_the_table() -> None:
    """docs/card-administration.md has each of them, as it is before it is sealed."""
    assert [bytes(command).hex() for command in (
        commands.select(),
        commands.initialize_update(b"12345678"),
        commands.external_authenticate(b"12345678"),
        commands.get_response(),
        commands.generate_key(SIGNATURE, KeyForm.P_384),
        commands.prove(AUTHENTICATION, "o1", "99201"),
        commands.read_back(SIGNATURE),
        commands.activate(SIGNATURE, b"\xaa" * 2),
        commands.discard(AUTHENTICATION),
        commands.status(SIGNATURE),
        commands.allow_pin_set(PinKind.CARD_FACE_ENTRY),
        commands.set_hand_over_data("99201", date(2035, 2, 17)),
    )] == [
        "00a4040c0af04f50454e4a504b4901",
        "8050000008313233343536373800",
        "84823300083132333435363738",
        "00c0000000",
        "8046010200",
        "808802000739393230316f3100",
        "80ca010000",
        "8044010002aaaa00",
        "80e4020000",
        "80f2010000",
        "802c040000",
        "80da00000d3939323031323033353032313700",
    ]  # fmt: skip


def test_a_certificate_travels_in_parts() -> None:
    """Length, certificate, issuer's; in parts that fit a short command once sealed, the last one marked."""
    parts = commands.store_certificate(SIGNATURE, b"c" * 300, b"i" * 300)
    whole = b"".join(part.data for part in parts)

    assert [(part.p1, part.p2, part.extended) for part in parts] == [(1, 0, False), (1, 1, False), (0x81, 2, False)]
    assert max(len(part.data) for part in parts) == MAX_PLAIN
    assert whole == b"\x01\x2c" + b"c" * 300 + b"i" * 300


def test_one_extended_command_may_carry_it_all() -> None:
    """Where reader and card take the extended form."""
    (only,) = commands.store_certificate(AUTHENTICATION, b"c" * 300, b"i" * 300, part=4096)

    assert (only.p1, only.p2, only.extended, len(only.data)) == (0x82, 0, True, 602)


def test_attributes_are_cut_like_a_certificate() -> None:
    """Length of the first file, both files; the last part is marked."""
    parts = commands.write_attributes(b"a" * 300, b"i" * 300)

    assert [(part.ins, part.p1, part.p2) for part in parts] == [(0xD6, 0, 0), (0xD6, 0, 1), (0xD6, 0x80, 2)]
    assert b"".join(part.data for part in parts) == b"\x01\x2c" + b"a" * 300 + b"i" * 300


def test_the_greeting_reads_as_it_is_written() -> None:
    """Number, key information, challenge, cryptogram, counter: 32 bytes (Amendment D §7.1.1)."""
    raw = bytes(GREETING)

    assert raw.hex() == "400000012719843f0000" + "010370" + b"challengcryptogr".hex() + "000102"
    assert Greeting.from_bytes(raw) == GREETING


@pytest.mark.parametrize("raw", [b"", bytes(31), bytes(32), bytes(GREETING)[:-1], bytes(GREETING) + b"\0"])
def test_what_is_no_greeting_breaks_the_channel(raw: bytes) -> None:
    """It comes from outside, before anything is authenticated."""
    with pytest.raises(ChannelBroken):
        Greeting.from_bytes(raw)


def test_the_status_reads_as_it_is_written() -> None:
    """Three digests, zeros for what is not there."""
    status = Status.of(ordinary(), SIGNATURE)

    assert (status.waiting_key, status.waiting_certificate) == (None, None)
    assert status.in_use is not None
    assert Status.from_bytes(bytes(status)) == status
    with pytest.raises(ChannelBroken):
        Status.from_bytes(bytes(95))


@pytest.mark.parametrize(
    ("ins", "sw", "meant"),
    [
        (AdminIns.ACTIVATE, 0x6A88, NoShadowKey),
        (AdminIns.INITIALIZE_UPDATE, 0x6983, AdministrationBlocked),
        (AdminIns.GENERATE_KEY, 0x6985, ShadowInUse),
        (AdminIns.STORE_CERTIFICATE, 0x6985, ShadowInUse),
        (AdminIns.STORE_CERTIFICATE, 0x6A80, CertificateNotForKey),
        (AdminIns.SELECT, 0x6A82, AdministrationRefused),
        (AdminIns.STATUS, 0x6985, AdministrationRefused),
        (AdminIns.PROVE, 0x6A80, AdministrationRefused),
        (AdminIns.WRITE_ATTRIBUTES, 0x6A82, NoFace),
        (AdminIns.WRITE_ATTRIBUTES, 0x6A80, AdministrationRefused),
    ],
)
def test_a_refused_command_is_told_by_what_it_means(ins: AdminIns, sw: int, meant: type[Failure]) -> None:
    """A status word bears no MAC, so it only chooses a sentence."""
    assert type(refusal(ins, sw)) is meant
