"""A home with one resident's card, three operators, and their browsers at the door."""

from pathlib import Path

import pytest

from tests.support.pages import Pages


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    """Return the operators' pages; the test asks for its databases."""
    return Pages.over(tmp_path)
