"""The shared homes, as fixtures."""

from pathlib import Path

import pytest

from tests.support.places import Place, place_with
from tests.support.stories import LATER, NOW, Story, laboratory, shared


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Return the story that ends today, with the keys of today's cards."""
    return shared(tmp_path_factory, NOW)


@pytest.fixture(scope="session")
def later_story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Return the story with the keys of the coming card."""
    return shared(tmp_path_factory, LATER)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home of a sandbox with a card of today; a test that changes it takes a copy."""
    return laboratory(tmp_path_factory)


@pytest.fixture
def place(lab: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Place:
    """Return a copy of the sandbox with a folder of good and bad files."""
    return place_with(lab, tmp_path, monkeypatch, capsys)
