from openjpki.authority.walls import EDGES, WALLS
from openjpki.rules.lifecycle import CERTIFICATE


def test_the_edges_are_those_of_the_rules() -> None:
    """A certificate moves in the database as `rules.lifecycle` lets it; tests/faults tries to break each wall."""
    assert set(EDGES) == {(here.value, there.value) for (here, _), there in CERTIFICATE.edges.items()}
    assert len({wall.name for wall in WALLS}) == len(WALLS)
