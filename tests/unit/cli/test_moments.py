from datetime import UTC, datetime

from openjpki.cli.moments import told_moment


def test_a_moment_is_told_in_japan() -> None:
    """A moment of UTC is the day and the time of day in Japan, from its ISO form too."""
    moment = datetime(2026, 11, 23, 15, 5, tzinfo=UTC)

    assert told_moment(moment, "en").endswith(" 00:05 JST")
    assert "24" in told_moment(moment, "en")
    assert told_moment(moment.isoformat(), "ja").startswith("令和8年")
    assert told_moment(moment.isoformat(), "ja").endswith(" 00:05")
