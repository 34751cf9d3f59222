import pytest

from openjpki.errors import Failure, Kind, declared


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
