"""A house to watch, and no log handler that outlives its test."""

import logging
from collections.abc import Iterator

import pytest

from openjpki.site.watching.logs import LibraryLines
from tests.unit.site.keeping.conftest import settled

__all__ = ["settled"]


@pytest.fixture(autouse=True)
def unlogged() -> Iterator[None]:
    """Take back what a test installed."""
    root = logging.getLogger()
    level = root.level
    yield
    root.handlers[:] = [handler for handler in root.handlers if not isinstance(handler, LibraryLines)]
    root.setLevel(level)
    logging.captureWarnings(capture=False)
