"""The list that is read as it comes, against the library that reads it whole."""

from datetime import timedelta
from functools import partial

from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from openjpki.pki import der
from openjpki.pki.crl import ListUnsound
from openjpki.pki.crl_partition import is_partition
from openjpki.pki.crl_stream import ListBounds, ListReader
from openjpki.pki.issuer import issuer_of
from openjpki.rules.kinds import RevocationReason
from tests.support.hierarchy import DAY, HOUR, ISSUED, hierarchy
from tests.support.lists import THIS, frame, in_pieces, line, to_be_signed

MADE = hierarchy()
BOUNDS = ListBounds(
    ca=issuer_of(MADE.ca),
    now=THIS,
    ahead=HOUR,
    behind=HOUR,
    longest=DAY,
    is_partition=partial(is_partition, MADE.profiles, MADE.kind),
)
LINES = st.lists(
    st.builds(
        line,
        serial=st.integers(1, 2**159 - 1),
        reason=st.sampled_from(RevocationReason),
        revoked_at=st.integers(0, 20 * 365 * 86_400).map(lambda seconds: ISSUED - timedelta(seconds=seconds)),
    ),
    max_size=300,
    unique_by=lambda entry: entry.serial,
).map(lambda entries: sorted(entries, key=lambda entry: entry.serial))


def is_let_through(whole: bytes, size: int) -> bool:
    """Read a list in pieces of a size and say whether it passed."""
    reader = ListReader(BOUNDS)
    try:
        for piece in in_pieces(whole, size):
            reader.take(piece)
        reader.end()
    except ListUnsound:
        return False
    return True


@given(LINES, st.integers(1, 2**159 - 1), st.integers(1, 5000))
def test_every_list_of_the_house_passes_in_any_pieces(entries: list[object], number: int, size: int) -> None:
    """What the encoder writes the reader lets through, wherever it is cut (docs/certificates.md §7)."""
    assert is_let_through(to_be_signed(frame(MADE, number=number), entries), size)  # type: ignore[arg-type]  # by strategy


WHOLE = to_be_signed(frame(MADE), [line(serial * 77, list(RevocationReason)[serial % 7]) for serial in range(1, 40)])


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255), st.integers(1, 5000))
def test_a_list_with_an_octet_changed_is_refused_or_still_a_list(at: int, change: int, size: int) -> None:
    """Whatever passes, the library reads to its last entry, of the same CA, with serials that rise, none after the list."""
    spoilt = bytearray(WHOLE)
    spoilt[at] ^= change
    if not is_let_through(bytes(spoilt), size):
        return
    signed = der.sequence(bytes(spoilt), MADE.algorithm.identifier, der.bit_string(bytes(256)))
    loaded = x509.load_der_x509_crl(signed)
    serials = [one.serial_number for one in loaded]

    assert loaded.issuer == BOUNDS.ca.subject
    assert len(serials) == 39
    assert serials == sorted(set(serials))
    assert all(one.revocation_date_utc <= loaded.last_update_utc for one in loaded)
