"""Calls into the operating system that may never come back, and that nothing can call off."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, call: Callable[[], T], give_back: Callable[[T], object]) -> T:
    """Return what `call` returns, or raise what it raises; raise `TimeoutError` if it takes longer than so many seconds.

    It goes on in a thread that ends with the process. What it returns too late is given back there, unseen by anybody.
    """
    given: Future[T] = Future()

    def run() -> None:
        try:
            value = call()
        except BaseException as error:  # noqa: BLE001  -- whoever waits raises it
            if given.set_running_or_notify_cancel():
                given.set_exception(error)
            return
        if given.set_running_or_notify_cancel():
            given.set_result(value)
        else:
            give_back(value)

    try:
        Thread(target=run, daemon=True).start()
        return given.result(seconds)
    except TimeoutError:
        if given.cancel():
            raise
        return given.result()  # what came at the last moment, or a time-out of the call's own
    except BaseException:  # the wait was broken off (Ctrl-C), or it is the call's own
        if not given.cancel() and given.exception() is None:
            give_back(given.result())
        raise
