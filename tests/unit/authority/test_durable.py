import os
import stat
from pathlib import Path

import pytest

from openjpki.authority.durable import PRIVATE, PUBLIC, shred, sweep, write_whole


@pytest.mark.parametrize("mode", [PRIVATE, PUBLIC])
def test_a_file_has_its_content_and_mode(tmp_path: Path, mode: int) -> None:
    """A file is written with the mode asked for, whatever the process's mask says."""
    write_whole(tmp_path / "file", b"content", mode)

    assert (tmp_path / "file").read_bytes() == b"content"
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_new_content_replaces_the_old_one_whole(tmp_path: Path) -> None:
    """The old file stays until the new one is complete, then is gone."""
    write_whole(tmp_path / "file", b"a much longer content", PRIVATE)
    with (tmp_path / "file").open("rb") as reader:
        write_whole(tmp_path / "file", b"new", PUBLIC)

        assert reader.read() == b"a much longer content"
    assert (tmp_path / "file").read_bytes() == b"new"


def test_what_a_crash_left_is_overwritten(tmp_path: Path) -> None:
    """A leftover temporary file of an earlier run does not spoil the next write, even if others may read it."""
    temporary = tmp_path / f".file.{os.getpid()}.new"
    temporary.write_bytes(b"half of it")
    temporary.chmod(0o644)

    write_whole(tmp_path / "file", b"whole", PRIVATE)

    assert (tmp_path / "file").read_bytes() == b"whole"
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == PRIVATE


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """A full disk leaves the old file and no temporary one."""
    write_whole(tmp_path / "file", b"old", PUBLIC)

    def full() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "file", b"new", PUBLIC, full)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"file": b"old"}


def test_remains_of_a_crash_are_swept(tmp_path: Path) -> None:
    """Temporary files of this name go, whichever process left them; those of other names stay."""
    for name in (".file.1.new", ".file.22.new", ".other.1.new", "file"):
        (tmp_path / name).touch()
    sweep(tmp_path, "file")

    assert {path.name for path in tmp_path.iterdir()} == {".other.1.new", "file"}


def test_a_shredded_file_was_overwritten_first(tmp_path: Path) -> None:
    """Another name of the same file shows zeros, no longer and no shorter than it was."""
    (tmp_path / "file").write_bytes(b"a secret")
    (tmp_path / "witness").hardlink_to(tmp_path / "file")
    shred(tmp_path / "file")

    assert not (tmp_path / "file").exists()
    assert (tmp_path / "witness").read_bytes() == bytes(8)
    with pytest.raises(FileNotFoundError):
        shred(tmp_path / "file")
