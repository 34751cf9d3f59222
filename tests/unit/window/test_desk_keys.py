from pathlib import Path

import pytest

from openjpki.desk.carrier import BadMessage
from openjpki.site.private import create_private, write_private
from openjpki.window.desk_keys import DeskKeyDamaged, KeyFolder


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    """Return an empty folder of keys."""
    return KeyFolder(tmp_path, create=create_private, replace=write_private)


def test_a_key_is_made_once(keys: KeyFolder, tmp_path: Path) -> None:
    """The first time it is made, private, at the place that its signer has; then it stays."""
    own, officer = keys.key_of("99201", ""), keys.key_of("99201", "sato")

    assert keys.key_of("99201", "").public_key == own.public_key != officer.public_key
    files = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {tmp_path / "99201/municipality.key", tmp_path / "99201/officers/sato.key"}
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert (tmp_path / "99201/officers").stat().st_mode & 0o077 == 0


def test_every_signer_has_a_key_of_their_own(keys: KeyFolder, tmp_path: Path) -> None:
    """Free names, long ones and hostile ones: no two share a file, and none leaves the folder."""
    names = ["", "municipality", "sato", "SATO", "..", ".", "../../sato", "佐藤", "%E4", "a" * 64, "字" * 64, "字" * 63]
    paths = [keys.path_of("99201", name) for name in names]

    assert len({str(path) for path in paths}) == len(names)
    for path in paths:
        assert path.resolve().is_relative_to(tmp_path / "99201")
        assert len(path.name) < 250
    assert keys.path_of("99201", "municipality") != keys.path_of("99201", "")


def test_a_municipality_is_five_digits(keys: KeyFolder) -> None:
    """Anything else would name a place outside."""
    for code in ("", "../..", "9920", "99201/", "99201\n", "९९२०१"):
        with pytest.raises(BadMessage):
            keys.key_of(code, "sato")


def test_a_new_key_takes_the_old_ones_place(keys: KeyFolder) -> None:
    """Replaced, or made where there was none."""
    for officer in ("sato", "tanaka"):
        before = keys.key_of("99201", "sato").public_key
        made = keys.new_key("99201", officer)

        assert made.public_key != before
        assert keys.key_of("99201", officer).public_key == made.public_key


def test_a_damaged_key_is_told(keys: KeyFolder) -> None:
    """A file that is no key is not replaced silently: the authority would learn of another key."""
    keys.key_of("99201", "sato")
    path = keys.path_of("99201", "sato")
    path.write_bytes(b"nonsense")

    with pytest.raises(DeskKeyDamaged):
        keys.key_of("99201", "sato")
    assert path.read_bytes() == b"nonsense"
