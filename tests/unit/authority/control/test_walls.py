from openjpki.audit.triggers import On
from openjpki.authority.control.walls import WALLS
from openjpki.authority.walls import WALLS as FIRST


def test_every_table_of_dual_control_is_kept_and_stays() -> None:
    """Each has a wall against change and one against deletion, under names of their own; tests/faults tries to break each."""
    names = [wall.name for wall in (*FIRST, *WALLS)]
    assert len(set(names)) == len(names)

    for table in {wall.table for wall in WALLS}:
        assert {wall.on for wall in WALLS if wall.table == table} == {On.UPDATE, On.DELETE}, table
