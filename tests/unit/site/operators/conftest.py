"""A home with one resident's card, three operators, and their browsers at the door."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests.support.pages import Pages

_BOUNDS = (request_started, request_finished)


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    """Return the operators' pages; the test asks for its databases, whose connections its requests share and leave open."""
    for bound in _BOUNDS:
        bound.disconnect(close_old_connections)
    yield Pages.over(tmp_path)
    for bound in _BOUNDS:
        bound.connect(close_old_connections)
