"""Which process keeps a card plugged in: noted beside the card, so that it can be asked to pull it."""

import fcntl
import os
import select
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from openjpki.errors import Failure, Kind

_PRIVATE = 0o600
_PATIENCE = 10.0
"""Seconds that a process may take to pull its card: it ends between two commands, and a command takes milliseconds."""
_MILLISECONDS = 1000
_MAX_NOTE = 32
"""Bytes read of a note: a process's number has up to seven digits, its beginning up to twenty, a slot one."""
_BEGINNING = 19
"""Place of `starttime` behind the name in /proc/PID/stat."""
_LOOKS = 5
_BETWEEN_LOOKS = 0.02
"""How often a note is tried that somebody may just be looking at, and the seconds between."""


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
def noted(note: Path, slot: int) -> Iterator[None]:
    """Note that this process has the card plugged in, in which reader, while the block runs; raises `AlreadyPlugged`.

    The note is locked as long as it is true: a lock dies with its process, however that ends. It is never removed, or
    two processes might hold two files of one name.
    """
    with _open(note) as file:
        if not _taken(file):
            raise AlreadyPlugged(name=_card(note))
        _write(file, f"{os.getpid()} {_began(os.getpid())} {slot}")
        try:
            yield
        finally:
            _write(file, "")


def pull(note: Path) -> None:
    """Ask the process that has the card plugged in to pull it, and wait; raises `NotPlugged` or `NotPulled`.

    A process is only asked if it holds the note: its descriptor is taken first, then it must have begun when the note
    says, so the number cannot have passed to another process.
    """
    with _open(note) as file:
        holder = _holder(file)
        if holder is None:
            raise NotPlugged(name=_card(note))
        pid, began, _ = holder
        with _process(pid) as process:
            if process is None or _began(pid) != began or _holder(file) != holder:
                raise NotPlugged(name=_card(note))
            signal.pidfd_send_signal(process, signal.SIGTERM)
            if not _ended(process):
                raise NotPulled(name=_card(note), pid=pid)


def slot_of(note: Path) -> int | None:
    """Return the reader of vpcd, by its slot, in which a process keeps the card; None if the card is in none."""
    if not note.exists():
        return None
    with _open(note) as file:
        holder = _holder(file)
    return holder[2] if holder is not None else None


def _card(note: Path) -> str:
    return note.stem.removeprefix(".")


def _open(note: Path) -> IO[str]:
    return os.fdopen(os.open(note, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, _PRIVATE), "r+", encoding="ascii")


def _write(file: IO[str], text: str) -> None:
    file.seek(0)
    file.truncate()
    file.write(text)
    file.flush()


def _taken(file: IO[str]) -> bool:
    """Lock a note; False if another process has it for longer than a look takes."""
    for _ in range(_LOOKS):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_BETWEEN_LOOKS)
        else:
            return True
    return False


def _holder(file: IO[str]) -> tuple[int, int, int] | None:
    """Return the number of the process that holds the note, when it began, and the slot; None if nobody does."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        parts = file.read(_MAX_NOTE).split()
        if len(parts) != 3 or not all(map(str.isdigit, parts)):  # noqa: PLR2004  -- number, beginning, slot
            return None
        return int(parts[0]), int(parts[1]), int(parts[2])
    fcntl.flock(file, fcntl.LOCK_UN)
    return None


def _began(pid: int) -> int | None:
    """Return when a process began, in ticks since the machine did (proc(5)); None if it is gone."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(told.rpartition(")")[2].split()[_BEGINNING])


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
