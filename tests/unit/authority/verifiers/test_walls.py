from openjpki.authority.verifiers.walls import EDGES, WALLS
from openjpki.rules.verifiers import VERIFIER


def test_the_edges_are_those_of_the_rules() -> None:
    """A registration moves in the database as `rules.verifiers` lets it (R-5.24); tests/faults tries to break each wall."""
    assert set(EDGES) == {(here.value, there.value) for (here, _), there in VERIFIER.edges.items()}
    assert len({wall.name for wall in WALLS}) == len(WALLS)
