from openjpki.window.verbs import Verb


def test_a_verb_is_a_thing_and_what_was_done_to_it() -> None:
    """The audit record's words are "thing.done", lower-case, and fit its column."""
    assert all(verb.value.replace("-", "").replace(".", "", 1).islower() for verb in Verb)
    assert all(verb.value.count(".") == 1 and len(verb.value) <= 60 for verb in Verb)
