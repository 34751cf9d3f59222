from datetime import UTC, datetime

from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from openjpki.pki import der


@given(st.integers(0, 2**400))
def test_integers_come_back(value: int) -> None:
    """Encoder and decoder are inverse, and another library writes the same bytes."""
    encoded = der.integer(value)

    assert encoded == core.Integer(value).dump()
    assert der.read_integer(der.Reader(encoded).content(der.INTEGER)) == value


@given(st.integers(-(2**70), 2**70))
def test_signed_integers_are_read_as_another_library_writes_them(value: int) -> None:
    """X.690 §8.3: two's complement, shortest."""
    assert der.read_integer(core.Integer(value).contents) == value


@given(st.tuples(st.integers(0, 2), st.integers(0, 39)), st.lists(st.integers(0, 2**40), max_size=8))
def test_object_identifiers_are_those_of_another_library(head: tuple[int, int], arcs: list[int]) -> None:
    """X.690 §8.19, whatever the arcs."""
    dotted = ".".join(map(str, (*head, *arcs)))

    assert der.object_identifier(dotted) == core.ObjectIdentifier(dotted).dump()


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_elements_come_back_in_their_order(contents: list[bytes]) -> None:
    """What was written is read, and nothing more."""
    reader = der.Reader(der.sequence(*map(der.octet_string, contents))).inside(der.SEQUENCE)

    assert [reader.content(der.OCTET_STRING) for _ in contents] == contents
    reader.end()


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """A reader gives DER or refuses: what it accepts, the encoder writes back."""
    try:
        whole = der.Reader(data).whole(der.SEQUENCE)
    except der.NotDer:
        return

    assert der.sequence(der.Reader(whole).content(der.SEQUENCE)) == whole


@given(st.datetimes(datetime(1950, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001  -- the zone is given beside
def test_times_come_back_to_the_second(moment: datetime) -> None:
    """RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime after; another library reads the same moment."""
    encoded = der.time(moment)
    read = core.UTCTime.load(encoded) if moment.year < 2050 else core.GeneralizedTime.load(encoded)

    assert read.native == moment.replace(microsecond=0)
