import signal
import socket
from threading import Timer

import pytest

from openjpki.readers.stop import FOREVER, Stop


def test_a_stop_is_once_and_for_good() -> None:
    """It ends every wait that comes after it, at once, however often it is wished."""
    with Stop() as stop:
        assert not stop.within(0)
        for _ in range(2):
            stop.set()
            assert stop.is_set
            assert stop.within(60)


def test_a_stop_ends_a_wait_that_runs() -> None:
    """From another thread, in the middle of an endless wait for a silent connection."""
    ours, theirs = socket.socketpair()
    with Stop() as stop, ours, theirs:
        later = Timer(0.05, stop.set)
        later.start()

        assert not stop.until(ours, FOREVER)
        later.join()


def test_what_waits_to_be_read_is_told() -> None:
    """A connection with something to read, or with an end, is ready; one without is not, and a stop goes first."""
    ours, theirs = socket.socketpair()
    with Stop() as stop, ours, theirs:
        assert not stop.until(ours, 0)
        theirs.send(b"x")
        assert stop.until(ours, 60)
        theirs.close()
        ours.recv(1)
        assert stop.until(ours, 60)
        stop.set()
        assert not stop.until(ours, 60)


def test_a_stop_is_a_signals_handler() -> None:
    """It takes what a handler is given."""
    with Stop() as stop:
        before = signal.signal(signal.SIGUSR1, stop.set)
        try:
            signal.raise_signal(signal.SIGUSR1)
            assert stop.within(60)
        finally:
            signal.signal(signal.SIGUSR1, before)


def test_a_closed_stop_has_given_its_descriptors_back() -> None:
    """Nothing is left open after the block."""
    with Stop() as stop:
        pass

    with pytest.raises(ValueError, match="negative"):
        stop.within(0)
