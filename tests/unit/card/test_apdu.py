import pytest

from openjpki.card.apdu import MAX_COMMAND, CommandApdu, Ins, MalformedApdu, ResponseApdu

CASES = [
    ("00200080", {"ins": 0x20, "p2": 0x80}),
    ("00B0000000", {"ins": 0xB0, "le": 256}),
    ("00B0000120", {"ins": 0xB0, "p2": 1, "le": 32}),
    ("00A4020C02000A", {"ins": 0xA4, "p1": 2, "p2": 12, "data": b"\x00\x0a"}),
    ("802A008001AA00", {"cla": 0x80, "ins": 0x2A, "p2": 0x80, "data": b"\xaa", "le": 256}),
    ("00B00000000000", {"ins": 0xB0, "le": 65536, "extended": True}),
    ("00B00000000100", {"ins": 0xB0, "le": 256, "extended": True}),
    ("802A0380000001AA", {"cla": 0x80, "ins": 0x2A, "p1": 3, "p2": 0x80, "data": b"\xaa", "extended": True}),
    (
        "802A0380000001AA0100",
        {"cla": 0x80, "ins": 0x2A, "p1": 3, "p2": 0x80, "data": b"\xaa", "le": 256, "extended": True},
    ),
]
"""The seven cases of ISO 7816-3 §12.1.3, and how Le of zero counts."""


def command(**parts: object) -> CommandApdu:
    """Return a command, zero where nothing is said."""
    whole: dict[str, object] = {"cla": 0, "ins": 0, "p1": 0, "p2": 0} | parts
    return CommandApdu(**whole)  # type: ignore[arg-type]  # the table names real fields


@pytest.mark.parametrize(("wire", "parts"), CASES)
def test_reading_and_writing_are_inverse(wire: str, parts: dict[str, object]) -> None:
    """One table for both directions: ISO 7816-3 §12.1.3."""
    assert CommandApdu.from_bytes(bytes.fromhex(wire)) == command(**parts)
    assert bytes(command(**parts)).hex().upper() == wire


@pytest.mark.parametrize(
    "wire",
    [
        "",
        "00B000",
        "00B0000002AA",
        "00B0000001AA0000",
        "00B000000000",
        "00B00000000000AA",
        "00B0000000000200",
        "00B0000000000200AAAA0000AA",
        "00B000000001",
    ],
)
def test_bytes_that_are_no_command_are_refused(wire: str) -> None:
    """Lc that does not fit what follows, or no header, is no APDU."""
    with pytest.raises(MalformedApdu):
        CommandApdu.from_bytes(bytes.fromhex(wire))


def test_a_command_has_a_longest_form() -> None:
    """Nothing longer than an extended case 4 is looked at."""
    longest = bytes.fromhex("802A038000FFFF") + bytes(65535) + b"\0\0"

    assert len(longest) == MAX_COMMAND
    assert CommandApdu.from_bytes(longest).le == 65536
    with pytest.raises(MalformedApdu):
        CommandApdu.from_bytes(longest + b"\0")


@pytest.mark.parametrize(
    "parts",
    [
        {"cla": 256},
        {"p2": -1},
        {"data": bytes(256)},
        {"le": 0},
        {"le": 257},
        {"le": 65537, "extended": True},
        {"data": bytes(65536), "extended": True},
        {"extended": True},
    ],
)
def test_what_has_no_wire_form_cannot_be_made(parts: dict[str, object]) -> None:
    """A command is checked when it is made, so that its bytes always say what it says."""
    with pytest.raises(MalformedApdu):
        command(**parts)


@pytest.mark.parametrize("ins", [Ins.VERIFY, Ins.CHANGE_REFERENCE_DATA, Ins.CHANGE_KEY])
def test_repr_never_shows_a_pin(ins: Ins) -> None:
    """VERIFY and both changes show how long their data are, not what they are."""
    shown = repr(command(ins=ins, p2=0x80, data=b"ABC123"))

    assert b"ABC123".hex() not in shown
    assert "ABC123" not in shown
    assert "<6 bytes>" in shown


def test_repr_shows_other_commands_whole() -> None:
    """A trace of SELECT can be read."""
    assert repr(command(ins=Ins.SELECT, p1=2, p2=12, data=b"\x00\x0a")) == "CommandApdu(00 a4 02 0c 000a le=None)"


def test_repr_shows_no_answer() -> None:
    """What READ BINARY brings may be the signature certificate, which holds the four attributes (R-0.3)."""
    assert repr(ResponseApdu(0x9000, "見本".encode())) == "ResponseApdu(sw=36864)"


def test_an_instruction_has_words() -> None:
    """Messages name instructions as the standards do."""
    assert Ins.READ_BINARY.words == "READ BINARY"


def test_an_answer_ends_with_its_status_word() -> None:
    """SW1 and SW2 are the last two bytes (ISO 7816-4 §5.1)."""
    answer = ResponseApdu.from_bytes(bytes.fromhex("AABB9000"))

    assert answer == ResponseApdu(0x9000, b"\xaa\xbb")
    assert bytes(answer).hex() == "aabb9000"
    assert answer.ok
    assert not ResponseApdu(0x6A82).ok


def test_an_answer_without_a_status_word_is_refused() -> None:
    """One byte is no answer."""
    with pytest.raises(MalformedApdu):
        ResponseApdu.from_bytes(b"\x90")
