from queue import SimpleQueue
from signal import SIGUSR1, pthread_kill, signal
from threading import Event, get_ident

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


class Broken(BaseException):
    """What ends a wait from outside, as Ctrl-C does."""


def test_what_comes_after_the_wait_was_broken_off_is_given_back() -> None:
    """Ctrl-C while another program holds the card: a card that comes later is not kept until the process ends."""
    go, back, waits = Event(), SimpleQueue[int](), get_ident()

    def call() -> int:
        pthread_kill(waits, SIGUSR1)
        go.wait(PATIENCE)
        return 7

    def broken(*_: object) -> None:
        raise Broken

    before = signal(SIGUSR1, broken)
    try:
        with pytest.raises(Broken):
            within(PATIENCE, call, back.put)
    finally:
        signal(SIGUSR1, before)
    go.set()
    assert back.get(timeout=PATIENCE) == 7
