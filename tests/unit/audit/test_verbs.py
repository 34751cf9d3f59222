from openjpki.audit.verbs import Verb


def test_acts_on_the_record_have_verbs_of_their_own() -> None:
    """They stand in every role's record, so none may be a role's verb."""
    assert all(verb.value.startswith("audit.") for verb in Verb)
