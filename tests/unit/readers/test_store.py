import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from openjpki.card.imagefile import MAX_IMAGE, ImageDamaged, ImageEmpty, ImageOfOtherVersion, ImageTooLarge, to_bytes
from openjpki.errors import Failure
from openjpki.readers.store import (
    BadCardName,
    CardBusy,
    CardExists,
    CardMissing,
    CardNotWritten,
    CardStore,
)
from openjpki.rules.kinds import PinKind
from tests.support.programs import plain_environment
from tests.unit.card.cards import blank, ordinary, with_tries


@pytest.fixture
def store(tmp_path: Path) -> CardStore:
    """Return a store with one card, in a folder that did not exist."""
    found = CardStore(tmp_path / "cards")
    found.create("taro", ordinary())
    return found


def test_a_card_comes_back_as_it_was_created(store: CardStore) -> None:
    """What is created can be taken, and looked at."""
    with store.open("taro") as card:
        assert card.initial == ordinary()
        assert card.name == "taro"
        assert store.look("taro") == ordinary()
    assert store.look("taro") == ordinary()


def test_files_are_private(store: CardStore, tmp_path: Path) -> None:
    """An image holds private keys: file 0600, folder 0700, whatever the umask."""
    before = os.umask(0)
    try:
        CardStore(tmp_path / "open").create("hanako", blank())
    finally:
        os.umask(before)

    folders = (tmp_path / "cards", tmp_path / "open")
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in folders] == [0o700, 0o700]
    assert {stat.S_IMODE(path.stat().st_mode) for folder in folders for path in folder.iterdir()} == {0o600}
    assert store.list() == ("taro",)


def test_cards_are_listed_by_name(store: CardStore, tmp_path: Path) -> None:
    """Only files that can be cards are listed; an absent folder holds none."""
    store.create("hanako", blank())
    (tmp_path / "cards" / "folder.card").mkdir()
    (tmp_path / "cards" / "strange name.card").write_bytes(b"")
    (tmp_path / "cards" / "note.txt").write_bytes(b"")

    assert store.list() == ("hanako", "taro")
    assert CardStore(tmp_path / "nowhere").list() == ()


def test_a_change_is_in_the_file_when_keep_returns(store: CardStore) -> None:
    """Another reader of the file sees it at once, whole; no temporary file is left."""
    changed = with_tries(ordinary(), PinKind.SIGNATURE, 1)
    with store.open("taro") as card:
        card.keep(changed)

        assert store.look("taro") == changed
        assert card.initial == ordinary()
    assert store.look("taro") == changed


def test_an_existing_card_is_not_overwritten(store: CardStore) -> None:
    """A name names one card."""
    with pytest.raises(CardExists):
        store.create("taro", blank())
    assert store.look("taro") == ordinary()


def test_a_missing_card_is_told(store: CardStore, tmp_path: Path) -> None:
    """A typing error in a name, or a card whose file vanished while it was taken."""
    with pytest.raises(CardMissing):
        store.open("jiro")
    with pytest.raises(CardMissing):
        store.look("jiro")
    with store.open("taro"):
        (tmp_path / "cards" / "taro.card").unlink()
        with pytest.raises(CardMissing):
            store.look("taro")
    assert not (tmp_path / "cards" / ".jiro.lock").exists()


@pytest.mark.parametrize("name", ["", "../taro", "a/b", ".hidden", "a.b", "a" * 65, "名前", "-x", "taro\n"])
def test_a_name_is_no_path(store: CardStore, name: str) -> None:
    """A card's name never leaves its folder."""
    for act in (store.open, store.look):
        with pytest.raises(BadCardName):
            act(name)
    with pytest.raises(BadCardName):
        store.create(name, blank())


def test_a_card_is_taken_by_one_at_a_time(store: CardStore) -> None:
    """One user per image, also within a process; the lock goes when the card is given back."""
    with store.open("taro"), pytest.raises(CardBusy):
        store.open("taro")
    store.open("taro").close()


