from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from cryptography import x509

from openjpki.pki import crl_stream, der
from openjpki.pki.crl import ListUnsound, authority_key_extension, number_extension, partition_extension
from openjpki.pki.crl_partition import is_partition
from openjpki.pki.crl_stream import MOST_FRAME_BYTES, ListBounds, ListReader
from openjpki.pki.issuer import issuer_of
from openjpki.rules.kinds import CertificateKind, RevocationReason
from openjpki.rules.person import Municipality
from tests.support.hierarchy import AOBA, DAY, HOUR, ISSUED, WAKABA, Hierarchy, hierarchy
from tests.support.lists import THIS, frame, in_pieces, line, to_be_signed

MADE = hierarchy()
MINUTE = timedelta(minutes=1)


def bounds(made: Hierarchy = MADE, now: datetime = THIS) -> ListBounds:
    """Return what a hierarchy's lists must keep to: a day and an hour at most, made an hour before now or a minute after."""
    partition = partial(is_partition, made.profiles, made.kind)
    return ListBounds(
        ca=issuer_of(made.ca), now=now, ahead=MINUTE, behind=HOUR, longest=DAY + HOUR, is_partition=partition
    )


def read(whole: bytes, size: int = 1000, of: ListBounds | None = None) -> None:
    """Read a list in pieces of a size."""
    reader = ListReader(of or bounds())
    for piece in in_pieces(whole, size):
        reader.take(piece)
    reader.end()


def problem(whole: bytes, size: int = 1000, of: ListBounds | None = None) -> str:
    """Return why a list is refused."""
    with pytest.raises(ListUnsound) as refusal:
        read(whole, size, of)
    return str(refusal.value.data["problem"])


LINES = [
    line(1),
    line(200, RevocationReason.UNSPECIFIED),
    line(2**63, RevocationReason.KEY_COMPROMISE, ISSUED - 400 * DAY),
    line(2**159 - 1, RevocationReason.CERTIFICATE_HOLD),
]
LIST = to_be_signed(frame(MADE), LINES)


@pytest.mark.parametrize("size", [1, 7, 64, 100_000])
def test_a_list_of_the_house_is_let_through(each: Hierarchy, size: int) -> None:
    """Whatever the pieces: without entries, with some, and with more than the frame's bound holds (RFC 5280 §5.1)."""
    many = [line(serial, list(RevocationReason)[serial % 7]) for serial in range(1, 400)]
    for entries in ([], LINES, many):
        read(to_be_signed(frame(each, municipality=AOBA, number=2**64), entries), size, bounds(each))


def test_a_list_may_be_of_the_year_2050(made: Hierarchy) -> None:
    """RFC 5280 §4.1.2.5: GeneralizedTime, for list and entries; one of the years before is earlier."""
    late = hierarchy(shift=timedelta(days=365 * 25))
    at = ISSUED + late.shift + HOUR
    entries = [line(1, revoked_at=datetime(2049, 12, 31, tzinfo=UTC)), line(2, revoked_at=at)]
    of = bounds(late, at)

    read(to_be_signed(frame(late, this_update=at), entries, at), of=of)
    assert at.year >= 2050
    assert made.kind is late.kind


@pytest.mark.parametrize(
    ("this_update", "lives", "expected"),
    [
        (THIS + MINUTE, DAY + HOUR, ""),
        (THIS + MINUTE + timedelta(seconds=1), DAY, "this_update"),
        (THIS - HOUR, DAY, ""),
        (THIS - HOUR - timedelta(seconds=1), DAY, "this_update"),
        (THIS, DAY + HOUR + timedelta(seconds=1), "next_update"),
    ],
)
def test_a_list_is_of_now_and_for_its_span(this_update: datetime, lives: timedelta, expected: str) -> None:
    """A list made for later, for earlier or for longer would hide what is ended meanwhile (R-5.25)."""
    whole = to_be_signed(frame(MADE, this_update=this_update, lives=lives))
    if not expected:
        read(whole)
        return
    assert problem(whole) == expected


