from openjpki.window.applications import ENDS
from openjpki.window.walls import ENDS as HELD
from openjpki.window.walls import WALLS


def test_the_ends_are_those_of_the_rules() -> None:
    """An application stays where `rules.lifecycle` ends it; tests/faults tries to break each wall."""
    assert set(HELD) == {state.value for state in ENDS}
    assert len({wall.name for wall in WALLS}) == len(WALLS)
