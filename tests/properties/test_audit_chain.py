"""Whatever single thing is done to a sealed record, it is found, and the first record concerned is named."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from openjpki.audit.archive import Archive, verify_archive
from openjpki.audit.chain import Record, root_of
from openjpki.audit.faults import Fault, FaultKind
from openjpki.audit.verification import TOLERANCE, Group
from openjpki.errors import Failure
from tests.support.audit import (
    HOUR,
    KEYS,
    START,
    STRANGER,
    chain,
    exported,
    head_of,
    in_runs,
    placed,
    purged,
    sealed,
    signed,
    unsealed,
    verdict_on,
    with_records,
)

SIZES = st.lists(st.integers(1, 5), min_size=1, max_size=4)


@st.composite
def places(draw: st.DrawFn) -> tuple[list[Group], int, int]:
    """Draw a chain, one of its batches, and a position in it."""
    groups = chain(*draw(SIZES))
    index = draw(st.integers(0, len(groups) - 1))
    return groups, index, draw(st.integers(0, len(groups[index].records) - 1))


def found(groups: list[Group], **more: Any) -> Fault:
    """Return the fault of a chain, which must have one."""
    fault = verdict_on(groups, **more).fault
    assert fault is not None
    return fault


@given(SIZES)
def test_what_nobody_touched_is_whole(sizes: list[int]) -> None:
    """Every record and every personal value is counted, and the head is that of the last seal."""
    groups = chain(*sizes)
    verdict = verdict_on(groups, heads=[head_of(groups)])

    assert (verdict.fault, verdict.remarks) == (None, ())
    assert (verdict.batches, verdict.records) == (len(sizes), sum(sizes))
    assert (verdict.personal, verdict.forgotten) == (len(sizes), 0)
    assert verdict.head == head_of(groups)


@given(places())
def test_a_removed_record_is_named(place: tuple[list[Group], int, int]) -> None:
    """The place that is empty."""
    groups, index, position = place
    records = list(groups[index].records)
    gone = records.pop(position)

    fault = found(with_records(groups, index, records))
    assert (fault.kind, fault.sequence) == (FaultKind.REMOVED, gone.sequence)


CHANGES: tuple[dict[str, Any], ...] = (
    {"actor": "suzuki"},
    {"verb": "resident.left"},
    {"subject": "resident:99201/99"},
    {"data": {}},
    {"commitments": {"resident_code": "0" * 64}},
    {"recorded_at": START + timedelta(days=3)},
    {"written_at": START + timedelta(days=3)},
    {"leaf": "0" * 64},
    {"leaf": "no hash"},
)


@given(places(), st.sampled_from(CHANGES))
def test_a_changed_record_is_named(place: tuple[list[Group], int, int], change: dict[str, Any]) -> None:
    """Whichever member was changed."""
    groups, index, position = place
    records = list(groups[index].records)
    records[position] = replace(records[position], **change)

    fault = found(with_records(groups, index, records))
    assert (fault.kind, fault.sequence) == (FaultKind.CHANGED, records[position].sequence)


@given(places(), st.sampled_from(CHANGES[:7]))
def test_a_record_changed_with_its_hash_is_found_in_its_batch(
    place: tuple[list[Group], int, int], change: dict[str, Any]
) -> None:
    """Only the root speaks against it then: the batch's records are named, of which it is one."""
    groups, index, position = place
    records = list(groups[index].records)
    records[position] = placed(replace(records[position], **change), records[position].sequence)

    fault = found(with_records(groups, index, records))
    if fault.kind is FaultKind.BACK_DATED:
        assert fault.sequence == records[position].sequence
    else:
        assert fault.kind is FaultKind.AMONG
        assert fault.sequence <= records[position].sequence <= fault.last


@given(places(), st.data())
def test_exchanged_records_are_named(place: tuple[list[Group], int, int], data: st.DataObject) -> None:
    """Two records that changed places, their numbers, or their contents: the earlier place is named."""
    groups, index, position = place
    records = list(groups[index].records)
    other = data.draw(st.integers(0, len(records) - 1).filter(lambda other: other != position or len(records) == 1))
    one, two = records[position], records[other]
    if one == two:
        return
    match data.draw(st.sampled_from(("lines", "numbers", "contents"))):
        case "lines":
            records[position], records[other] = two, one
        case "numbers":
            records[position] = replace(two, sequence=one.sequence)
            records[other] = replace(one, sequence=two.sequence)
        case _:
            records[position] = replace(two, sequence=one.sequence, leaf=one.leaf)
            records[other] = replace(one, sequence=two.sequence, leaf=two.leaf)

    fault = found(with_records(groups, index, records))
    assert (fault.kind, fault.sequence) == (FaultKind.REORDERED, min(one.sequence, two.sequence))


