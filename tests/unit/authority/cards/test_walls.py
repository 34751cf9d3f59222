from openjpki.authority.cards.walls import WALLS
from openjpki.authority.walls import WALLS as FIRST


def test_every_wall_of_cards_has_a_name_of_its_own() -> None:
    """A name is a trigger's; that each stands is tests/faults/test_walls.py."""
    names = [wall.name for wall in (*FIRST, *WALLS)]
    assert len(set(names)) == len(names)
    assert {wall.table for wall in WALLS} == {"authority_card", "authority_madecard"}
