"""Files that are written whole or not at all, and survive a power cut once written."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from openjpki.errors import Failure

PRIVATE = 0o600
PUBLIC = 0o644


def _pass() -> None:
    """Be no checkpoint."""


def write_whole(path: Path, content: bytes, mode: int, prepared: Callable[[], None] = _pass) -> None:
    """Write a file under a temporary name, make it durable, and only then give it its name.

    A reader sees the old content or the new, never a part. Two writers of one file need a lock of their own.
    `prepared` is called between the two. A file that cannot be written leaves no temporary one.
    """
    write_pieces(path, (content,), mode, prepared)


def write_pieces(path: Path, pieces: Iterable[bytes], mode: int, prepared: Callable[[], None] = _pass) -> None:
    """Write a file as `write_whole` does, its content in pieces; what they raise leaves no temporary file either."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        prepared()
        temporary.replace(path)
    except (OSError, Failure):
        with suppress(OSError):
            temporary.unlink()
        raise
    _flush_folder(path.parent)


def shred(path: Path) -> None:
    """Overwrite a file with zeros, make that durable, and remove it; raises FileNotFoundError."""
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    _flush_folder(path.parent)


def sweep(folder: Path, name: str) -> None:
    """Remove what a crash left of this file's writing; the caller holds the lock under which the file is written."""
    for left in folder.glob(f".{name}.*.new"):
        left.unlink(missing_ok=True)


def _flush_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
