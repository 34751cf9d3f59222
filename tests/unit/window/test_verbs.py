from openjpki.window.verbs import Verb
from tests.unit.window.counter import PAGE


def test_a_verb_is_a_thing_and_what_was_done_to_it() -> None:
    """The audit record's words are "thing.done", lower-case, and fit its column."""
    assert all(verb.value.replace("-", "").replace(".", "", 1).islower() for verb in Verb)
    assert all(verb.value.count(".") == 1 and len(verb.value) <= 60 for verb in Verb)


def test_every_verb_is_documented() -> None:
    """The audit record's words stand in docs/window.md."""
    page = PAGE.read_text(encoding="utf-8")

    assert not [verb.value for verb in Verb if f"`{verb.value}`" not in page]
