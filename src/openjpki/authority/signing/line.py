"""What goes over the signing process's socket: one question and one answer a connection, each with its length before it.

A question to sign a list is followed by the list itself, in pieces that each have their length before them; a length of
nothing ends it.
"""

import os
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from openjpki.pki.algorithms import KeyAlgorithm

MOST = 256 * 1024
"""Bytes of a question or an answer: the longest certificate and the longest OCSP answer have some 65,000."""
MOST_PIECE = 1024 * 1024
"""Bytes of one piece of a list: reading it takes a few times as much memory, however long the list is."""
PATIENCE = 30.0
"""Seconds that a question and its answer may take, whoever is slow: the connection ends then."""
LIST_PATIENCE = 300.0
"""Seconds that a list may take to come and be signed: three million entries take some ten."""
_LENGTH = 4
SOCKET = "signer.sock"

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class Make(msgspec.Struct, frozen=True, tag="make"):
    """Make a key pair; the answer is its `Key`."""

    prefix: Name
    algorithm: KeyAlgorithm


class Find(msgspec.Struct, frozen=True, tag="find"):
    """Tell the public key of a name."""

    name: Name


class Sign(msgspec.Struct, frozen=True, tag="sign"):
    """Sign these bytes with the key of a name."""

    name: Name
    to_be_signed: bytes


class SignList(msgspec.Struct, frozen=True, tag="sign-list"):
    """Sign the list that follows in pieces with the key of a name."""

    name: Name


class Key(msgspec.Struct, frozen=True, tag="key"):
    """A key and its SubjectPublicKeyInfo, DER."""

    name: str
    public_key: bytes


class Signed(msgspec.Struct, frozen=True, tag="signed"):
    """The signature."""

    signature: bytes


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """A failure by its code, and what its sentences name; the key's keeper raised it."""

    code: str
    data: dict[str, str]


Question = Make | Find | Sign | SignList
Answer = Key | Signed | Failed
_M = TypeVar("_M")
questions: "msgspec.msgpack.Decoder[Question]" = msgspec.msgpack.Decoder(Question, strict=True)
answers: "msgspec.msgpack.Decoder[Answer]" = msgspec.msgpack.Decoder(Answer, strict=True)


class LineBroken(Exception):
    """The other side went away, or said what nobody says here."""


class Line:
    """A connection that ends at a moment, however slowly the other side sends or takes: TimeoutError is an OSError."""

    def __init__(self, connected: socket.socket, seconds: float) -> None:
        self._socket = connected
        self._began = time.monotonic()
        self._until = self._began + seconds

    def allow(self, seconds: float) -> None:
        """Give the connection so many seconds from its beginning."""
        self._until = self._began + seconds

    def send(self, message: Question | Answer) -> None:
        """Send one message; raises OSError."""
        self._send(msgspec.msgpack.encode(message))

    def send_pieces(self, pieces: Iterable[bytes]) -> None:
        """Send a list in pieces, and its end; raises OSError."""
        for piece in pieces:
            for at in range(0, len(piece), MOST_PIECE):
                self._send(piece[at : at + MOST_PIECE])
        self._send(b"")

    def receive(self, decoder: "msgspec.msgpack.Decoder[_M]") -> _M:
        """Return the message that comes; raises `LineBroken`, OSError."""
        try:
            return decoder.decode(self._piece(MOST))
        except (msgspec.DecodeError, RecursionError) as error:
            raise LineBroken(type(error).__name__) from error

    def pieces(self) -> Iterator[bytes]:
        """Give the pieces of the list that comes, to its end; raises `LineBroken`, OSError."""
        while piece := self._piece(MOST_PIECE):
            yield piece

    def _send(self, body: bytes) -> None:
        self._socket.settimeout(self._left())
        self._socket.sendall(len(body).to_bytes(_LENGTH) + body)

    def _piece(self, most: int) -> bytes:
        size = int.from_bytes(self._exactly(_LENGTH))
        if size > most:
            message = "longer than anything that is signed"
            raise LineBroken(message)
        return self._exactly(size)

    def _exactly(self, count: int) -> bytes:
        received = bytearray()
        while len(received) < count:
            self._socket.settimeout(self._left())
            part = self._socket.recv(count - len(received))
            if not part:
                message = "the other side ended the connection"
                raise LineBroken(message)
            received += part
        return bytes(received)

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


@contextmanager
def address(folder: Path) -> Iterator[str]:
    """Give the socket's name in its folder a form that fits the 107 bytes a Unix address has, however deep the folder is."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)  # to whoever may pass through a folder, not read it
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)
