from openjpki.audit.models import Entry
from openjpki.authority.verbs import Verb


def test_verbs_are_dotted_and_fit_the_record() -> None:
    """A verb is "thing.done", short enough for its column, and none is spelled twice."""
    longest = Entry._meta.get_field("verb").max_length
    assert longest is not None

    assert all(verb.value.count(".") == 1 and len(verb.value) <= longest for verb in Verb)
    assert len({verb.value for verb in Verb}) == len(Verb)
