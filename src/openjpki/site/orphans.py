"""A worker of the web server ends with the program that started it, however that one ends."""

import ctypes
import multiprocessing
import os
import signal
import sys
from contextlib import suppress

_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that a process gets when its parent is gone."""


def end_with_parent() -> None:
    """Let the system kill this process when its parent ends; one whose parent is gone already ends at once.

    A worker that missed a Ctrl-C while it was starting, or whose parent was killed, would go on answering from a home
    that others may replace. Where the system knows no such wish, do nothing.
    """
    if sys.platform != "linux":
        return
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid != os.getppid():
        os._exit(1)
