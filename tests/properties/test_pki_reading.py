"""Whatever bytes arrive, a reader answers with a value or with one of its own refusals; changed bytes prove nothing."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.errors import Failure
from openjpki.pki.attributes import read_attributes
from openjpki.pki.certificate import lint, prepared_from
from openjpki.pki.crl import RevokedEntry
from openjpki.pki.crl_reading import RevocationList
from openjpki.pki.inspect import facts
from openjpki.pki.ocsp import MOST_ITEMS, build_request, parse_request
from openjpki.pki.ocsp_answer import StatusAnswer
from openjpki.pki.ocsp_reading import read_status
from openjpki.pki.profiles import Profile
from openjpki.rules.kinds import RevocationReason
from tests.support.hierarchy import HOLDER_SERIAL, HOUR, ISSUED, hierarchy

MADE = hierarchy()
MOMENT = ISSUED + HOUR
REVOKED = StatusAnswer(status="revoked", revoked_at=ISSUED, reason=RevocationReason.SUPERSEDED)
LINES = [RevokedEntry(serial=HOLDER_SERIAL, revoked_at=ISSUED, reason=RevocationReason.SUPERSEDED)]
ANSWER, LIST = MADE.answer(REVOKED), MADE.crl(*LINES)
QUESTION = build_request([(MADE.holder, MADE.ca)], b"nonce" * 4)


def _status(answer: bytes) -> object:
    return read_status(answer, certificate=MADE.holder, issuer=MADE.ca, moment=MOMENT)


def _listed(crl: bytes) -> object:
    return RevocationList.read(crl, issuer=MADE.ca).status_of(MADE.holder, moment=MOMENT)


def _linted(raw: bytes) -> object:
    return lint(prepared_from(MADE.profiles, raw, Profile.SIGNATURE), MADE.ca)


_TEXTS = frozenset({0x0C, 0x13})
"""UTF8String and PrintableString."""
READERS: list[tuple[Callable[[bytes], object], bytes]] = [
    (parse_request, QUESTION),
    (_status, ANSWER),
    (_listed, LIST),
    (facts, MADE.holder),
    (read_attributes, MADE.holder),
    (_linted, MADE.holder),
]


def _damaged(right: bytes) -> st.SearchStrategy[bytes]:
    def damage(at: int, new: bytes, skip: int) -> bytes:
        return right[:at] + new + right[at + skip :]

    return st.builds(damage, st.integers(0, len(right)), st.binary(max_size=4), st.integers(0, 4))


@pytest.mark.parametrize(("reader", "right"), READERS, ids=lambda each: getattr(each, "__name__", ""))
@given(data=st.data())
def test_damaged_bytes_are_read_or_refused(
    reader: Callable[[bytes], object], right: bytes, data: st.DataObject
) -> None:
    """No damage makes a reader fail in another way than by its own refusal."""
    for _ in range(10):
        try:
            reader(data.draw(_damaged(right)))
        except Failure:
            continue


@pytest.mark.parametrize(("reader", "right"), READERS, ids=lambda each: getattr(each, "__name__", ""))
def test_a_text_of_another_type_is_read_or_refused(reader: Callable[[bytes], object], right: bytes) -> None:
    """Each text in a name as bits, or as bytes: the library raises TypeError for some, and that is a refusal too."""
    for at, kind in enumerate(right):
        for other in (b"\x03", b"\x04") if kind in _TEXTS else ():
            with suppress(Failure):
                reader(right[:at] + other + right[at + 1 :])


@pytest.mark.parametrize(("reader", "right"), READERS, ids=lambda each: getattr(each, "__name__", ""))
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(reader: Callable[[bytes], object], right: bytes, data: bytes) -> None:
    """The same of bytes that never were anything."""
    assert right
    with pytest.raises(Failure):
        reader(data)


@given(data=st.data())
def test_a_damaged_answer_or_list_never_says_otherwise(data: st.DataObject) -> None:
    """Evidence of a revocation, damaged anywhere, is refused or says the same: it never becomes `good`."""
    for reader, right in ((_status, ANSWER), (_listed, LIST)):
        expected = reader(right)
        try:
            found = reader(data.draw(_damaged(right)))
        except Failure:
            continue
        assert found == expected


@given(
    serials=st.lists(st.integers(1, 2**100), min_size=1, max_size=3, unique=True),
    nonce=st.none() | st.binary(min_size=1, max_size=128),
    hash_name=st.sampled_from(["sha1", "sha256"]),
)
def test_questions_come_back(serials: list[int], nonce: bytes | None, hash_name: str) -> None:
    """What is asked is what is read, in its order."""
    pairs = [(MADE.holder_with(serial), MADE.ca) for serial in serials]
    read = parse_request(build_request(pairs, nonce, hash_name=hash_name))

    assert [item.serial for item in read.items] == serials
    assert all(item.is_of(MADE.ca) for item in read.items)
    assert read.nonce == nonce
    assert len(read.items) <= MOST_ITEMS


@given(st.integers(-7200, 7200))
def test_an_answer_is_in_force_exactly_between_its_updates(seconds: int) -> None:
    """RFC 6960 §4.2.2.1: before (but for a small skew) and after, it is refused."""
    moment = MOMENT + timedelta(seconds=seconds)
    in_force = -300 <= seconds <= 3600

    if in_force:
        assert read_status(ANSWER, certificate=MADE.holder, issuer=MADE.ca, moment=moment).status == "revoked"
    else:
        with pytest.raises(Failure):
            read_status(ANSWER, certificate=MADE.holder, issuer=MADE.ca, moment=moment)
