from openjpki.authority import walls
from openjpki.authority.notices.walls import WALLS


def test_each_wall_has_its_own_name() -> None:
    """R-7.4: the walls about letters stand beside the others; tests/faults tries to break each."""
    names = [wall.name for wall in (*WALLS, *walls.WALLS)]

    assert len(set(names)) == len(names)
    assert {wall.table for wall in WALLS} == {"authority_notice", "authority_noticedecision"}
