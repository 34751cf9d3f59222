"""The engines and the homes of the fault tests."""

from collections.abc import Iterator

import pytest

from tests.faults.homes import Engine, Place, private_folder
from tests.support.postgres import Server

ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return homes whose databases are files."""
    engine = Engine(private_folder(tmp_path_factory.getbasetemp(), "faults-sqlite"))
    yield engine
    engine.stop()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return homes whose databases are on a private server."""
    server = Server()
    engine = Engine(private_folder(tmp_path_factory.getbasetemp(), "faults-postgresql"), server.start())
    yield engine
    engine.stop()
    server.stop()


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Return a copy of the home on each engine."""
    engine: Engine = request.getfixturevalue(request.param)
    copy = engine.copy()
    yield copy
    engine.drop(copy)
