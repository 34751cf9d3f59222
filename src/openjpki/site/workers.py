"""Processes that are kept running while a block runs: one that dies is started anew, and all end with the program."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing.process import BaseProcess

Start = Callable[[], BaseProcess]
"""Returns a new process that has not been started."""
STOP_SECONDS = 2.0
"""How long a process may take to end what it does, once it is told to; then it is killed."""


@contextmanager
def kept_running(starts: Sequence[Start], pause: float, stop_seconds: float = STOP_SECONDS) -> Iterator[None]:
    """Keep a process of each kind running while the block runs; `pause` seconds pass before one that died is started anew."""
    with ExitStack() as stack:
        keepers = [_Keeper(start, pause) for start in starts]
        for keeper in keepers:
            stack.callback(keeper.join, stop_seconds)
        for keeper in keepers:
            stack.callback(keeper.tell)  # called first: all are told before one is waited for
        for keeper in keepers:
            keeper.begin()
        yield


class _Keeper:
    """Keeps one process running, from a thread that waits for its end."""

    def __init__(self, start: Start, pause: float) -> None:
        self._start = start
        self._pause = pause
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._running: BaseProcess | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def _keep(self) -> None:
        while True:
            with self._lock:  # no process is started after everybody was told to stop
                if self._stop.is_set():
                    return
                process = self._running = self._start()
                process.start()
            process.join()
            self._stop.wait(self._pause)

    def tell(self) -> None:
        """Tell the process to end, and start none any more."""
        with self._lock:
            self._stop.set()
            if self._running is not None:
                self._running.terminate()

    def join(self, seconds: float) -> None:
        """Wait for the end, and kill what does not come to one."""
        self._thread.join(seconds)
        if self._running is not None and self._thread.is_alive():
            self._running.kill()
            self._thread.join(seconds)
