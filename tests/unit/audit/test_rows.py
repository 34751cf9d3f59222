import pytest

from openjpki.audit.chain import GENESIS
from openjpki.audit.models import Batch, Entry
from openjpki.audit.rows import groups_of, head_of, record_of, strays_of, tail_of, unsealed_in
from tests.support.audit import ROLE, START
from tests.support.audit_rows import RESIDENT, Desk

pytestmark = pytest.mark.django_db(databases=[ROLE])


def test_an_empty_chain_ends_at_its_beginning() -> None:
    """The first batch will be number 1, its first record number 1."""
    tail = tail_of(ROLE)

    assert (tail.number, tail.sequence, tail.head, head_of(ROLE)) == (0, 0, GENESIS, None)
    assert not list(groups_of(ROLE))
    assert not list(strays_of(ROLE))


def test_a_row_comes_back_as_it_was_sealed() -> None:
    """Moments to the microsecond, data and commitments: the same hash from either database."""
    desk = Desk()
    desk.write(2, person=RESIDENT)
    desk.seal()
    (group,) = groups_of(ROLE)

    assert [record.sequence for record in group.records] == [1, 2]
    assert group.records[1].recorded_at == group.records[1].written_at == START
    assert group.records[1].data == {"number": 1}
    assert [(value.sequence, value.value) for value in group.personal] == [(1, RESIDENT), (2, RESIDENT)]
    assert tail_of(ROLE).sequence == 2
    assert head_of(ROLE) == desk.safe.kept


def test_rows_outside_every_seal_are_strays() -> None:
    """Before the first and behind the last; what waits for a seal claims nothing."""
    desk = Desk()
    desk.write(2)
    desk.seal()
    desk.write(2)
    assert unsealed_in(ROLE) == 2
    assert list(strays_of(ROLE)) == []

    last = Entry.objects.using(ROLE).order_by("-pk")[0]
    Entry.objects.using(ROLE).filter(pk=last.pk).update(sequence=9, leaf="f" * 64)
    Batch.objects.using(ROLE).update(first=2, count=1)
    assert [record.sequence for record in strays_of(ROLE)] == [1, 9]


def test_a_row_without_a_place_is_given_one() -> None:
    """What the sealer hashes."""
    desk = Desk()
    desk.write()
    row = Entry.objects.using(ROLE).get()

    assert (record_of(row, 5).sequence, record_of(row).sequence) == (5, 0)
