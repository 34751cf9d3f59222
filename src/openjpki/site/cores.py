"""Secrets in memory stay out of core dumps: a crash of a process that holds keys or PINs leaves no file behind."""

import ctypes
import resource
import sys
from contextlib import suppress

_PR_SET_DUMPABLE = 4
"""prctl(2): also stops a debugger of the same user, and dumps that a program collects through a pipe (core(5))."""


def forbid() -> None:
    """Let neither this process nor its children leave a core dump; where the system knows no such wish, do nothing."""
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
