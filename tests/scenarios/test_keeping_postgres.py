"""The same on PostgreSQL: dumps by its own program, restored into other databases that are empty."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from openjpki.site.settings import ROLES
from tests.support.postgres import Server
from tests.support.programs import openjpki

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
OTHERS = ("first", "second")


@pytest.fixture
def host() -> Iterator[str]:
    """Start a private PostgreSQL with the empty databases of two homes; return its host."""
    server = Server()
    try:
        found = server.start()
        with psycopg.connect(host=found, user="openjpki", dbname="postgres", autocommit=True) as administrator:
            for prefix in OTHERS:
                for role in ROLES:
                    administrator.execute(f"CREATE DATABASE {prefix}_{role}")
        yield found
    finally:
        server.stop()


def test_a_home_on_postgresql_comes_back(host: str, tmp_path: Path) -> None:
    """Saved, and made again in empty databases; in databases with tables, or on SQLite, it is refused."""
    first, second = ({"OPENJPKI_POSTGRES_HOST": host, "OPENJPKI_POSTGRES_PREFIX": prefix} for prefix in OTHERS)
    home, again, out = tmp_path / "home", tmp_path / "again", tmp_path / "b.tar.gz"
    init = openjpki("init", "--home", home, "--algorithm", "p-384-sha-384", environment=first)
    assert init.status == 0, init.text
    without = openjpki("backup", "--out", out, "--home", home, environment=first | {"PATH": "/nowhere"})
    assert without.codes == ["backup.client-missing"], without.text
    saved = openjpki("backup", "--out", out, "--home", home, environment=first)
    assert saved.status == 0, saved.text

    assert openjpki("restore", out, "--home", again, environment=first).codes == ["restore.databases-not-empty"]
    assert openjpki("restore", out, "--home", again).codes == ["restore.other-engine"]
    restored = openjpki("restore", out, "--home", again, "--json", environment=second)
    assert restored.status == 0, restored.text
    assert restored.json["lists"] == 6
    residents = [
        openjpki("window", "residents", "--municipality", "99201", "--home", place, environment=environment).out
        for place, environment in ((home, first), (again, second))
    ]
    assert residents[0] == residents[1]
    assert "見本　太郎" in residents[0]
    assert openjpki("status", "--home", again, environment=second).status == 0
    for act in ("verify", "seal"):
        done = openjpki("audit", act, "--home", again, environment=second)
        assert done.status == 0, done.text
