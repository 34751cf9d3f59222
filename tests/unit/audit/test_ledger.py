import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from openjpki.audit.archive import Archive, verify_archive
from openjpki.audit.chain import Head
from openjpki.audit.faults import FaultKind
from openjpki.audit.ledger import ChainBroken
from openjpki.audit.models import Batch, Entry, Personal
from openjpki.audit.purging import TooYoung
from tests.support.audit import KEYS, ROLE
from tests.support.audit_rows import RESIDENT, Desk

pytestmark = pytest.mark.django_db(databases=[ROLE])
ROWS = Entry.objects.using(ROLE)


def three_seals() -> Desk:
    """Return a record of three seals with three rows each; the last of each names a person."""
    desk = Desk()
    for _ in range(3):
        desk.write(2)
        desk.write(person=RESIDENT)
        desk.seal()
        desk.times.wait(timedelta(hours=1))
    return desk


def test_a_sealed_record_is_whole() -> None:
    """Everything is counted, and what waits is told apart."""
    desk = three_seals()
    desk.write(2)
    verdict = desk.ledger.verify()

    assert (verdict.fault, verdict.batches, verdict.records, verdict.personal) == (None, 3, 9, 3)
    assert desk.ledger.unsealed() == 2
    assert verdict.head == desk.safe.kept


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"actor": "suzuki"}, FaultKind.CHANGED),
        ({"data": {"number": 7}}, FaultKind.CHANGED),
        ({"leaf": "0" * 64}, FaultKind.CHANGED),
        ({"commitments": {"resident_code": "0" * 64}}, FaultKind.CHANGED),
    ],
)
def test_a_changed_row_is_named(change: dict[str, Any], kind: FaultKind) -> None:
    """Whoever may write to the database has no key."""
    desk = three_seals()
    ROWS.filter(sequence=5).update(**change)
    fault = desk.ledger.verify().fault

    assert fault is not None
    assert (fault.kind, fault.sequence) == (kind, 5)


def test_a_removed_row_is_named() -> None:
    """Its place stays empty."""
    desk = three_seals()
    ROWS.filter(sequence=4).delete()
    fault = desk.ledger.verify().fault

    assert fault is not None
    assert (fault.kind, fault.sequence) == (FaultKind.REMOVED, 4)


@pytest.mark.parametrize("sequence", [10, 100])
def test_a_row_behind_the_seals_is_named(sequence: int) -> None:
    """It claims a place that no seal has."""
    desk = three_seals()
    desk.write()
    ROWS.filter(sequence=None).update(sequence=sequence, leaf="0" * 64)
    fault = desk.ledger.verify().fault

    assert fault is not None
    assert (fault.kind, fault.sequence) == (FaultKind.INSERTED, sequence)


def test_a_changed_personal_value_is_named() -> None:
    """The row holds the commitment to another one."""
    desk = three_seals()
    Personal.objects.using(ROLE).filter(pk=Personal.objects.using(ROLE).order_by("pk")[1].pk).update(value="1")
    fault = desk.ledger.verify().fault

    assert fault is not None
    assert (fault.kind, fault.sequence) == (FaultKind.PERSONAL_CHANGED, 6)


def test_a_lost_end_is_found_by_the_kept_head() -> None:
    """Without a head from elsewhere a shorter chain is a whole one; the home keeps one, an auditor should too."""
    desk = three_seals()
    elsewhere = desk.safe.kept
    Batch.objects.using(ROLE).filter(number=3).delete()
    ROWS.filter(sequence__gt=6).delete()
    fault = desk.ledger.verify().fault
    desk.safe.kept = None

    assert fault is not None
    assert (fault.kind, fault.sequence) == (FaultKind.TRUNCATED, 7)
    assert desk.ledger.verify().fault is None
    assert elsewhere is not None
    assert desk.ledger.verify(heads=[elsewhere]).fault == fault
    assert desk.ledger.verify(heads=[Head("staff", 9, "0" * 64)]).fault is None


def test_another_key_is_not_trusted() -> None:
    """Seals are held against the keys that are named."""
    fault = three_seals().ledger.verify(keys={}).fault

    assert fault is not None
    assert (fault.kind, fault.batch) == (FaultKind.KEY_UNKNOWN, 1)


