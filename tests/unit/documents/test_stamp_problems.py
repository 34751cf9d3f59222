from openjpki.documents.findings import spoken
from openjpki.documents.stamp_problems import StampProblem


def test_every_problem_is_spoken_in_both_languages() -> None:
    """A person reads a sentence, not a code."""
    for problem in StampProblem:
        assert spoken(problem.value, "ja") != problem.value
        assert spoken(problem.value, "en") != problem.value
