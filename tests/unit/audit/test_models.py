from datetime import UTC, datetime

from openjpki.audit.models import Batch, Entry, Personal, Purge, SealingLock


def test_a_row_reads_as_one_line() -> None:
    """A row says when, who, what and to what, in that order."""
    entry = Entry(
        recorded_at=datetime(2026, 4, 1, 1, 2, 3, tzinfo=UTC),
        actor="window:99201/sato",
        verb="certificate.activated",
        subject="certificate:signature/12",
    )

    assert str(entry) == "2026-04-01T01:02:03Z window:99201/sato certificate.activated certificate:signature/12"


def test_the_rows_around_it_show_no_personal_value() -> None:
    """What is printed for debugging names a value and does not tell it."""
    assert str(Personal(entry=7, name="resident_code", salt=b"", value="12345678901")) == "7 resident_code"
    assert str(Batch(number=2, first=4, count=3)) == "2: 4+3"
    assert str(Purge(number=1, batches=9)) == "1: 9 batches"
    assert str(SealingLock()) == "sealing"
