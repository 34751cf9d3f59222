from argparse import Namespace

import pytest

from openjpki.cli.answer import Answer, BadValue, language_of, port
from openjpki.errors import Kind


def test_an_answer_is_done_unless_it_says_otherwise() -> None:
    """No kind is exit status 0, and no line is needed."""
    answer = Answer(data={})

    assert answer.kind is None
    assert tuple(answer.lines) == ()


@pytest.mark.parametrize(("asked", "language"), [("ja", "ja"), ("en", "en")])
def test_the_language_is_the_one_asked_for(asked: str, language: str) -> None:
    """There are two."""
    assert language_of(Namespace(lang=asked)) == language


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("8780", 8780), ("65535", 65535)])
def test_a_port_is_a_number_of_sixteen_bits(text: str, number: int) -> None:
    """Both ends of the range included, zero is none (RFC 9293 §3.1)."""
    assert port(text) == number


@pytest.mark.parametrize("text", ["0", "65536", "-1", "+80", "8o80", "", " 80", "８７８０", "80.0", "9" * 5000])
def test_what_is_no_port_is_refused_with_what_is_expected(text: str) -> None:
    """Wrong usage, told before anything is made or bound; a long number costs no time."""
    with pytest.raises(BadValue) as caught:
        port(text)
    assert caught.value.kind is Kind.USAGE
    assert "from 1 to 65535" in caught.value.message("en")
    assert "1 から 65535" in caught.value.message("ja")
