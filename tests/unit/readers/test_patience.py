from queue import SimpleQueue
from threading import Event

import pytest

from openjpki.errors import Failure, Kind
from openjpki.readers.patience import within

PATIENCE = 30.0


class Refused(Failure):
    """What a call may end with."""

    code = "test.refused"
    kind = Kind.UNAVAILABLE
    ja = en = ""


def test_what_comes_in_time_is_returned() -> None:
    """And nothing is given back."""
    back: list[int] = []

    assert within(PATIENCE, lambda: 7, back.append) == 7
    assert back == []


@pytest.mark.parametrize("error", [Refused(), TimeoutError("its own")])
def test_what_a_call_raises_is_raised(error: Exception) -> None:
    """As it is, a time-out of the call itself too."""

    def call() -> int:
        raise error

    with pytest.raises(type(error)) as raised:
        within(PATIENCE, call, print)
    assert raised.value is error


def test_what_comes_too_late_is_given_back() -> None:
    """Whoever asked has gone on; the call ends when it ends."""
    go, back = Event(), SimpleQueue[int]()

    def call() -> int:
        go.wait(PATIENCE)
        return 7

    with pytest.raises(TimeoutError):
        within(0.01, call, back.put)
    assert back.empty()
    go.set()
    assert back.get(timeout=PATIENCE) == 7


def test_what_fails_too_late_is_nobodys() -> None:
    """Nothing is there to be given back."""
    go, ended, back = Event(), Event(), SimpleQueue[int]()

    def call() -> int:
        go.wait(PATIENCE)
        ended.set()
        raise Refused

    with pytest.raises(TimeoutError):
        within(0.01, call, back.put)
    go.set()
    assert ended.wait(PATIENCE)
    assert back.empty()
