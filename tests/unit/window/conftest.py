"""The counter as a fixture."""

import pytest

from tests.unit.window.counter import Counter


@pytest.fixture
def counter(db: None) -> Counter:  # noqa: ARG001  -- the marker names the database, the fixture opens it
    """Return an empty counter on 1 July 2021."""
    return Counter.open()
