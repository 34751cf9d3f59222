"""vpcd for tests: the reader's side of its protocol, on a port of its own, without pcscd."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

PATIENCE = 30.0
"""Seconds that the card may take to do what is waited for: the machine may be busy."""


class Slot:
    """A slot of a reader: listens, takes one card at a time, and sends it what a test says."""

    def __init__(self, port: int = 0) -> None:
        self._server = socket.socket()
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._server.bind(("127.0.0.1", port))
        self._server.listen(1)
        self._server.settimeout(PATIENCE)
        self.port: int = self._server.getsockname()[1]

    @contextmanager
    def card(self) -> Iterator["Inserted"]:
        """Take the next card that is plugged in, and let go of it at the end."""
        line, _ = self._server.accept()
        line.settimeout(PATIENCE)
        with line:
            yield Inserted(line)

    def close(self) -> None:
        """Go away."""
        self._server.close()

    def __enter__(self) -> Self:
        """Listen."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Go away."""
        self.close()


class Inserted:
    """A card in the slot, as the reader sees it."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def send(self, payload: str, *, length: int | None = None) -> None:
        """Send hexadecimal digits as vpcd does: the length by itself, then the payload."""
        content = bytes.fromhex(payload)
        self._line.sendall((len(content) if length is None else length).to_bytes(2))
        self._line.sendall(content)

    def send_raw(self, raw: bytes) -> None:
        """Send bytes as they are."""
        self._line.sendall(raw)

    def receive(self) -> str:
        """Return the payload of the next frame, in hexadecimal digits; empty where the card was pulled."""
        return self._exactly(int.from_bytes(self._exactly(2))).hex().upper()

    def ask(self, payload: str) -> str:
        """Send and receive."""
        self.send(payload)
        return self.receive()

    def _exactly(self, count: int) -> bytes:
        received = b""
        while len(received) < count:
            more = self._line.recv(count - len(received))
            if not more:
                return b""
            received += more
        return received
