"""The story, told once for a module."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.support.story import Telling, emptied_afterwards, telling


@pytest.fixture(scope="module")
def story(
    django_db_setup: None,  # noqa: ARG001  -- the test databases must stand
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Telling]:
    """Return the whole story, told in English."""
    with django_db_blocker.unblock(), emptied_afterwards():
        yield telling(tmp_path_factory.mktemp("story") / "home")
