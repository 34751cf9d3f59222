"""The one way a command writes a file that `--out` names: whole or not at all, and nothing that was not expected there."""

import os
from pathlib import Path

from openjpki.errors import Failure, Kind
from openjpki.site.entropy import entropy

PRIVATE = 0o600
"""Only its owner may read it: for what says who somebody is."""


class OutputNotAFile(Failure):
    """What is there is a folder or a device, or the name is empty: a file laid in its place would be a surprise."""

    code = "output.not-a-file"
    kind = Kind.USAGE
    ja = "--out の「{path}」はファイルではありません。書き出すファイルの名前を指定してください。"
    en = '"{path}" of --out is not a file. Name the file to be written.'


class NoOutputFolder(Failure):
    """There is nowhere to put the file; better told before a card is asked."""

    code = "output.no-folder"
    kind = Kind.USAGE
    ja = "--out のフォルダー {path} がありません。"
    en = "The folder {path} of --out does not exist."


def require_place(path: Path) -> None:
    """Raise `OutputNotAFile` or `NoOutputFolder` unless a file may be written there, in place of another file or new."""
    if not path.name or (path.exists() and not path.is_file()):
        raise OutputNotAFile(path=path)
    if not path.parent.is_dir():
        raise NoOutputFolder(path=path.parent)


def write_whole(path: Path, content: bytes, *, mode: int = PRIVATE) -> None:
    """Write a file whole or not at all, with this mode from its first moment.

    In a folder that others write to, the temporary name cannot be foreseen and nothing laid there is followed.
    """
    temporary = path.with_name(f".openjpki-{entropy(8).hex()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
