from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Count

from openjpki.audit import sealing
from openjpki.audit.chain import GENESIS, Head
from openjpki.audit.faults import FaultKind
from openjpki.audit.models import Batch, Entry
from openjpki.audit.sealing import HeadDiffers
from openjpki.pki.algorithms import KeyAlgorithm
from tests.support.audit import ROLE, SIGNER, START
from tests.support.audit_rows import Desk

pytestmark = pytest.mark.django_db(databases=[ROLE])
ROWS = Entry.objects.using(ROLE)


def test_a_batch_holds_what_came_since_the_last() -> None:
    """Places are given in order and without gaps, over any number of seals."""
    desk = Desk()
    desk.write(3)
    first = desk.seal()
    desk.times.wait(timedelta(hours=1))
    desk.write(2)
    second = desk.seal()

    assert (first.batches, first.records, second.batches, second.records) == (1, 3, 1, 2)
    assert list(ROWS.order_by("pk").values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    one, two = Batch.objects.using(ROLE).order_by("number")
    assert (one.previous, two.first, two.count) == (GENESIS, 4, 2)
    assert first.head is not None
    assert two.previous == first.head.digest
    assert desk.ledger.verify().fault is None


def test_sealing_again_seals_nothing() -> None:
    """No row waits, no seal is made; the head stays what it is."""
    desk = Desk()
    desk.write(3)
    first, second = desk.seal(), desk.seal()

    assert (second.batches, second.records, second.head) == (0, 0, first.head)
    assert Batch.objects.using(ROLE).count() == 1


def test_an_empty_record_has_no_head() -> None:
    """Nothing was ever sealed."""
    assert Desk().ledger.seal().head is None


def test_many_rows_are_many_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verifier holds one batch at a time, so batches are bounded."""
    monkeypatch.setattr(sealing, "BATCH_LIMIT", 4)
    desk = Desk()
    desk.write(10)

    assert (desk.seal().batches, desk.ledger.verify().records) == (3, 10)
    assert [batch.count for batch in Batch.objects.using(ROLE).order_by("number")] == [4, 4, 2]


@pytest.mark.parametrize("count", [4, 5, 10])
def test_many_rows_sealed_late_are_whole(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """A sealer that was away for a day finds more than a batch: nobody back-dated anything."""
    monkeypatch.setattr(sealing, "BATCH_LIMIT", 4)
    desk = Desk()
    desk.write()
    desk.seal()
    desk.write(count)
    written = desk.times.now
    desk.times.wait(timedelta(days=1))
    desk.ledger.seal()

    assert set(ROWS.values_list("written_at", flat=True)) == {written}
    assert (desk.ledger.verify().fault, desk.ledger.verify().records) == (None, count + 1)


def test_a_back_dated_row_in_a_later_batch_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says that it waited for the seal before the one that it missed."""
    monkeypatch.setattr(sealing, "BATCH_LIMIT", 4)
    desk = Desk()
    desk.write()
    desk.seal()
    desk.times.wait(timedelta(hours=1))
    desk.write(10)
    ROWS.filter(pk=ROWS.order_by("-pk")[1].pk).update(written_at=START - timedelta(minutes=11))
    desk.times.wait(timedelta(days=1))
    desk.ledger.seal()
    fault = desk.ledger.verify().fault

    assert fault is not None
    assert (fault.kind, fault.sequence, fault.batch) == (FaultKind.BACK_DATED, 10, 4)


class Failing(Exception):
    """The power went."""


@dataclass
class Weak:
    """Signs so often, and then the power goes."""

    left: int
    public_key: bytes = SIGNER.public_key
    algorithm: KeyAlgorithm = SIGNER.algorithm

    def sign(self, to_be_signed: bytes) -> bytes:
        """Sign, or fail."""
        self.left -= 1
        if self.left < 0:
            raise Failing
        return SIGNER.sign(to_be_signed)


def test_a_sealing_makes_all_its_batches_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a sealing that was cut off left over would be older than its last seal: so it leaves all to the next one."""
    monkeypatch.setattr(sealing, "BATCH_LIMIT", 4)
    desk = Desk()
    desk.write(10)
    with pytest.raises(Failing):
        sealing.seal(ROLE, signer=Weak(left=2), at=START, now=START)
    assert (ROWS.filter(sequence=None).count(), Batch.objects.using(ROLE).count()) == (10, 0)

    desk.times.wait(timedelta(days=1))
    assert desk.ledger.seal().batches == 3
    assert desk.ledger.verify().fault is None


def test_a_row_that_commits_late_joins_the_next_batch() -> None:
    """Its key is lower than sealed ones; its place is not, and no sealed row moves."""
    desk = Desk()
    desk.write(2)
    late = ROWS.order_by("pk")[0]
    ROWS.filter(pk=late.pk).delete()
    desk.seal()
    desk.times.wait(timedelta(minutes=1))
    late.save(using=ROLE)
    desk.seal()

    late.refresh_from_db()
    assert late.sequence == 2
    assert desk.ledger.verify().fault is None


@pytest.mark.parametrize("column", ["number", "first", "previous"])
def test_the_database_itself_refuses_a_fork(column: str) -> None:
    """No two seals have one number, one first record, or one predecessor."""
    desk = Desk()
    desk.write()
    desk.seal()
    fork = Batch.objects.using(ROLE).get()
    kept = getattr(fork, column)
    fork.number, fork.first, fork.previous = 2, 2, "f" * 64
    setattr(fork, column, kept)

    with pytest.raises(IntegrityError), transaction.atomic(using=ROLE):
        fork.save(using=ROLE, force_insert=True)


def test_the_database_itself_refuses_a_place_taken_twice() -> None:
    """A sequence number is one row's, and a place without a hash is none."""
    desk = Desk()
    desk.write(2)
    desk.seal()

    for change in ({"sequence": 2}, {"leaf": ""}, {"sequence": None}):
        with pytest.raises(IntegrityError), transaction.atomic(using=ROLE):
            ROWS.filter(sequence=1).update(**change)
    assert ROWS.values("sequence").annotate(times=Count("pk")).filter(times__gt=1).count() == 0


def test_nothing_is_sealed_over_a_loss() -> None:
    """Records vanished with their seal: sealing on would give their places to others, so it is refused."""
    desk = Desk()
    desk.write(2)
    desk.seal()
    desk.write(2)
    desk.seal()
    Batch.objects.using(ROLE).filter(number=2).delete()
    ROWS.filter(sequence__gt=2).delete()
    desk.write()

    with pytest.raises(HeadDiffers) as refused:
        desk.seal()
    assert refused.value.data == {"role": ROLE, "number": 2}
    assert ROWS.filter(sequence=None).count() == 1


def test_nothing_is_sealed_behind_another_chain() -> None:
    """A head that was kept and is not in the chain: one of the two was replaced."""
    desk = Desk()
    for _ in range(2):
        desk.write()
        desk.seal()
    desk.safe.kept = Head(ROLE, 1, "0" * 64)

    with pytest.raises(HeadDiffers):
        desk.seal()


def test_an_older_head_is_no_hindrance() -> None:
    """A crash between seal and file leaves the head before in the file."""
    desk = Desk()
    desk.write()
    desk.seal()
    older = desk.safe.kept
    desk.write()
    desk.seal()
    desk.safe.kept = older
    desk.write()

    assert desk.seal().batches == 1
    assert [head.number for head in desk.safe.history] == [1, 2, 3]
