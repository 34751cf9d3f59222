import contextlib

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.characters import NoSubstitute, in_repertoire, substitute


@given(
    text=st.text(
        st.characters(exclude_categories=["Cs"]) | st.sampled_from("髙﨑𠮷渡邉\u3000\uff76\ufe00"), max_size=30
    )
)
def test_the_result_is_of_the_repertoire(text: str) -> None:
    """R-1.9: one flag per character, nothing outside the repertoire, and what is already inside stays as it is."""
    with contextlib.suppress(NoSubstitute):
        result, flags = substitute(text)

        assert len(result) == len(flags)
        assert all(map(in_repertoire, result))
        assert set(flags) <= {"0", "1"}
        assert substitute(result) == (result, "0" * len(result))
        if flags == "0" * len(flags):
            assert result == text
