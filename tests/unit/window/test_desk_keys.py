from hashlib import sha256
from pathlib import Path

import pytest

from openjpki.desk.carrier import BadMessage
from openjpki.desk.keys import DeskKey
from openjpki.site.keeping.manifest import check_name
from openjpki.site.private import create_private, write_private
from openjpki.window.desk_keys import DeskKeyDamaged, KeyFolder

LONG = {
    "a" * 62 + "@@": "a" * 62 + "%40%40",
    "字" * 64: f"sha256-{sha256(('%E5%AD%97' * 64).encode()).hexdigest()}",
}
"""Logins whose files had names too long for a backup, and those names."""


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
    names.append(keys.path_of("99201", "字" * 64).stem)
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


@pytest.mark.parametrize("signer", ["a" * 64, "a" * 63 + "@", "@" * 64, "\\" * 64, *LONG])
def test_every_name_fits_a_backup(keys: KeyFolder, tmp_path: Path, signer: str) -> None:
    """However long the login, and whatever it is made of: one file that no archive takes would stop every backup."""
    keys.key_of("99201", signer)
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())

    check_name(f"home/window/desk/{file.relative_to(tmp_path).as_posix()}")
    assert file == keys.path_of("99201", signer)


@pytest.mark.parametrize(("signer", "former"), LONG.items())
def test_a_key_under_a_former_name_is_taken_over(keys: KeyFolder, tmp_path: Path, signer: str, former: str) -> None:
    """The authority knows this key: it goes on under the shorter name, and the long one stops no backup any more."""
    known = DeskKey.generate()
    old = tmp_path / "99201" / "officers" / f"{former}.key"
    old.parent.mkdir(parents=True)
    create_private(old, known.to_pem())

    assert keys.key_of("99201", signer).public_key == known.public_key
    assert keys.key_of("99201", signer).public_key == known.public_key
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [keys.path_of("99201", signer)]


def test_a_new_key_leaves_no_former_file(keys: KeyFolder, tmp_path: Path) -> None:
    """A renewed key stands alone, under the shorter name."""
    for signer, former in LONG.items():
        old = tmp_path / "99201" / "officers" / f"{former}.key"
        old.parent.mkdir(parents=True, exist_ok=True)
        create_private(old, b"damaged")
        keys.new_key("99201", signer)

    files = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {keys.path_of("99201", signer) for signer in LONG}
