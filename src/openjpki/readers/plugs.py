"""Which process keeps a card plugged in: noted beside the card, so that it can be asked to pull it."""

import fcntl
import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from openjpki.errors import Failure, Kind

_PRIVATE = 0o600
_PATIENCE = 10.0
"""Seconds that a process may take to pull its card: it ends between two commands, and a command takes milliseconds."""
_MILLISECONDS = 1000
_MAX_NOTE = 9
"""Bytes read of a note: the greatest number of a process has seven digits."""


class AlreadyPlugged(Failure):
    """The card is plugged in."""

    code = "card.plug.plugged"
    kind = Kind.REFUSED
    ja = "カード「{name}」はもう仮想カードリーダーに入っています。抜くには `openjpki card unplug {name}` を実行してください。"
    en = 'The card "{name}" is plugged in already. `openjpki card unplug {name}` pulls it.'


class NotPlugged(Failure):
    """The card is in no virtual reader."""

    code = "card.plug.not-plugged"
    kind = Kind.REFUSED
    ja = "カード「{name}」は仮想カードリーダーに入っていません。"
    en = 'The card "{name}" is not plugged in.'


class NotPulled(Failure):
    """The process that has the card plugged in did not end."""

    code = "card.plug.not-pulled"
    kind = Kind.UNAVAILABLE
    ja = "カード「{name}」を入れている処理(番号 {pid})がまだ終わりません。しばらくしてからもう一度行ってください。"
    en = 'The process that has the card "{name}" plugged in (number {pid}) has not ended yet. Try again in a while.'


@contextmanager
def noted(note: Path) -> Iterator[None]:
    """Note that this process has the card plugged in while the block runs; raises `AlreadyPlugged`.

    The note is locked as long as it is true: a lock dies with its process, however that ends. It is never removed, or
    two processes might hold two files of one name.
    """
    with _open(note) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyPlugged(name=_card(note)) from None
        _write(file, str(os.getpid()))
        yield
        _write(file, "")


def pull(note: Path) -> None:
    """Ask the process that has the card plugged in to pull it, and wait; raises `NotPlugged` or `NotPulled`.

    A process is only asked if it holds the note: its descriptor is taken first, and the note is looked at once more
    after that, so the number cannot have passed to another process.
    """
    with _open(note) as file:
        pid = _holder(file)
        if pid is None:
            raise NotPlugged(name=_card(note))
        with _process(pid) as process:
            if process is None or _holder(file) != pid:
                raise NotPlugged(name=_card(note))
            signal.pidfd_send_signal(process, signal.SIGTERM)
            if not _ended(process):
                raise NotPulled(name=_card(note), pid=pid)


def _card(note: Path) -> str:
    return note.stem.removeprefix(".")


def _open(note: Path) -> IO[str]:
    return os.fdopen(os.open(note, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, _PRIVATE), "r+", encoding="ascii")


def _write(file: IO[str], text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()


def _holder(file: IO[str]) -> int | None:
    """Return the number of the process that holds the note; None if nobody does."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        text = file.read(_MAX_NOTE)
        return int(text) if text.isdigit() else None
    fcntl.flock(file, fcntl.LOCK_UN)
    return None


@contextmanager
def _process(pid: int) -> Iterator[int | None]:
    """Hold a process, so that its number is nobody else's meanwhile; None if it is gone."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        yield None
        return
    try:
        yield process
    finally:
        os.close(process)


def _ended(process: int) -> bool:
    """Wait until a process has ended; tell whether it did in time."""
    poll = select.poll()
    poll.register(process, select.POLLIN)
    return bool(poll.poll(_PATIENCE * _MILLISECONDS))
