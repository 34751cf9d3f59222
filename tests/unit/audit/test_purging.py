from datetime import date, datetime, timedelta

import pytest

from openjpki.audit import sealing
from openjpki.audit.models import Batch, Entry, Purge
from openjpki.audit.purging import TooYoung, hold_age, kept_from, purge, purge_personal
from openjpki.audit.rows import purges_of
from tests.support.audit import ROLE, SIGNER, START
from tests.support.audit_rows import RESIDENT, Desk

ROWS = Entry.objects.using(ROLE)


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2036, 4, 1), date(2026, 4, 1)),
        (date(2036, 2, 29), date(2026, 2, 28)),
        (date(2048, 2, 29), date(2038, 2, 28)),
    ],
)
def test_records_of_the_last_ten_years_are_kept(today: date, first: date) -> None:
    """R-2.26: counted back from today; 29 February counts as 28."""
    assert kept_from(today, 10) == first
    hold_age(first, today=today, years=10)
    with pytest.raises(TooYoung) as refused:
        hold_age(first + timedelta(days=1), today=today, years=10)
    assert refused.value.data == {
        "years": 10,
        "limit": first.isoformat(),
        "before": (first + timedelta(days=1)).isoformat(),
    }


def desk_with_batches(days: list[int]) -> Desk:
    """Return a record with one batch a day, each with two rows."""
    desk = Desk()
    for day in days:
        desk.times.now = START + timedelta(days=day)
        desk.write(2, person=RESIDENT)
        desk.seal()
    return desk


def let_go(before: datetime, desk: Desk) -> int:
    """Purge and return how many batches left."""
    return purge(ROLE, signer=SIGNER, before=before, at=desk.times(), now=desk.times(), actor="operator").batches


@pytest.mark.django_db(databases=[ROLE])
def test_whole_batches_leave_from_the_front() -> None:
    """A batch that was sealed on the day itself stays, and everything behind it."""
    desk = desk_with_batches([0, 1, 2, 3])

    assert let_go(START + timedelta(days=2), desk) == 2
    assert [batch.number for batch in Batch.objects.using(ROLE).order_by("number")] == [3, 4]
    (statement,) = purges_of(ROLE)
    assert (statement.batches, statement.records) == (2, 4)
    assert let_go(START + timedelta(days=2), desk) == 0


@pytest.mark.django_db(databases=[ROLE])
def test_a_sealing_leaves_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that must stay keeps every batch of its sealing: what is left still says which seal came before it."""
    monkeypatch.setattr(sealing, "BATCH_LIMIT", 2)
    desk = desk_with_batches([0])
    desk.times.wait(timedelta(days=1))
    desk.write(5)
    desk.times.wait(timedelta(days=1))
    desk.ledger.seal()
    desk.times.wait(timedelta(days=1))
    ROWS.filter(sequence=7).update(recorded_at=START + timedelta(days=30))

    assert let_go(START + timedelta(days=20), desk) == 1
    assert [batch.number for batch in Batch.objects.using(ROLE).order_by("number")] == [2, 3, 4]
    assert let_go(START + timedelta(days=40), desk) == 3


@pytest.mark.django_db(databases=[ROLE])
def test_one_young_row_keeps_its_batch() -> None:
    """What was recorded later than its seal on the legal clock, as in a sandbox that was set back, stays."""
    desk = desk_with_batches([0, 1])
    ROWS.filter(sequence=1).update(recorded_at=START + timedelta(days=30))

    assert let_go(START + timedelta(days=2), desk) == 0
    assert not Purge.objects.using(ROLE).exists()


@pytest.mark.django_db(databases=[ROLE])
def test_personal_values_leave_by_the_date_of_their_row() -> None:
    """Those of the day before, and no others; the rows stay."""
    desk = desk_with_batches([0, 1])

    assert purge_personal(ROLE, before=START + timedelta(days=1), at=desk.times(), actor="operator").personal == 2
    assert ROWS.filter(sequence__isnull=False).count() == 4
    assert desk.ledger.verify().forgotten == 2
