from datetime import UTC, datetime
from pathlib import Path

import pytest

from openjpki.site.watching.upkeep_notes import NAME, Notes, keep, read

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def test_rounds_are_noted_and_read(tmp_path: Path) -> None:
    """What one process did, another can tell."""
    notes = Notes().done(NOW).failed()
    keep(tmp_path, notes)

    assert read(tmp_path) == notes == Notes(rounds=2, failures=1, succeeded_at=NOW.isoformat())
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"x": 1}', '{"succeeded_at": "x"}', '{"rounds": "x"}', '{"rounds": []}']
)
def test_notes_that_cannot_be_read_are_none(tmp_path: Path, text: str) -> None:
    """A damaged file of figures stops nobody."""
    (tmp_path / NAME).write_text(text, encoding="utf-8")

    assert read(tmp_path) == Notes()


def test_no_notes_before_the_first_serve(tmp_path: Path) -> None:
    """Without a file there were no rounds; a folder that is gone does not stop the upkeep."""
    assert read(tmp_path) == Notes()
    keep(tmp_path / "nowhere", Notes())
    assert not (tmp_path / "nowhere").exists()
