from openjpki.rules.verifiers import Right, VerifierKind, VerifierState
from openjpki.site.operators.verifier_words import KINDS_JA, RIGHTS_JA, STATES_JA


def test_every_word_of_a_verifier_has_its_japanese() -> None:
    """Kinds, rights and states are complete (R-8.0)."""
    assert set(KINDS_JA) == {kind.value for kind in VerifierKind}
    assert set(RIGHTS_JA) == {right.value for right in Right}
    assert set(STATES_JA) == {state.value for state in VerifierState}
