"""What a home has beside its tables is given once, and an older home gets what it lacks."""

import shutil
from pathlib import Path

from openjpki.site.provisions import provide


def test_a_home_gets_everything_and_keeps_what_it_has(tmp_path: Path) -> None:
    """Providing twice changes nothing: no secret is replaced."""
    provide(tmp_path)
    secrets = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    provide(tmp_path)

    assert secrets
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == secrets


def test_an_older_home_gets_what_it_lacks(tmp_path: Path) -> None:
    """A secret that is not there is made; only its owner may read it."""
    provide(tmp_path)
    (tmp_path / "secret").unlink()
    provide(tmp_path)

    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_an_older_home_gets_a_desk(tmp_path: Path) -> None:
    """The desk's CA and the place of the windows' keys are made where they lack; a CA that is there stays."""
    provide(tmp_path)
    ca = tmp_path / "authority" / "desk-ca" / "ca.pem"
    before = ca.read_bytes()
    (tmp_path / "window" / "desk").rmdir()
    provide(tmp_path)
    assert ca.read_bytes() == before
    assert (tmp_path / "window" / "desk").stat().st_mode & 0o777 == 0o700

    shutil.rmtree(ca.parent)
    provide(tmp_path)
    assert ca.read_bytes() != before
    assert {path.stat().st_mode & 0o777 for path in ca.parent.iterdir()} == {0o600}
