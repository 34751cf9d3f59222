import os
import stat
from errno import ENOSPC
from pathlib import Path

import pytest

from openjpki.cli.output import PRIVATE, NoOutputFolder, OutputNotAFile, require_place, write_whole


def test_a_file_goes_where_one_can_be(tmp_path: Path) -> None:
    """A new file or in place of another file; not into a folder that is absent, nor over a folder or a device."""
    require_place(tmp_path / "new")
    (tmp_path / "old").write_bytes(b"old")
    require_place(tmp_path / "old")

    for place in (tmp_path, Path("/dev/null"), Path()):
        with pytest.raises(OutputNotAFile):
            require_place(place)
    with pytest.raises(NoOutputFolder):
        require_place(tmp_path / "absent" / "new")


def test_what_is_written_is_private_unless_asked_otherwise(tmp_path: Path) -> None:
    """The mode holds from the first moment; an older file is replaced whole."""
    place = tmp_path / "out"
    write_whole(place, b"first")
    assert stat.S_IMODE(place.stat().st_mode) == PRIVATE
    write_whole(place, b"second", mode=0o640)

    assert place.read_bytes() == b"second"
    assert stat.S_IMODE(place.stat().st_mode) == 0o640 & ~_umask()
    assert list(tmp_path.iterdir()) == [place]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole or not at all: a disk that takes no more leaves what was there."""
    place = tmp_path / "out"
    place.write_bytes(b"older")

    def full(_: int) -> None:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(place, b"newer")
    assert place.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [place]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
