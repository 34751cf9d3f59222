from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from openjpki.audit.chain import Head, PersonalValue
from openjpki.audit.faults import Fault, FaultKind, Remark
from openjpki.audit.verification import TOLERANCE, Verdict
from tests.support.audit import (
    HOUR,
    KEYS,
    ROLE,
    SALT,
    SIGNER,
    START,
    STRANGER,
    chain,
    head_of,
    in_runs,
    purged,
    sealed,
    signed,
    unsealed,
    verdict_on,
)


def fault_of(verdict: Verdict) -> Fault:
    """Return the fault of a verdict, which must have one."""
    assert verdict.fault is not None
    return verdict.fault


def test_an_empty_chain_is_whole() -> None:
    """Nothing was sealed, nothing is wrong, there is no head."""
    verdict = verdict_on([])

    assert (verdict.fault, verdict.records, verdict.head) == (None, 0, None)


def test_the_tolerance_is_included() -> None:
    """Up to ten minutes before the seal that preceded it, a record may be dated: acts last, clocks differ."""
    late = unsealed(1, START + HOUR - TOLERANCE)
    late[0] = replace(late[0], written_at=late[0].recorded_at)

    assert verdict_on(sealed([unsealed(1), late])).fault is None


def test_batches_of_one_sealing_are_held_to_the_seal_before_it() -> None:
    """They were sealed at one moment, so that none of them says when the rows of the next were written."""
    day = timedelta(days=1)

    assert verdict_on(in_runs([3, 8, 5], 2, late=day)).fault is None


@pytest.mark.parametrize("clock", ["sealed_at", "legal_at"])
def test_a_seal_that_shares_one_moment_only_is_another_sealing(clock: str) -> None:
    """Both clocks must say so: a legal clock may stand still in a sandbox."""
    groups = in_runs([1, 2], 1, late=timedelta(days=1))
    change: dict[str, Any] = {clock: groups[2].seal.sealed_at + timedelta(seconds=1)}
    groups[2] = replace(groups[2], seal=signed(replace(groups[2].seal, **change)))

    fault = fault_of(verdict_on(groups))
    assert (fault.kind, fault.sequence) == (FaultKind.BACK_DATED, 3)


@pytest.mark.parametrize("clock", ["sealed_at", "legal_at"])
def test_a_clock_that_was_set_back_before_a_sealing_is_told_once_for_all_its_batches(clock: str) -> None:
    """Dates on that clock are held against nothing in the whole sealing; those on the other still are."""
    moments = [START + HOUR, *[START - HOUR] * 2]
    groups = sealed([unsealed(1), unsealed(1, START - 30 * HOUR), unsealed(1, START - 30 * HOUR)], moments=moments)
    other = {"sealed_at": "legal_at", "legal_at": "sealed_at"}[clock]
    assert (verdict_on(groups).fault, verdict_on(groups).remarks) == (None, (Remark.CLOCK_SET_BACK,))

    ahead: dict[str, Any] = {other: START + 2 * HOUR}
    second = signed(replace(groups[1].seal, **ahead))
    third = signed(replace(groups[2].seal, previous=second.head, **ahead))
    mixed = [groups[0], replace(groups[1], seal=second), replace(groups[2], seal=third)]
    fault = fault_of(verdict_on(mixed))
    assert (fault.kind, fault.sequence) == (FaultKind.BACK_DATED, 2)


@pytest.mark.parametrize("clock", ["sealed_at", "legal_at"])
def test_a_clock_that_was_set_back_is_a_remark(clock: str) -> None:
    """The seal itself says it, under signature: dates since then are not held against the one before."""
    groups = chain(2, 2)
    change: dict[str, Any] = {clock: START - timedelta(days=2)}
    back = signed(replace(groups[1].seal, **change))
    verdict = verdict_on([groups[0], replace(groups[1], seal=back)])

    assert (verdict.fault, verdict.remarks) == (None, (Remark.CLOCK_SET_BACK,))


@pytest.mark.parametrize(
    "change", [{"count": 3}, {"first": 4}, {"previous": "f" * 64}, {"root": "f" * 64}, {"role": "staff"}]
)
def test_a_changed_seal_is_named(change: dict[str, Any]) -> None:
    """Whatever is changed in it, the signature no longer fits."""
    groups = chain(2, 2)
    groups[1] = replace(groups[1], seal=replace(groups[1].seal, **change))

    fault = fault_of(verdict_on(groups))
    assert (fault.kind, fault.batch, fault.sequence) == (FaultKind.BATCH_CHANGED, 2, 3)


