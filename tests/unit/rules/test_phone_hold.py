from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.phone_hold import ALWAYS, Question, unasked


@given(st.sets(st.sampled_from(Question)))
def test_who_calls_is_asked_who_they_are(asked: set[Question]) -> None:
    """Name, address and birth date are asked in every call, in this order; more may be (R-5.20)."""
    missing = unasked(asked)

    assert set(missing) == set(ALWAYS) - asked
    assert list(missing) == [question for question in ALWAYS if question in missing]
