"""The pytest plugin: `jpki`, a laboratory for each test. docs/pytest-plugin.md is for whoever uses it.

Loaded at every start of pytest where the package is installed, so it imports nothing of the house until a fixture is asked
for. It is the edge of the laboratory: the real clock and the system's entropy are read here, and handed in.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from openjpki.errors import Failure
    from openjpki.lab.lab import Lab
    from openjpki.lab.service import LabService
    from openjpki.lab.trust import Trust
    from openjpki.rules.policy import Policy

WITHOUT_READER = "openjpki_without_reader"
ERROR, SKIP = "error", "skip"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one setting."""
    words = 'what `card.plug()` does where no virtual PC/SC reader runs: "error" (the default) or "skip" the test'
    parser.addini(WITHOUT_READER, words, default=ERROR)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a setting that is none."""
    found = config.getini(WITHOUT_READER)
    if found not in {ERROR, SKIP}:
        message = f'{WITHOUT_READER} is "{ERROR}" or "{SKIP}", not "{found}"'
        raise pytest.UsageError(message)


@pytest.fixture(scope="session")
def jpki_service(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[LabService]":
    """The session's laboratory: CAs, keys, the status server. Use `jpki`; this one is for fixtures of a wider scope."""
    from openjpki.lab.service import LabService

    with LabService(
        clock=_real_moment,
        entropy=os.urandom,  # noqa: TID251  -- the edge of the laboratory
        make_folder=lambda: tmp_path_factory.mktemp("jpki-trust"),
    ) as service:
        yield service


@pytest.fixture(scope="session")
def jpki_status(jpki_service: "LabService") -> str:
    """The address where the laboratory answers about status, without a slash at the end; it stands in every certificate."""
    return jpki_service.url


@pytest.fixture(scope="session")
def jpki_trust(jpki_service: "LabService") -> "Trust":
    """CA certificates, as values and in a folder: what a service under test is configured with, once in a session."""
    return jpki_service.trust


@pytest.fixture(scope="session")
def jpki_policy() -> "Policy":
    """The rules of the laboratory; a test suite that wants others overrides this fixture."""
    from openjpki.lab.lab import LAB_POLICY

    return LAB_POLICY


@pytest.fixture
def jpki(request: pytest.FixtureRequest, jpki_service: "LabService", jpki_policy: "Policy") -> "Iterator[Lab]":
    """A laboratory of Japan's public individual certification: `jpki.card("adult").sign(b"…")`, `.revoke()`, `jpki.trust`."""
    skips = request.config.getini(WITHOUT_READER) == SKIP
    yield jpki_service.begin(policy=jpki_policy, no_reader=_skip if skips else None)
    jpki_service.end()


def _real_moment() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  -- the edge of the laboratory


def _skip(failure: "Failure") -> NoReturn:
    pytest.skip(failure.message("en"))