def test_a_list_lies_within_its_cas_life() -> None:
    """Neither before its CA's certificate nor beyond its end (docs/divergences.md, R-5.25)."""
    ca = issuer_of(MADE.ca)
    before, after = ca.not_before - timedelta(seconds=1), ca.not_after - HOUR

    assert problem(to_be_signed(frame(MADE, this_update=before)), of=bounds(now=before)) == "this_update"
    assert problem(to_be_signed(frame(MADE, this_update=after)), of=bounds(now=after)) == "next_update"
    read(to_be_signed(frame(MADE, this_update=after, lives=HOUR)), of=bounds(now=after))


def entry(*parts: bytes) -> bytes:
    """Return a list whose only entry is made of these parts."""
    content = der.sequence(*parts)
    return b"".join(frame(MADE).to_be_signed(len(content), [content]))


SERIAL, WHEN = der.integer(5), der.time(ISSUED)


def reason(code: int) -> bytes:
    """Return the extension of a reason code."""
    return der.sequence(der.extension(der.object_identifier("2.5.29.21"), der.integer(code, der.ENUMERATED)))


@pytest.mark.parametrize(
    "parts",
    [
        (der.integer(0), WHEN),
        (b"\x02\x01\x81", WHEN),
        (b"\x02\x02\x00\x05", WHEN),
        (b"\x02\x15" + bytes([1] * 21), WHEN),
        (b"\x02\x00", WHEN),
        (SERIAL,),
        (SERIAL, der.generalized_time(ISSUED)),
        (SERIAL, b"\x17\x0d260230030405Z"),
        (SERIAL, b"\x17\x0d260105240000Z"),
        (SERIAL, b"\x17\x0d990105030405Z"),
        (SERIAL, b"\x17\x0b2601050304Z"),
        (SERIAL, der.time(THIS + timedelta(seconds=1))),
        (SERIAL, WHEN, reason(0)),
        (SERIAL, WHEN, reason(7)),
        (SERIAL, WHEN, reason(8)),
        (SERIAL, WHEN, der.sequence()),
        (SERIAL, WHEN, reason(1), reason(1)),
        (SERIAL, WHEN, b"\x00"),
        (),
    ],
)
def test_an_entry_that_is_not_well_formed_is_refused(parts: tuple[bytes, ...]) -> None:
    """RFC 5280 §5.1.2.6, §5.3.1: serial, moment, and a reason of the vocabulary or none; nothing else."""
    assert problem(entry(*parts)) == "entries"
    assert problem(entry(*parts), 1) == "entries"


def test_the_entries_rise() -> None:
    """docs/certificates.md §7: ascending, each serial once; also across the pieces, where 0x0100 follows 0xff."""
    read(to_be_signed(frame(MADE), [line(0x7F), line(0x80), line(0xFF), line(0x100)]), 1)
    for first, second in ((5, 5), (0x100, 0xFF), (2**64, 7)):
        content = b"".join(der.sequence(der.integer(serial), WHEN) for serial in (first, second))
        whole = b"".join(frame(MADE).to_be_signed(len(content), [content]))
        for size in (1, 1000):
            assert problem(whole, size) == "entries"


def spoilt(change: Callable[[bytes], bytes]) -> bytes:
    """Return the list after a change, its outer length set right."""
    content = change(der.Reader(LIST).content(der.SEQUENCE))
    return der.sequence(content)


SHA_384 = hierarchy(algorithm=MADE.algorithm, ca_position=3)


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        (b"", "form"),
        (LIST[:10], "issuer"),
        (LIST[:-1], "length"),
        (LIST + b"\x00", "length"),
        (b"\x31" + LIST[1:], "form"),
        (spoilt(lambda content: b"\x02\x01\x00" + content[3:]), "issuer"),
        (spoilt(lambda content: content[3:]), "issuer"),
        (to_be_signed(frame(hierarchy(CertificateKind.AUTHENTICATION))), "issuer"),
        (to_be_signed(frame(SHA_384)), "authorityKeyIdentifier"),
        (spoilt(lambda content: content.replace(der.time(THIS), b"\x17\x0d260230030405Z", 1)), "form"),
        (spoilt(lambda content: content.replace(der.time(THIS), b"\x17\x0b2601050404Z", 1)), "form"),
        (spoilt(lambda content: content.replace(der.time(THIS), b"\x05\x00", 1)), "form"),
        (spoilt(lambda content: content + b"\x05\x00"), "extensions"),
        (spoilt(lambda content: content.replace(number_extension(1), b"")), "extensions"),
        (spoilt(lambda content: content.replace(number_extension(1), number_extension(1)[:-1] + b"\x00")), "cRLNumber"),
        (
            spoilt(lambda content: content.replace(b"\x01\x01\xff", b"\x01\x01\x00")),
            "issuingDistributionPoint",
        ),
        (spoilt(lambda content: content.replace(b"Wakaba-shi CRLDP", b"Wakaba-shi CRLdp")), "issuingDistributionPoint"),
        (to_be_signed(frame(MADE))[:-60], "length"),
    ],
)
def test_what_is_no_list_of_this_ca_is_refused(whole: bytes, expected: str) -> None:
    """Cut or longer; of another version, another CA or another key; extensions missing, more, changed or not critical."""
    assert problem(whole, 100_000) == expected
    assert problem(whole, 1) in {expected, "length"}


