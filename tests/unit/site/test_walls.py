from importlib import import_module
from pathlib import Path

from openjpki.audit.triggers import Wall
from openjpki.site.walls import WALLS
from tests.support.programs import ROOT


def test_no_module_of_walls_is_left_out() -> None:
    """What a role's modules wall is known here: `flush` and the tests take it down and put it up again."""
    source = ROOT / "src"
    for alias, walls in WALLS.items():
        found: set[Wall] = set()
        for path in sorted((source / "openjpki" / alias).rglob("*walls.py")):
            if path.parent.name != "migrations":
                found.update(import_module(_name(path.relative_to(source))).WALLS)
        assert found == set(walls)
        assert len({wall.name for wall in walls}) == len(walls), "one name for two walls"


def _name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts)
