"""Private files: whole or not at all, and read by their owner only."""

from pathlib import Path

from openjpki.site.private import create_private, write_private


def test_a_private_file_is_for_its_owner_and_replaces_the_one_before(tmp_path: Path) -> None:
    """0600, the new content, and nothing else left in the folder."""
    write_private(tmp_path / "secret", b"one")
    write_private(tmp_path / "secret", b"two")

    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
    assert (tmp_path / "secret").read_bytes() == b"two"
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_a_private_file_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    """Of two that create it the first wins; nothing of the other is left."""
    create_private(tmp_path / "key", b"one")
    create_private(tmp_path / "key", b"two")

    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    assert (tmp_path / "key").read_bytes() == b"one"
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