def test_another_process_finds_it_taken(store: CardStore, tmp_path: Path) -> None:
    """The lock holds across processes, and dies with the process that held it."""
    program = (
        "import sys, pathlib; from openjpki.readers.store import CardStore; from openjpki.errors import Failure\n"
        "try: CardStore(pathlib.Path(sys.argv[1])).open('taro'); print('taken')\n"
        "except Failure as failure: print(failure.code)"
    )

    def ask() -> str:
        run = [sys.executable, "-c", program, str(tmp_path / "cards")]
        return subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip()

    with store.open("taro"):
        assert ask() == "card.store.busy"
    assert ask() == "taken"
    store.open("taro").close()


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", ImageEmpty),
        (b" " * (MAX_IMAGE + 1), ImageTooLarge),
        (b"no card", ImageDamaged),
        (to_bytes(blank())[:-1], ImageDamaged),
        (to_bytes(blank()).replace(b'"version":3', b'"version":1'), ImageOfOtherVersion),
    ],
    ids=["empty", "too large", "no card", "cut", "other version"],
)
def test_a_file_that_is_no_card_is_refused_and_kept(
    store: CardStore, tmp_path: Path, content: bytes, refusal: type[Failure]
) -> None:
    """A damaged file is told as what it is, is not changed, and is not held."""
    path = tmp_path / "cards" / "taro.card"
    path.write_bytes(content)

    for _ in range(2):
        with pytest.raises(refusal):
            store.open("taro")
    with pytest.raises(refusal):
        store.look("taro")
    assert path.read_bytes() == content


def test_a_write_that_fails_leaves_the_old_image(store: CardStore, tmp_path: Path) -> None:
    """A temporary file that cannot be made: the old image stays, whole, and the refusal says why."""
    (tmp_path / "cards" / ".taro.new").mkdir()
    with store.open("taro") as card:
        with pytest.raises(CardNotWritten) as refused:
            card.keep(blank())

        assert store.look("taro") == ordinary()
    assert refused.value.data == {"name": "taro", "reason": "Is a directory"}


def test_a_write_is_flushed_before_and_after_it_takes_the_place(
    store: CardStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """File, then rename, then folder: each is on the disk before the next, so a power cut leaves old or new."""
    told: list[str] = []
    flush, rename = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        told.append("flush folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "flush file")
        flush(descriptor)

    def replace(path: Path, target: Path) -> Path:
        told.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    with store.open("taro") as card:
        card.keep(blank())

    assert told == ["flush file", "rename", "flush folder"]


def test_a_full_disk_leaves_no_half_file(store: CardStore, tmp_path: Path) -> None:
    """A write that breaks off leaves the old image and no temporary file."""
    program = (
        "import sys, pathlib, resource, signal; from openjpki.readers.store import CardStore\n"
        "from openjpki.errors import Failure; from tests.unit.card.cards import blank\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "card = CardStore(pathlib.Path(sys.argv[1])).open('taro')\n"
        "try: card.keep(blank())\n"
        "except Failure as failure: print(failure.code)"
    )
    run = [sys.executable, "-c", program, str(tmp_path / "cards")]
    told = subprocess.run(run, capture_output=True, text=True, check=True, env=plain_environment()).stdout.strip()

    assert told == "card.store.not-written"
    assert store.look("taro") == ordinary()
    assert sorted(path.name for path in (tmp_path / "cards").iterdir()) == [".taro.lock", "taro.card"]


def test_a_link_in_place_of_our_files_is_not_followed(store: CardStore, tmp_path: Path) -> None:
    """Whoever can write into the folder cannot make us overwrite another file."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    (tmp_path / "cards" / ".taro.new").symlink_to(victim)

    with store.open("taro") as card, pytest.raises(CardNotWritten):
        card.keep(blank())
    assert victim.read_bytes() == b"precious"


def test_a_file_is_rewritten_whole_or_not_at_all(store: CardStore, tmp_path: Path) -> None:
    """An upgrade changes bytes, not images; nobody has the card meanwhile, and what it refuses changes nothing."""
    path = tmp_path / "cards" / "taro.card"
    before = path.read_bytes()

    def refuse(_: bytes) -> bytes:
        raise CardMissing(name="another")

    with pytest.raises(CardMissing):
        store.rewrite("taro", refuse)
    with pytest.raises(CardMissing):
        store.rewrite("jiro", bytes)
    with store.open("taro"), pytest.raises(CardBusy):
        store.rewrite("taro", bytes)
    assert path.read_bytes() == before
    store.rewrite("taro", lambda raw: raw + b" ")

    assert path.read_bytes() == before + b" "
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
