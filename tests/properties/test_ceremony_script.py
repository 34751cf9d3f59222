import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.authority.generations.script import ScriptUnreadable, read_script
from tests.unit.authority.generations.test_script import SCRIPT


@given(st.text(max_size=100))
def test_no_text_does_anything_but_be_refused(text: str) -> None:
    """A file that is no script is told as one, whatever it holds."""
    with pytest.raises(ScriptUnreadable):
        read_script(text)


@given(st.integers(0, len(SCRIPT)), st.integers(1, 30), st.text(max_size=8))
def test_a_changed_script_is_another_or_none(place: int, length: int, instead: str) -> None:
    """A script that is changed anywhere has another digest, or is refused: nobody approves one and holds the other."""
    changed = SCRIPT[:place] + instead + SCRIPT[place + length :]
    try:
        read = read_script(changed)
    except ScriptUnreadable:
        return
    assert (read.digest == read_script(SCRIPT).digest) is (changed == SCRIPT)
