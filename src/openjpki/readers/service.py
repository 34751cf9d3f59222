"""pcscd, the operating system's PC/SC service on Linux: where it is met, and how it is kept running."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

SOCKET = "/run/pcscd/pcscd.comm"
"""Where programs meet pcscd, unless PCSCLITE_CSOCK_NAME says otherwise (pcsc-lite's own variable)."""
_WAIT = 2.0
"""Seconds that pcscd may take to let us in."""


@contextmanager
def kept_awake() -> Iterator[None]:
    """Be one of pcscd's clients while the block runs, saying nothing; without pcscd, do nothing.

    Where systemd starts pcscd for its first client and pcscd leaves a minute after its last one (Debian), the cards of
    a virtual reader would come too late for every program that begins after a pause.
    """
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(_WAIT)
        with suppress(OSError):
            client.connect(os.environ.get("PCSCLITE_CSOCK_NAME", SOCKET))
        yield
