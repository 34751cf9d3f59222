"""The stage of the authority's tests."""

from pathlib import Path

import pytest

from tests.support.authority import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Return an authority with two towns and nobody in them; the test asks for its database."""
    return Scene(tmp_path).open()
