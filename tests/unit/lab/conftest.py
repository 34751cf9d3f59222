"""A laboratory at a fixed moment: its keys and its server are made once for all tests of this room."""

import hashlib
import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from openjpki.lab.lab import Lab
from openjpki.lab.service import LabService
from openjpki.rules.policy import Policy

NOW = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
"""Noon in Japan, of a Friday."""
DAY = timedelta(days=1)

_turns = itertools.count()


def entropy(count: int) -> bytes:
    """Return bytes that never repeat and are the same in every run."""
    return hashlib.shake_256(next(_turns).to_bytes(8)).digest(count)


BeginLab = Callable[[Policy], Lab]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabService]:
    """Return a running laboratory whose clock stands still."""
    with LabService(
        clock=lambda: NOW, entropy=entropy, make_folder=lambda: tmp_path_factory.mktemp("trust")
    ) as running:
        yield running


@pytest.fixture
def lab(service: LabService) -> Iterator[Lab]:
    """Return the laboratory of one test."""
    yield service.begin()
    service.end()


@pytest.fixture
def begin(service: LabService) -> Iterator[BeginLab]:
    """Return how a test begins a laboratory of other rules."""

    def under(policy: Policy) -> Lab:
        return service.begin(policy=policy)

    yield under
    service.end()
