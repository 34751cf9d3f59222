import contextlib

from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.characters import NoSubstitute, in_repertoire, pieces, substitute
from openjpki.rules.substitution import SPACE, substitution


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
            assert result == "".join(piece.written for piece in pieces(text) if piece.by in {"itself", "composed"})
            assert len(result) == len(list(pieces(text)))


@given(
    name=st.text(
        st.characters(exclude_categories=["Cs"]) | st.sampled_from("髙﨑𠮷渡邉㐬\u3000\uff76\uff9e\u3099"), max_size=20
    )
)
def test_every_name_with_a_reading_can_be_certified(name: str) -> None:
    """R-1.9: by substitute, else by kana: whoever has a reading has a certificate; the pieces make up the whole name."""
    found = substitution(name, reading=SPACE.join("ヨミ" for _ in name.split(SPACE)))

    assert found.original == name == "".join(piece.original for piece in pieces(name))
    assert len(found.flags) == len(found.text)
    assert all(map(in_repertoire, found.text))
    assert bool(found.changes) is ("1" in found.flags)
    with contextlib.suppress(NoSubstitute):
        assert (found.text, found.flags) == substitute(name)