def test_an_export_can_be_checked_by_itself() -> None:
    """Without personal data unless asked for; asking for it is an act, and recorded."""
    desk = three_seals()
    plain, full = io.BytesIO(), io.BytesIO()
    head = desk.ledger.export(plain, actor="operator")
    assert not ROWS.filter(verb="audit.personal-exported").exists()
    desk.ledger.export(full, actor="operator", with_personal=True)

    assert head == desk.safe.kept
    assert RESIDENT.encode() not in plain.getvalue()
    assert RESIDENT.encode() in full.getvalue()
    assert ROWS.get(verb="audit.personal-exported").subject == f"audit:{ROLE}"
    for content, personal in ((plain, 0), (full, 3)):
        verdict = verify_archive(Archive(io.BytesIO(content.getvalue())), keys=KEYS)
        assert (verdict.fault, verdict.records, verdict.personal) == (None, 9, personal)
        assert verdict.forgotten == 3 - personal


def test_a_restore_is_recorded() -> None:
    """Whoever kept a later head reads of what moment the rows are."""
    desk = three_seals()
    taken_at = datetime(2026, 1, 5, tzinfo=UTC)
    desk.ledger.note_restore(taken_at, actor="operator")
    row = ROWS.get(verb="audit.restored")

    assert (row.actor, row.subject, row.data) == ("operator", f"audit:{ROLE}", {"taken_at": taken_at.isoformat()})
    assert desk.ledger.seal().records == 1


def test_what_is_old_enough_may_go() -> None:
    """R-2.26: after ten years whole batches leave; the rest verifies, and the purge is a record too."""
    desk = three_seals()
    desk.times.wait(timedelta(days=3000))
    desk.write(2)
    desk.seal()
    desk.times.wait(timedelta(days=1000))
    kept = desk.safe.kept
    purged = desk.ledger.purge(actor="operator")
    verdict = desk.ledger.verify()

    assert (purged.batches, purged.records, purged.personal) == (3, 9, 3)
    assert not Personal.objects.using(ROLE).exists()
    assert (verdict.fault, verdict.records) == (None, 2)
    assert (verdict.purged_batches, verdict.purged_records) == (3, 9)
    assert desk.safe.kept == kept == verdict.head
    row = ROWS.get(verb="audit.purged")
    assert row.data == {"batches": 3, "records": 9, "through": 9, "before": row.data["before"]}
    assert desk.seal().records == 1
    assert desk.ledger.verify().fault is None
    assert desk.ledger.purge(actor="operator").records == 0


def test_purges_follow_each_other_until_nothing_is_left() -> None:
    """The chain goes on behind the last statement, also where every batch has left."""
    desk = three_seals()
    desk.times.wait(timedelta(days=4000))
    desk.ledger.purge(actor="operator")
    assert desk.ledger.verify().head == desk.safe.kept
    desk.seal()
    desk.times.wait(timedelta(days=4000))
    desk.ledger.purge(actor="operator")
    desk.seal()
    verdict = desk.ledger.verify()

    assert verdict.fault is None
    assert (verdict.purged_batches, verdict.purged_records, verdict.batches) == (4, 10, 1)
    assert ROWS.get().sequence == 11


def test_what_is_younger_stays() -> None:
    """A day within the last ten years is refused, and what is not sealed does not leave."""
    desk = three_seals()
    desk.times.wait(timedelta(days=4000))
    limit = date(2027, 3, 15)

    with pytest.raises(TooYoung):
        desk.ledger.purge(before=limit, actor="operator")
    desk.write()
    assert desk.ledger.purge(before=date(2026, 4, 1), actor="operator").records == 0
    assert ROWS.count() == 10


def test_a_broken_record_is_not_purged() -> None:
    """The purge would be what covers it up."""
    desk = three_seals()
    ROWS.filter(sequence=2).update(actor="suzuki")
    desk.times.wait(timedelta(days=4000))

    with pytest.raises(ChainBroken) as refused:
        desk.ledger.purge(actor="operator")
    assert "Record 2" in refused.value.message("en")
    assert ROWS.count() == 9


def test_personal_data_may_go_earlier() -> None:
    """The chain holds only commitments, so that it stays whole; that values left is recorded."""
    desk = three_seals()
    desk.times.wait(timedelta(days=40))
    purged = desk.ledger.purge_personal(before=date(2026, 5, 1), actor="operator")
    verdict = desk.ledger.verify()

    assert (purged.records, purged.personal) == (0, 3)
    assert (verdict.fault, verdict.records, verdict.personal, verdict.forgotten) == (None, 9, 0, 3)
    assert ROWS.get(verb="audit.personal-purged").data["values"] == 3
    assert desk.ledger.purge_personal(actor="operator").personal == 0
    assert ROWS.filter(verb="audit.personal-purged").count() == 1
