from datetime import UTC, datetime

from openjpki.audit.models import Entry


def test_a_row_reads_as_one_line() -> None:
    """A row says when, who, what and to what, in that order."""
    entry = Entry(
        recorded_at=datetime(2026, 4, 1, 1, 2, 3, tzinfo=UTC),
        actor="window:99201/sato",
        verb="certificate.activated",
        subject="certificate:signature/12",
    )

    assert str(entry) == "2026-04-01T01:02:03Z window:99201/sato certificate.activated certificate:signature/12"
