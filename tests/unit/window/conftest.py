"""The counter as a fixture."""

import pytest

from tests.unit.window.counter import Counter


@pytest.fixture
def counter(db: None) -> Counter:  # noqa: ARG001  -- the marker names the database, the fixture opens it
    """Return an empty counter on 1 July 2021."""
    return Counter.open()


@pytest.fixture
def transactional_counter(transactional_db: None) -> Counter:  # noqa: ARG001  -- the same
    """Return an empty counter whose transactions are real ones."""
    return Counter.open()