@pytest.mark.parametrize("change", [{"first": 4}, {"previous": "f" * 64}, {"number": 1}])
def test_a_signed_seal_that_continues_nothing_is_named(change: dict[str, Any]) -> None:
    """Two chains by one key cannot be joined."""
    groups = chain(2, 2)
    groups[1] = replace(groups[1], seal=signed(replace(groups[1].seal, **change)))

    fault = fault_of(verdict_on(groups))
    assert (fault.kind, fault.batch) == (FaultKind.BATCH_UNCHAINED, 2)


def test_a_key_that_is_none_signs_nothing() -> None:
    """A trusted name over bytes that are no key, and a signature by another key."""
    groups = chain(1)
    name = groups[0].seal.key
    by_another = [replace(groups[0], seal=signed(groups[0].seal, STRANGER))]

    assert fault_of(verdict_on(groups, keys={name: b"no key"})).kind is FaultKind.BATCH_CHANGED
    assert fault_of(verdict_on(by_another)).kind is FaultKind.BATCH_CHANGED


def test_heads_that_were_kept() -> None:
    """One in the chain confirms it, another one breaks it, one of another role says nothing here."""
    groups = chain(2, 2)

    assert verdict_on(groups, heads=[Head(ROLE, 1, groups[0].seal.head), Head("staff", 7, "0" * 64)]).fault is None
    fault = fault_of(verdict_on(groups, heads=[Head(ROLE, 1, "0" * 64)]))
    assert (fault.kind, fault.batch, fault.sequence) == (FaultKind.HEAD_DIFFERS, 1, 1)


def test_heads_of_what_was_purged() -> None:
    """The last that left still confirms the statement; those before it cannot be asked any more."""
    groups = chain(2, 2, 2)
    gone = [purged(groups, 2)]
    whole = verdict_on(groups[2:], purges=gone, heads=[Head(ROLE, 1, "0" * 64), Head(ROLE, 2, groups[1].seal.head)])
    broken = verdict_on(groups[2:], purges=gone, heads=[Head(ROLE, 2, "0" * 64)])

    assert (whole.fault, whole.remarks) == (None, (Remark.HEAD_PURGED,))
    assert fault_of(broken).kind is FaultKind.HEAD_DIFFERS
    assert verdict_on([], purges=[purged(groups, 3)], heads=[head_of(groups)]).fault is None


@pytest.mark.parametrize(
    "change",
    [{"records": 3}, {"head": "0" * 64}, {"number": 2}, {"role": "staff"}, {"key": "0" * 64}, {"signature": b""}],
)
def test_a_changed_purge_is_named(change: dict[str, Any]) -> None:
    """A purge that nobody signed would hide what was removed."""
    groups = chain(2, 2)
    statement = replace(purged(groups, 1), **change)

    fault = fault_of(verdict_on(groups[1:], purges=[statement]))
    assert (fault.kind, fault.batch) == (FaultKind.PURGE_CHANGED, 1)


def test_purges_go_forward() -> None:
    """A second statement takes more away than the first."""
    groups = chain(2, 2)
    first = purged(groups, 2)
    second = replace(purged(groups, 1), number=2)
    second = replace(second, signature=SIGNER.sign(second.statement()))

    fault = fault_of(verdict_on([], purges=[first, second]))
    assert (fault.kind, fault.batch) == (FaultKind.PURGE_CHANGED, 2)


@pytest.mark.parametrize(
    "value",
    [
        PersonalValue(sequence=1, name="resident_code", salt=SALT, value="99999999999"),
        PersonalValue(sequence=1, name="resident_code", salt=bytes(16), value="12345678901"),
        PersonalValue(sequence=1, name="name", salt=SALT, value="12345678901"),
        PersonalValue(sequence=2, name="resident_code", salt=SALT, value="12345678901"),
        PersonalValue(sequence=1, name="resident_code", salt=SALT, value="12345678901"),
    ],
)
def test_a_personal_value_that_was_not_recorded_is_named(value: PersonalValue) -> None:
    """Another value, another salt, another name, another record, or the same twice."""
    (group,) = chain(2)
    personal = [*group.personal, value] if value == group.personal[0] else [value]

    fault = fault_of(verdict_on([replace(group, personal=personal)]))
    assert (fault.kind, fault.sequence) == (FaultKind.PERSONAL_CHANGED, value.sequence)


def test_a_personal_value_may_be_gone() -> None:
    """Retention and deletion leave the chain whole; what is missing is counted."""
    (group,) = chain(2)
    verdict = verdict_on([replace(group, personal=[])])

    assert (verdict.fault, verdict.personal, verdict.forgotten) == (None, 0, 1)


def test_the_keys_of_two_times_may_both_be_trusted() -> None:
    """A key that was replaced still verifies what it sealed."""
    first = sealed([unsealed(2)], signer=STRANGER)
    keys = KEYS | {first[0].seal.key: STRANGER.public_key}

    assert verdict_on(first, keys=keys).fault is None
