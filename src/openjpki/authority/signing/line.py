"""What goes over the signing process's socket: one question and one answer a connection, each with its length before it."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from openjpki.pki.algorithms import KeyAlgorithm

MOST = 128 * 1024 * 1024
"""Bytes of a question: a list of a million entries has forty million."""
PATIENCE = 30.0
"""Seconds that either side waits for the other."""
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


Question = Make | Find | Sign
Answer = Key | Signed | Failed
_M = TypeVar("_M")
questions: "msgspec.msgpack.Decoder[Question]" = msgspec.msgpack.Decoder(Question, strict=True)
answers: "msgspec.msgpack.Decoder[Answer]" = msgspec.msgpack.Decoder(Answer, strict=True)


class LineBroken(Exception):
    """The other side went away, or said what nobody says here."""


def send(line: socket.socket, message: Question | Answer) -> None:
    """Send one message; raises OSError."""
    body = msgspec.msgpack.encode(message)
    line.sendall(len(body).to_bytes(_LENGTH) + body)


def receive(line: socket.socket, decoder: "msgspec.msgpack.Decoder[_M]") -> _M:
    """Return the message that comes; raises `LineBroken`, OSError."""
    size = int.from_bytes(_exactly(line, _LENGTH))
    if size > MOST:
        message = "longer than anything that is signed"
        raise LineBroken(message)
    try:
        return decoder.decode(_exactly(line, size))
    except (msgspec.DecodeError, RecursionError) as error:
        raise LineBroken(type(error).__name__) from error


def _exactly(line: socket.socket, count: int) -> bytes:
    received = bytearray()
    while len(received) < count:
        part = line.recv(min(count - len(received), 1 << 20))
        if not part:
            message = "the other side ended the connection"
            raise LineBroken(message)
        received += part
    return bytes(received)


@contextmanager
def address(folder: Path) -> Iterator[str]:
    """Give the socket's name in its folder a form that fits the 107 bytes a Unix address has, however deep the folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)
