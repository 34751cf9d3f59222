import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openjpki.card.apdu import MAX_COMMAND, CommandApdu, MalformedApdu
from openjpki.card.card import Card
from openjpki.card.certificate import certified_key
from openjpki.card.face import FaceKey
from openjpki.card.imagefile import ImageDamaged, ImageEmpty, ImageOfOtherVersion, from_bytes, to_bytes
from openjpki.card.memory import carry_out
from openjpki.card.pins import SET_BY_HOLDER
from openjpki.card.settings import CardSettings
from openjpki.card.status import SW, tries_in
from openjpki.rules.kinds import CertificateKind
from tests.unit.card.cards import blank, ordinary, stored

octets = st.integers(0, 255)
wild = st.binary(max_size=600)
near = st.builds(
    lambda head, p1, p2, tail: bytes(head) + bytes((p1, p2)) + tail,
    st.sampled_from(
        [
            *((0x00, ins) for ins in (0xA4, 0xB0, 0xB2, 0x20, 0x24, 0x84, 0x88, 0xCA)),
            *((0x80, ins) for ins in (0x2A, 0x32, 0xA2, 0xAE)),
            (0x0C, 0xB0),
            (0x01, 0x20),
        ]
    ),
    st.one_of(st.sampled_from([0x00, 0x01, 0x02, 0x03, 0x04, 0x7F, 0x81, 0x82, 0x8A, 0x97]), octets),
    st.one_of(st.sampled_from([0x00, 0x04, 0x0C, 0x21, 0x51, 0x80, 0x91, 0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C]), octets),
    st.one_of(
        st.just(b""),
        st.just(b"\0"),
        st.just(b"\0\0\0"),
        st.builds(
            lambda data, le: bytes((len(data),)) + data + le,
            st.binary(min_size=1, max_size=60),
            st.sampled_from([b"", b"\0"]),
        ),
        wild,
    ),
)
useful = st.sampled_from(
    [
        bytes.fromhex(text)
        for text in (
            "00A4040C0AD392F000260100000001",
            "00A4040C07A0000001510000",
            "00A4020C02000A",
            "00A4020C02001B",
            "00200098 0431323334",
            "0020009B 06414243313233",
            "0024019B 0741424331323334",
            "802A0097 01FF 00",
            "00A4040C0AD3921000310001010100",
            "00A4040C0AD3921000310001010401",
            "00A4040C0AD3921000310001010402",
            "00A4040C0AD3921000310001010408",
            "00200091 0433343536",
            "00200093 0C393932303130303030323232",
            "00B082 00 00 0000",
            "00B2010C00",
            "8032009C 0431313131",
            "00880099 0101 00",
            "802A0000 0101 00",
            "00CA7F21 00 0000",
            "0084000010",
        )
    ]
)
talks = st.lists(st.one_of(useful, near, wild), max_size=25)
settings_in_use = st.builds(
    CardSettings,
    locked_status=st.sampled_from([SW.BLOCKED, SW.REFERENCE_DATA_UNUSABLE]),
    no_key_status=st.sampled_from([SW.REFERENCE_NOT_FOUND, SW.CONDITIONS_NOT_SATISFIED]),
    absent_certificate_status=st.sampled_from([SW.FILE_NOT_FOUND, SW.OFFSET_OUTSIDE_FILE]),
    reselect_clears=st.booleans(),
    extended_length=st.booleans(),
    ecdsa_signature=st.sampled_from(["der", "raw"]),
)
cards = st.sampled_from([ordinary(), stored("p384"), stored("holder"), blank()])


@given(cards, settings_in_use, talks)
@example(ordinary(), CardSettings(), [bytes(MAX_COMMAND), bytes(MAX_COMMAND + 1)])
def test_a_card_answers_anything_with_a_known_status_word(
    image: object, chosen: CardSettings, talk: list[bytes]
) -> None:
    """Whatever is sent, in whatever order, the card answers, and only with status words it declares."""
    card = Card(image, chosen)  # type: ignore[arg-type]  # the strategy gives images
    known = set(SW)

    for apdu in talk:
        answer = carry_out(card.receive(apdu), lambda _: None)
        sw = int.from_bytes(answer[-2:])
        assert sw in known or tries_in(sw) is not None
        assert len(answer) == 2 or sw == SW.SUCCESS


@given(cards, settings_in_use, talks)
def test_a_read_is_never_empty_and_a_secret_never_leaves(
    image: object, chosen: CardSettings, talk: list[bytes]
) -> None:
    """READ BINARY that succeeds has data (clients read until the end); no private key byte string is ever answered."""
    card = Card(image, chosen)  # type: ignore[arg-type]  # the strategy gives images
    keys = [card.image.key_in_use(name) for name in (*CertificateKind, *FaceKey)]
    secrets = [key[-64:-32] for key in keys if key is not None]

    for apdu in talk:
        answer = carry_out(card.receive(apdu), lambda _: None)
        if apdu[1:2] == b"\xb0" and answer[-2:] == b"\x90\x00":
            assert len(answer) > 2
        assert not any(secret in answer for secret in secrets)


@given(cards, talks)
def test_talk_changes_nothing_but_tries_and_pins(image: object, talk: list[bytes]) -> None:
    """No command of an application touches a key, a certificate, the face, or what is printed on the card."""
    card = Card(image)  # type: ignore[arg-type]  # the strategy gives images
    before = card.image

    for apdu in talk:
        carry_out(card.receive(apdu), lambda _: None)
    for kind in CertificateKind:
        assert card.image.keys[kind] is before.keys[kind]
    assert card.image.face is before.face
    for name, pin in card.image.pins.items():
        assert pin.limit == before.pins[name].limit
        assert pin.digest == before.pins[name].digest or name in SET_BY_HOLDER
    assert (card.image.number, card.image.salt, card.image.expires) == (before.number, before.salt, before.expires)


@given(st.one_of(near, wild))
def test_a_command_that_reads_writes_the_same(apdu: bytes) -> None:
    """Whatever parses as a command is written back byte by byte: there is one wire form of each."""
    try:
        command = CommandApdu.from_bytes(apdu)
    except MalformedApdu:
        return
    assert bytes(command) == apdu


@given(st.data())
def test_one_changed_byte_damages_an_image(data: st.DataObject) -> None:
    """A flipped bit anywhere in a card's file is found."""
    raw = bytearray(to_bytes(ordinary()))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises((ImageDamaged, ImageOfOtherVersion)):
        from_bytes(bytes(raw))


@given(wild)
def test_any_bytes_are_refused_as_an_image(raw: bytes) -> None:
    """The reader of images raises refusals only."""
    with pytest.raises((ImageDamaged, ImageEmpty)):
        from_bytes(raw)


@given(st.binary(max_size=400), st.integers(0, 300))
def test_a_broken_certificate_is_refused(tail: bytes, cut: int) -> None:
    """The beginning of a certificate with anything behind it does not go onto a card."""
    active = ordinary().keys[CertificateKind.SIGNATURE].active
    assert active is not None
    assert active.certificate is not None
    body = active.certificate[4 : 4 + cut] + tail

    with pytest.raises(ValueError, match="not a certificate"):
        certified_key(b"\x30\x82" + len(body).to_bytes(2) + body)
