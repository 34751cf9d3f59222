import getpass
import io
import sys

import pytest

from openjpki.cli.pins import NoPrompt, PinLinesMissing, typed


class Terminal(io.StringIO):
    """A standard input at which a person sits."""

    def isatty(self) -> bool:
        """Say that it is a terminal."""
        return True


def test_pins_come_one_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing behind the PINs asked for is read: it may be another program's."""
    rest = io.StringIO("ABC123\n1234\nrest\n")
    monkeypatch.setattr(sys, "stdin", rest)

    assert typed(["one", "two"], from_stdin=True) == ["ABC123", "1234"]
    assert rest.read() == "rest\n"


@pytest.mark.parametrize("given", ["", "ABC123\n", "\n1234\n"])
def test_a_missing_line_is_told_with_how_many_are_asked_for(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """An empty line is no PIN."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(given))

    with pytest.raises(PinLinesMissing, match="2 in all"):
        typed(["one", "two"], from_stdin=True)


def test_a_line_is_read_up_to_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Endless input is not read into memory."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("9" * 10_000))

    assert typed(["one"], from_stdin=True) == ["9" * 64]


def test_a_prompt_needs_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody can type, the command says so instead of echoing or hanging."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("1234\n"))

    with pytest.raises(NoPrompt):
        typed(["one"], from_stdin=False)


def test_each_prompt_is_shown_and_its_answer_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal every PIN is asked for by `getpass`, in order."""
    shown: list[str] = []

    def ask(prompt: str) -> str:
        shown.append(prompt)
        return f"pin {len(shown)}"

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", ask)

    assert typed(["one: ", "two: "], from_stdin=False) == ["pin 1", "pin 2"]
    assert shown == ["one: ", "two: "]
