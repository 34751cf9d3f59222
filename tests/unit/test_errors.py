import pytest

from openjpki.errors import Failure, Kind, declared, trace


class Example(Failure):
    """A refusal for these tests."""

    code = "example.refused"
    kind = Kind.REFUSED
    ja = "あと{tries}回です。"
    en = "{tries} tries left."


def test_a_failure_speaks_both_languages() -> None:
    """A refusal fills its data into both sentences and carries its code."""
    failure = Example(tries=2)

    assert failure.message("ja") == "あと2回です。"
    assert failure.message("en") == "2 tries left."
    assert str(failure) == "example.refused: 2 tries left."


def test_the_kind_is_the_exit_status() -> None:
    """Exit 1 refused, 2 usage, 3 indeterminate, 4 unavailable."""
    assert [kind.value for kind in Kind] == [1, 2, 3, 4]


def test_missing_data_is_a_bug() -> None:
    """A refusal without the data its sentences need cannot be made."""
    with pytest.raises(KeyError):
        Example()


def test_fields_and_declarations_are_listed() -> None:
    """Every declared refusal and the data it needs can be listed for the documentation."""
    assert Example.fields() == {"tries"}
    assert Example in declared()


def choke(error: BaseException) -> None:
    """Raise an exception because another one choked on a PIN, as a bug would."""
    try:
        int("PIN 1234")
    except ValueError as cause:
        raise error from cause


def raised(error: BaseException) -> BaseException:
    """Return an exception as it is caught, with its trace and its cause."""
    with pytest.raises(type(error)) as caught:
        choke(error)
    return caught.value


def test_a_trace_says_where_and_not_what() -> None:
    """An exception's words may quote a PIN or a person's row: what is printed for a report names places and kinds only."""
    told = trace(raised(RuntimeError("Key (name)=(見本　花子) already exists.")))

    assert told.startswith("Traceback")
    assert told.endswith("\nRuntimeError\n")
    assert "\nValueError\n" in told
    assert "test_errors.py" in told
    assert "raise error from cause" in told
    assert "花子" not in told


def test_a_trace_keeps_words_that_name_nobody() -> None:
    """A refusal's sentences carry no secret, and an operator needs to read that the disk is full."""
    assert trace(raised(Example(tries=2))).endswith("\nExample: example.refused: 2 tries left.\n")
    assert "No space left on device" in trace(raised(OSError(28, "No space left on device")))


def test_a_trace_of_a_circle_ends() -> None:
    """An exception that is its own cause at some remove is told once."""
    error = raised(RuntimeError())
    assert error.__cause__ is not None
    error.__cause__.__cause__ = error

    assert trace(error).count("Traceback") == 2