@given(places(), st.data())
def test_records_exchanged_between_batches_are_found(place: tuple[list[Group], int, int], data: st.DataObject) -> None:
    """The earlier place is named, since what belongs there is gone from it."""
    groups, index, position = place
    far = data.draw(st.integers(0, len(groups) - 1).filter(lambda far: far != index or len(groups) == 1))
    if far == index:
        return
    here, there = list(groups[index].records), list(groups[far].records)
    here[position], there[0] = there[0], here[position]

    fault = found(with_records(with_records(groups, index, here), far, there))
    assert fault.sequence == min(here[position].sequence, there[0].sequence)


@given(places(), st.sampled_from(("copy", "alien", "beyond")))
def test_an_inserted_record_is_named(place: tuple[list[Group], int, int], how: str) -> None:
    """A second record of a place, an invented one, or one with a number that nobody has."""
    groups, index, position = place
    records: list[Record] = list(groups[index].records)
    sequence = {"copy": records[position].sequence, "alien": records[position].sequence, "beyond": 10_000}[how]
    alien = records[position] if how == "copy" else placed(unsealed(1)[0], sequence)
    records.insert(position, alien)

    fault = found(with_records(groups, index, records))
    if fault.kind is FaultKind.BACK_DATED:
        assert how == "alien"
    else:
        assert fault.kind in {FaultKind.INSERTED, FaultKind.CHANGED}
        assert fault.sequence == sequence


@given(places())
def test_a_record_outside_every_seal_is_named(place: tuple[list[Group], int, int]) -> None:
    """It claims a place, and no seal knows it."""
    groups, _, _ = place

    fault = found(groups, strays=[10_000])
    assert (fault.kind, fault.sequence) == (FaultKind.INSERTED, 10_000)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=4), st.data())
def test_a_back_dated_record_is_named(sizes: list[int], data: st.DataObject) -> None:
    """It was sealed as it stands, but says that it was recorded, or written, before an earlier seal."""
    batches = [unsealed(size, START + number * HOUR) for number, size in enumerate(sizes)]
    index = data.draw(st.integers(1, len(sizes) - 1))
    position = data.draw(st.integers(0, sizes[index] - 1))
    member = data.draw(st.sampled_from(("recorded_at", "written_at")))
    before = START + index * HOUR - TOLERANCE - timedelta(seconds=data.draw(st.integers(1, 10**8)))
    change: dict[str, Any] = {member: before}
    batches[index][position] = replace(batches[index][position], **change)

    fault = found(sealed(batches))
    assert (fault.kind, fault.sequence) == (FaultKind.BACK_DATED, sum(sizes[:index]) + position + 1)


RUNS = st.lists(st.integers(1, 9), min_size=1, max_size=4)
"""How many records each of several sealings finds."""


@given(RUNS, st.integers(1, 4), st.integers(0, 10**6), st.data())
def test_what_is_sealed_late_is_whole(sizes: list[int], limit: int, late: int, data: st.DataObject) -> None:
    """However many batches one sealing makes, and however late it comes; also behind any purge."""
    groups = in_runs(sizes, limit, late=timedelta(seconds=late))
    verdict = verdict_on(groups, heads=[head_of(groups)])
    count = data.draw(st.integers(1, len(groups)))

    assert (verdict.fault, verdict.remarks) == (None, ())
    assert (verdict.batches, verdict.records) == (len(groups), sum(sizes))
    assert verdict_on(groups[count:], purges=[purged(groups, count)]).fault is None


@given(st.lists(st.integers(1, 9), min_size=2, max_size=4), st.integers(1, 4), st.data())
def test_a_back_dated_record_is_named_in_any_batch_of_a_sealing(
    sizes: list[int], limit: int, data: st.DataObject
) -> None:
    """All batches of one sealing are held to the seal before that sealing, the last of them like the first."""
    run = data.draw(st.integers(1, len(sizes) - 1))
    position = data.draw(st.integers(0, sizes[run] - 1))
    member = data.draw(st.sampled_from(("recorded_at", "written_at")))
    late = timedelta(days=1)
    groups = in_runs(sizes, limit, late=late)
    before = START + run * (HOUR + late) - TOLERANCE - timedelta(seconds=data.draw(st.integers(1, 10**8)))
    sequence = sum(sizes[:run]) + position + 1
    change: dict[str, Any] = {member: before}
    batches = [
        [replace(record, **change) if record.sequence == sequence else record for record in group.records]
        for group in groups
    ]

    fault = found(sealed(batches, moments=[group.seal.sealed_at for group in groups]))
    assert (fault.kind, fault.sequence) == (FaultKind.BACK_DATED, sequence)


