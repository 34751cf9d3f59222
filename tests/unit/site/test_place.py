from collections.abc import Callable
from pathlib import Path

import pytest

from openjpki.site.home import Home, Settings
from openjpki.site.place import (
    FOUNDING,
    MARKER,
    HomeDamaged,
    HomeInUse,
    HomeMissing,
    HomeNotEmpty,
    clear,
    founding,
    half_made,
    locked,
    require_empty,
    write_marker,
)


def founded_until_stopped(path: Path, work: Callable[[], object]) -> None:
    """Found a home, and be stopped after some work."""
    with founding(path):
        work()
        raise KeyboardInterrupt


def test_a_cleared_home_keeps_its_lock_and_follows_no_link(tmp_path: Path) -> None:
    """A home is emptied but for the lock that is held meanwhile; what a link in it points to stays."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "thesis.txt").touch()
    home = Home.create(tmp_path / "home", Settings(purpose="story"))
    (home.path / "link").symlink_to(tmp_path / "elsewhere")
    (home.path / "lock").touch()
    clear(home.path)

    assert [path.name for path in home.path.iterdir()] == ["lock"]
    assert (tmp_path / "elsewhere" / "thesis.txt").exists()


def test_a_half_cleared_home_is_still_known_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The marker goes last: a clearing that fails half-way can be done again by the next story."""
    home = Home.create(tmp_path, Settings(purpose="story"))

    def fails(path: Path) -> None:
        raise PermissionError(path)

    monkeypatch.setattr("shutil.rmtree", fails)

    with pytest.raises(PermissionError):
        clear(home.path)
    assert Home.open(home.path) == home


def test_a_file_is_no_place_for_a_home(tmp_path: Path) -> None:
    """A home is a folder; a file in its place stays what it is."""
    (tmp_path / "file").write_text("x", encoding="utf-8")

    with pytest.raises(HomeNotEmpty):
        require_empty(tmp_path / "file")


def test_the_lock_lets_many_read_and_one_replace(tmp_path: Path) -> None:
    """Commands share a home; a story wants it alone, and is told at once if it cannot have it."""
    shared = locked(tmp_path, exclusive=False), locked(tmp_path, exclusive=False)
    with shared[0], shared[1], pytest.raises(HomeInUse), locked(tmp_path, exclusive=True):
        pass
    with locked(tmp_path, exclusive=True), pytest.raises(HomeInUse), locked(tmp_path, exclusive=False):
        pass


def test_no_home_is_told_with_the_command_that_makes_one(tmp_path: Path) -> None:
    """An empty folder is no home."""
    with pytest.raises(HomeMissing, match="openjpki init"):
        Home.open(tmp_path)


def test_a_file_in_place_of_a_home_is_no_home(tmp_path: Path) -> None:
    """A path through a file leads to no home."""
    (tmp_path / "file").write_text("x", encoding="utf-8")

    with pytest.raises(HomeMissing):
        Home.open(tmp_path / "file")


def test_a_marker_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A folder in place of the marker is damage."""
    (tmp_path / MARKER).mkdir()

    with pytest.raises(HomeDamaged):
        Home.open(tmp_path)


def test_what_is_being_founded_is_known_until_its_marker_stands(tmp_path: Path) -> None:
    """Until then whoever comes may clear it away; from then on it is a home, in one step."""
    with founding(tmp_path):
        assert half_made(tmp_path)
        require_empty(tmp_path)
        write_marker(tmp_path, {"purpose": "sandbox"})
        assert not half_made(tmp_path)
        with pytest.raises(HomeNotEmpty):
            require_empty(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [MARKER]


def test_what_ends_a_founding_empties_its_place(tmp_path: Path) -> None:
    """Whatever it was; but not the home that stands already."""
    with pytest.raises(KeyboardInterrupt):
        founded_until_stopped(tmp_path, (tmp_path / "secret").touch)
    assert not list(tmp_path.iterdir())

    with pytest.raises(KeyboardInterrupt):
        founded_until_stopped(tmp_path, lambda: write_marker(tmp_path, {"purpose": "sandbox"}))
    assert [path.name for path in tmp_path.iterdir()] == [MARKER]


def test_what_was_cut_off_is_cleared_by_the_next_founding(tmp_path: Path) -> None:
    """Nothing of it is believed."""
    (tmp_path / FOUNDING).touch()
    (tmp_path / "secret").touch()

    with founding(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [FOUNDING]
