from openjpki.rules.notices import NOTICE
from openjpki.window.notice_walls import EDGES


def test_the_edges_are_those_of_the_rules() -> None:
    """R-7.1: a letter moves in the database as `rules.notices` lets it; tests/faults tries to break each wall."""
    assert set(EDGES) == {(here.value, there.value) for (here, _), there in NOTICE.edges.items()}
