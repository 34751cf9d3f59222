"""Card images in files: `NAME.card`, 0600, written whole or not at all, one user at a time.

A virtual card's keys stand in its file unencrypted, as they stand in a chip; whoever may read the file has the card.
"""

import fcntl
import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from openjpki.card.image import CardImage
from openjpki.card.imagefile import MAX_IMAGE, from_bytes, to_bytes
from openjpki.errors import Failure, Kind
from openjpki.readers.checkpoints import Checkpoint

SUFFIX = ".card"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_PRIVATE = 0o600
_PRIVATE_FOLDER = 0o700


class BadCardName(Failure):
    """The name cannot be a card's."""

    code = "card.store.bad-name"
    kind = Kind.USAGE
    ja = "カードの名前には半角の英数字、「-」、「_」を64文字まで使えます(先頭は英数字)。"
    en = "A card's name takes up to 64 letters, digits, hyphens and underscores, a letter or digit first."


class CardMissing(Failure):
    """There is no card of this name."""

    code = "card.store.missing"
    kind = Kind.REFUSED
    ja = "「{name}」というカードはありません。`openjpki card list` で一覧を表示できます。"
    en = 'There is no card "{name}". `openjpki card list` shows those there are.'


class CardExists(Failure):
    """A card of this name exists; it is not overwritten."""

    code = "card.store.exists"
    kind = Kind.REFUSED
    ja = "「{name}」というカードはもうあります。上書きはしません。"
    en = 'A card "{name}" exists already and is not overwritten.'


class CardBusy(Failure):
    """Another reader, here or in another process, has the card."""

    code = "card.store.busy"
    kind = Kind.UNAVAILABLE
    ja = (
        "カード「{name}」は別の処理が使用中です。終わってからもう一度行ってください"
        "(仮想カードリーダーに入っているなら `openjpki card unplug {name}` で抜けます)。"
    )
    en = (
        'The card "{name}" is in use by another process. Try again when it is done '
        "(if it is plugged in, `openjpki card unplug {name}` pulls it)."
    )


class CardNotWritten(Failure):
    """A change could not be made durable; the card answered nothing."""

    code = "card.store.not-written"
    kind = Kind.UNAVAILABLE
    ja = "カード「{name}」への書き込みを保存できませんでした({reason})。カードは応答を返していません。"
    en = 'A change of the card "{name}" could not be stored ({reason}). The card gave no answer.'


def _pass(_: Checkpoint) -> None:
    """Be no checkpoint: outside tests nothing happens between two steps."""


class CardStore:
    """The cards of one folder. `checkpoint` is called after each step in which an image becomes durable."""

    def __init__(self, folder: Path, checkpoint: Callable[[Checkpoint], None] = _pass) -> None:
        self._folder = folder
        self._checkpoint = checkpoint

    def list(self) -> tuple[str, ...]:
        """Return the names of the cards, sorted; none if the folder does not exist."""
        stems = (path.stem for path in self._folder.glob(f"*{SUFFIX}") if path.is_file())
        return tuple(sorted(stem for stem in stems if _NAME.fullmatch(stem)))

    def create(self, name: str, image: CardImage) -> None:
        """Store a new card; raises `BadCardName`, `CardExists`, `CardBusy` or `CardNotWritten`."""
        path = self._path(name)
        self._folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        with _Lock(path):
            if path.exists():
                raise CardExists(name=name)
            _write(path, to_bytes(image), self._checkpoint)

    def look(self, name: str) -> CardImage:
        """Return the stored image without taking the card; raises as `open` does, `CardBusy` excepted."""
        return _read(self._path(name))

    def rewrite(self, name: str, change: Callable[[bytes], bytes]) -> None:
        """Replace a card's file by what `change` makes of its bytes, as an upgrade of the home does; nobody has it meanwhile.

        Raises as `open` does, and what `change` raises, having changed nothing.
        """
        path = self._path(name)
        with _Lock(path):
            _write(path, change(_bytes(path)), self._checkpoint)

    def open(self, name: str) -> "StoredCard":
        """Take the card until it is closed.

        Raises `BadCardName`, `CardMissing`, `CardBusy`, and the refusals of `card.imagefile`.
        """
        path = self._path(name)
        if not path.is_file():
            raise CardMissing(name=name)
        lock = _Lock(path)
        try:
            return StoredCard(path, lock, _read(path), self._checkpoint)
        except BaseException:
            lock.close()
            raise

    def note(self, name: str, kind: str) -> Path:
        """Return the place of a note about a card, beside it and no part of a backup; raises `BadCardName`."""
        return _beside(self._path(name), kind)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise BadCardName
        return self._folder / f"{name}{SUFFIX}"


class StoredCard:
    """One card's file, held by its lock; a context manager."""

    def __init__(
        self, path: Path, lock: "_Lock", image: CardImage, checkpoint: Callable[[Checkpoint], None] = _pass
    ) -> None:
        self._path = path
        self._checkpoint = checkpoint
        self._lock = lock
        self.initial = image
        """The image as it was when the card was taken."""

    @property
    def name(self) -> str:
        """Return the card's name."""
        return self._path.stem

    def keep(self, image: CardImage) -> None:
        """Return once this image is durable; raise `CardNotWritten` otherwise."""
        _write(self._path, to_bytes(image), self._checkpoint)

    def close(self) -> None:
        """Give the card back; closing twice is no fault."""
        self._lock.close()

    def __enter__(self) -> Self:
        """Hold the card."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the card back."""
        self.close()


class _Lock:
    """An exclusive lock beside the image: the image itself is replaced at every write, and a lock with it."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(_private(_beside(path, "lock"), os.O_WRONLY), "w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise CardBusy(name=path.stem) from None

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _beside(path: Path, kind: str) -> Path:
    return path.with_name(f".{path.stem}.{kind}")


def _private(path: Path, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, _PRIVATE)


def _read(path: Path) -> CardImage:
    return from_bytes(_bytes(path))


def _bytes(path: Path) -> bytes:
    """Return what a card's file holds, a byte more than the most at most."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_IMAGE + 1)
    except FileNotFoundError:
        raise CardMissing(name=path.stem) from None


def _write(path: Path, content: bytes, checkpoint: Callable[[Checkpoint], None]) -> None:
    """Replace a file durably: temporary file, flush, rename, flush of the folder. The lock is held."""
    temporary = _beside(path, "new")
    try:
        with os.fdopen(_private(temporary, os.O_WRONLY | os.O_TRUNC), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        checkpoint(Checkpoint.TEMPORARY_WRITTEN)
        temporary.replace(path)
        checkpoint(Checkpoint.RENAMED)
        _flush_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise CardNotWritten(name=path.stem, reason=error.strerror) from error
    checkpoint(Checkpoint.FOLDER_FLUSHED)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