@given(places())
def test_a_removed_seal_is_named(place: tuple[list[Group], int, int]) -> None:
    """In the middle by itself; at the end by a head that was kept elsewhere, and only by it."""
    groups, index, _ = place
    left = [*groups[:index], *groups[index + 1 :]]
    first = groups[index].seal.first
    fault = found(left, heads=[head_of(groups)])

    at_the_end = index == len(groups) - 1
    assert fault.kind is (FaultKind.TRUNCATED if at_the_end else FaultKind.BATCH_REMOVED)
    assert fault.sequence == first
    if at_the_end:
        assert verdict_on(left).fault is None


@given(places(), st.booleans())
def test_a_chain_made_anew_without_the_key_is_found(place: tuple[list[Group], int, int], known: bool) -> None:  # noqa: FBT001  -- Hypothesis draws it
    """Whoever recomputes everything lacks the signature, or has another key."""
    groups, index, position = place
    records = list(groups[index].records)
    records[position] = placed(replace(records[position], actor="suzuki"), records[position].sequence)
    seal = replace(groups[index].seal, root=root_of([record.leaf for record in records]))
    if not known:
        seal = signed(replace(seal, key="f" * 64), STRANGER)
    forged = with_records(groups, index, records)
    forged[index] = replace(forged[index], seal=seal)

    fault = found(forged)
    assert fault.kind is (FaultKind.BATCH_CHANGED if known else FaultKind.KEY_UNKNOWN)
    assert fault.batch == index + 1


@given(places())
def test_what_is_left_of_a_purge_is_whole(place: tuple[list[Group], int, int]) -> None:
    """Any number of batches may leave from the front: the rest verifies and says how many left."""
    groups, index, _ = place
    gone = purged(groups, index + 1)
    verdict = verdict_on(groups[index + 1 :], purges=[gone], heads=[head_of(groups)])

    assert verdict.fault is None
    assert (verdict.purged_batches, verdict.purged_records) == (gone.batches, gone.records)
    assert verdict.purged_records + verdict.records == sum(len(group.records) for group in groups)
    assert verdict_on(groups[index + 1 :]).fault is not None or index + 1 == len(groups)


@given(places())
def test_a_file_says_the_same(place: tuple[list[Group], int, int]) -> None:
    """What is written and read again gives the same verdict."""
    groups, index, _ = place
    gone = purged(groups, index + 1)
    read = Archive(io.BytesIO(exported(groups[index + 1 :], [gone])))

    assert verify_archive(read, keys=KEYS) == verdict_on(groups[index + 1 :], purges=[gone])


@given(SIZES, st.data())
def test_no_byte_of_a_file_can_be_another(sizes: list[int], data: st.DataObject) -> None:
    """One byte changed anywhere, but in the key that is not trusted and the count of what waits, is found or refused."""
    content = bytearray(exported(chain(*sizes)))
    start = content.index(b"\n", content.index(b'"type":"key"')) + 1
    length = content.rindex(b'"unsealed":') - start
    position = start + data.draw(st.integers(0, 10**9)) % length  # signatures differ in length from run to run
    content[position] ^= data.draw(st.integers(1, 255))

    assert refused_or_broken(bytes(content))


@given(SIZES, st.data())
def test_no_line_of_a_file_can_be_left_out(sizes: list[int], data: st.DataObject) -> None:
    """Any line but the key's and a personal value: found or refused."""
    lines = exported(chain(*sizes)).splitlines(keepends=True)
    position = data.draw(
        st.integers(0, len(lines) - 1).filter(lambda at: json.loads(lines[at])["type"] not in {"key", "personal"})
    )
    del lines[position]

    assert refused_or_broken(b"".join(lines))


def refused_or_broken(content: bytes) -> bool:
    """Say whether a file is refused by a stable code, or has a fault."""
    try:
        return verify_archive(Archive(io.BytesIO(content)), keys=KEYS).fault is not None
    except Failure as failure:
        return failure.code.startswith("audit.file.")
