"""The folder in which a home stands: its marker, its lock, and when it may be filled or cleared."""

import fcntl
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openjpki.errors import Failure, Kind
from openjpki.site.private import write_private

FORMAT = 5
"""The version of a home's layout and tables. Another number belongs to another version of OpenJPKI."""
MARKER = "openjpki.json"
FOUNDING = "openjpki.founding"
"""Stands in the marker's place while a home is made: what is beside it then is ours, and the next making clears it away."""
LOCK = "lock"
_MAX_MARKER = 64 * 1024
"""Bytes of a home's marker file; one has under 1 kB."""


class HomeMissing(Failure):
    """There is no home at this place."""

    code = "home.missing"
    kind = Kind.UNAVAILABLE
    ja = "{path} に OpenJPKI のホームがありません。`openjpki init` か `openjpki story` で作れます。"
    en = "There is no OpenJPKI home at {path}. Make one with `openjpki init` or `openjpki story`."


class HomeDamaged(Failure):
    """The marker file cannot be read as ours."""

    code = "home.damaged"
    kind = Kind.UNAVAILABLE
    ja = "{path} を読めません({reason})。中身は変更していません。"
    en = "{path} cannot be read ({reason}). Nothing was changed."


class HomeInUse(Failure):
    """Another process works in this home."""

    code = "home.in-use"
    kind = Kind.UNAVAILABLE
    ja = "{path} は別の処理が使用中です(`serve` や `story`)。それを終えてから実行するか、--home で別の場所を指定してください。"
    en = "{path} is in use by another process (`serve` or `story`). Let it end first, or choose another --home."


class HomeNotEmpty(Failure):
    """A folder that is not ours must not be filled or replaced."""

    code = "home.not-empty"
    kind = Kind.REFUSED
    ja = "{path} には別の内容があります。上書きしません。--home で空の場所を指定してください。"
    en = "{path} holds something else, which will not be overwritten. Choose an empty place with --home."


class HomeThereAlready(HomeNotEmpty):
    """The folder is a home of ours: it is used as it is, and never made anew by mistake."""

    ja = (
        "{path} はすでに OpenJPKI のホームです。上書きしません。このホームを使うには、ほかのコマンドに --home {path} を付けてください。"
        "作り直すときは、使っている処理を終えてフォルダーを消すか、--home で別の場所を指定してください。"
    )
    en = (
        "{path} is an OpenJPKI home already, which will not be overwritten. To use it, give --home {path} to other commands. "
        "To make it anew, end what works in it and remove the folder, or choose another place with --home."
    )


def read_marker(path: Path, name: str = MARKER) -> dict[str, Any]:
    """Read a home's marker, of whatever format; raises `HomeMissing` or `HomeDamaged`."""
    marker = path / name
    try:
        text = marker.read_bytes()[: _MAX_MARKER + 1]
    except (FileNotFoundError, NotADirectoryError):
        raise HomeMissing(path=path) from None
    except OSError as error:
        raise HomeDamaged(path=marker, reason=error.strerror) from error
    try:
        found: dict[str, Any] = json.loads(text)
        if type(found["format"]) not in {int, str}:
            raise TypeError(type(found["format"]).__name__)  # noqa: TRY301  -- told with the other ways to be no marker
    except (ValueError, KeyError, TypeError) as error:
        raise HomeDamaged(path=marker, reason=f"{type(error).__name__}: {error}") from error
    return found


def write_marker(path: Path, fields: Mapping[str, Any]) -> None:
    """Write the marker of a home of this format, whole or not at all; a home that is being made is one from then on."""
    text = json.dumps({"format": FORMAT} | dict(fields), ensure_ascii=False, indent=2).encode()
    founding = path / FOUNDING
    if not founding.exists():
        write_private(path / MARKER, text)
        return
    write_private(founding, text)
    founding.replace(path / MARKER)


def require_empty(path: Path) -> None:
    """Raise `HomeNotEmpty` unless nothing is at `path`, or a folder with a lock alone, or with a home cut off while made."""
    if not path.exists() or half_made(path):
        return
    if not path.is_dir() or any(entry.name != LOCK for entry in path.iterdir()):
        raise (HomeThereAlready if (path / MARKER).is_file() else HomeNotEmpty)(path=path)


def half_made(path: Path) -> bool:
    """Say whether the making of a home was cut off here."""
    return (path / FOUNDING).exists() and not (path / MARKER).exists()


@contextmanager
def founding(path: Path) -> Iterator[None]:
    """Hold the place of a home that is made while the block runs, under its lock; raises `HomeNotEmpty`.

    Whatever ends the block before the marker stands leaves an empty folder; after SIGKILL the next founding clears it.
    """
    require_empty(path)
    clear(path)
    write_private(path / FOUNDING, b"")
    try:
        yield
    except BaseException:
        if half_made(path):
            clear(path)
        raise


def clear(path: Path) -> None:
    """Empty a folder, the lock excepted. The marker goes last: until then it is known whose the rest is."""
    entries = sorted(path.iterdir(), key=lambda entry: entry.name in {MARKER, FOUNDING})
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != LOCK:
            entry.unlink()


@contextmanager
def locked(path: Path, *, exclusive: bool) -> Iterator[None]:
    """Hold a home's lock while the block runs; raises `HomeInUse` at once if another process holds it."""
    path.mkdir(parents=True, exist_ok=True)
    with (path / LOCK).open("a") as file:
        try:
            fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeInUse(path=path) from None
        yield