@pytest.mark.parametrize(("number", "expected"), [(2**159 - 1, ""), (2**159, "cRLNumber"), (0, "cRLNumber")])
def test_a_number_is_positive_and_at_most_20_octets(number: int, expected: str) -> None:
    """RFC 5280 §5.2.3."""
    made, ca = frame(MADE), issuer_of(MADE.ca)
    name = MADE.profiles.partition_name(MADE.kind, WAKABA).public_bytes()
    parts = (authority_key_extension(ca), number_extension(number), partition_extension(name))
    whole = der.sequence(made.before, der.tlv(der.context(0), der.sequence(*parts)))
    if not expected:
        read(whole)
        return
    assert problem(whole) == expected


def test_the_cas_own_list_is_let_through(each: Hierarchy) -> None:
    """At the CA's own name, of CA certificates alone (docs/certificates.md §7)."""
    read(to_be_signed(frame(each, municipality=None), [line(1)]), of=bounds(each))


@pytest.mark.parametrize(("municipality", "of_authorities"), [(None, False), (WAKABA, True)])
def test_a_flag_in_the_wrong_place_is_refused(municipality: Municipality | None, *, of_authorities: bool) -> None:
    """A list at the CA's name that speaks for holders too, and a municipality's that speaks for none."""
    made, ca = frame(MADE), issuer_of(MADE.ca)
    name = MADE.profiles.partition_name(MADE.kind, municipality).public_bytes()
    point = partition_extension(name, of_authorities=of_authorities)
    parts = (authority_key_extension(ca), number_extension(1), point)

    assert problem(der.sequence(made.before, der.tlv(der.context(0), der.sequence(*parts)))) == (
        "issuingDistributionPoint"
    )


def test_an_empty_sequence_of_entries_is_refused() -> None:
    """RFC 5280 §5.1.2.6: without entries the field is absent."""
    made = frame(MADE)

    assert problem(der.sequence(made.before, der.sequence(), made.after)) == "entries"


def test_entries_that_end_too_early_are_refused() -> None:
    """The length of the entries says more than there is."""
    made = frame(MADE)
    content = der.sequence(SERIAL, WHEN)

    assert problem(der.sequence(made.before, der.header(der.SEQUENCE, 10_000), content)) == "entries"


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a list nor what stands behind its entries may be longer than the bound, whatever its lengths say."""
    made = frame(MADE)
    endless = der.sequence(made.before, der.tlv(der.context(0), bytes(2 * MOST_FRAME_BYTES)))
    assert problem(endless) == "extensions"

    monkeypatch.setattr(crl_stream, "MOST_LIST_BYTES", len(LIST) - 1)
    assert problem(LIST) == "length"


def test_what_is_let_through_is_a_list_to_another_library() -> None:
    """Wrapped into a signature, the octets read above are a list with exactly these entries."""
    signature = MADE.ca_signer.sign(LIST)
    whole = der.sequence(LIST, MADE.algorithm.identifier, der.bit_string(signature))
    loaded = x509.load_der_x509_crl(whole)

    assert [one.serial_number for one in loaded] == [one.serial for one in LINES]
    assert loaded.tbs_certlist_bytes == LIST
    assert WAKABA.name_romaji.encode() in LIST
