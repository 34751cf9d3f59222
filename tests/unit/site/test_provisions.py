"""What a home has beside its tables is given once, and an older home gets what it lacks."""

import shutil
from pathlib import Path

import pytest

from openjpki.site.audit_safe import FileSafe
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


@pytest.mark.parametrize("role", ["authority", "window", "staff"])
def test_every_role_has_an_audit_key(tmp_path: Path, role: str) -> None:
    """The private half is its owner's alone; the public half is laid out for whoever checks the record."""
    provide(tmp_path)
    safe = FileSafe(tmp_path, role)

    assert (tmp_path / role / "audit.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "audit" / f"{role}.pem").stat().st_mode & 0o777 == 0o644
    assert list(safe.public_keys().values()) == [safe.signer().public_key]


def test_a_lost_audit_key_is_replaced_beside_the_old_public_one(tmp_path: Path) -> None:
    """What the lost key sealed must still verify."""
    provide(tmp_path)
    safe = FileSafe(tmp_path, "window")
    former = safe.signer().public_key
    (tmp_path / "window" / "audit.key").unlink()
    provide(tmp_path)

    assert set(safe.public_keys().values()) == {former, safe.signer().public_key}
    assert len(safe.public_keys()) == 2


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


def test_an_older_home_gets_the_ca_of_the_operators_pages(tmp_path: Path) -> None:
    """Made where it lacks, for its owner alone; one that is there stays."""
    provide(tmp_path)
    folder = tmp_path / "authority" / "operators-ca"
    before = (folder / "ca.pem").read_bytes()
    provide(tmp_path)

    assert (folder / "ca.pem").read_bytes() == before
    assert folder.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(folder)
    provide(tmp_path)
    assert (folder / "ca.key").stat().st_mode & 0o777 == 0o600
