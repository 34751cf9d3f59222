"""The story, told once in a test process and shown to each module that asks for it."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from openjpki.authority.cards import keys as card_keys
from tests.support.story import KeptStory, Telling


@pytest.fixture(scope="session", autouse=True)
def _little_stretching() -> Iterator[None]:
    """Let the passphrases of homes made in a test process be stretched little: hundreds are made, none is attacked."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(card_keys, "_SCRYPT_COST", 2)
        yield


@pytest.fixture(scope="session")
def kept_story() -> KeptStory:
    """Return the one telling."""
    return KeptStory()


@pytest.fixture(scope="module")
def story(
    django_db_setup: None,  # noqa: ARG001  -- the test databases must stand
    django_db_blocker: DjangoDbBlocker,
    kept_story: KeptStory,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Telling]:
    """Return the whole story, told in English."""
    with django_db_blocker.unblock(), kept_story.shown(tmp_path_factory.mktemp("story")) as shown:
        yield shown
