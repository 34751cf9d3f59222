import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import lmdb
import pytest

from openjpki.authority.responding.askers import DIGEST, Asker
from openjpki.authority.responding.form import ASKER, DATA, Generation, Head, World
from openjpki.authority.responding.reading import StatusFile
from openjpki.authority.responding.store import Entry, StatusWriter, copy_store
from openjpki.authority.responding.view import KnownIssuer, NotSure
from openjpki.pki.ocsp import RequestedStatus
from openjpki.rules.kinds import CertificateKind

NOW = datetime(2026, 1, 5, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
ISSUER = KnownIssuer(number=1, kind="signature", certificate=b"ca")
WORLD = World(
    generations=(
        Generation(number=1, kind="signature", certificate=b"ca", not_before=NOW, not_after=NOW + timedelta(days=3650)),
    )
)


def item(serial: int) -> RequestedStatus:
    """Return a question about a serial."""
    return RequestedStatus(issuer_name_hash=b"", issuer_key_hash=b"", hash_name="sha1", serial=serial, identifier=b"")


def reader(folder: Path) -> StatusFile:
    """Return a reader of a folder."""
    minute = timedelta(minutes=1)
    return StatusFile(folder, answer=15 * minute, bound=minute, tolerance=minute)


def written(folder: Path, *entries: Entry, head: Head | None = None, world: World | None = WORLD) -> StatusFile:
    """Write a store and return its reader."""
    writer = StatusWriter(folder)
    writer.add(entries, head or Head(position=len(entries), complete_at=SECONDS, version=1), world)
    writer.close()
    return reader(folder)


@pytest.mark.parametrize("serial", [0, -1, 2**63, 2**159, 8])
def test_what_no_column_holds_was_never_given(tmp_path: Path, serial: int) -> None:
    """RFC 5280 §4.1.2.2: serials of up to twenty octets may be asked about; none but those given is known."""
    store = written(tmp_path, Entry(issuer=1, serial=7, standing=b""))
    with store.view(NOW) as view:
        assert view.find(ISSUER, item(serial)) is None
        assert view.find(ISSUER, item(7)) is not None
    store.close()


@pytest.mark.parametrize(
    "damage", ["no world", "no head", "half a head", "half a standing", "a world of another version", "no store"]
)
def test_a_damaged_store_says_nothing(tmp_path: Path, damage: str) -> None:
    """What cannot be read is tryLater, never good, and the process goes on."""
    store = written(tmp_path, Entry(issuer=1, serial=7, standing=b"\x00" if damage == "half a standing" else b""))
    with lmdb.open(str(tmp_path), map_size=2**20) as file, file.begin(write=True) as writing:
        if damage == "no world":
            writing.delete(b"world")
        elif damage == "a world of another version":
            writing.put(b"world", b"\xc1")
        elif damage == "half a head":
            writing.put(b"head", b"\x00" * 20)
        elif damage == "no head":
            writing.delete(b"head")
    if damage == "no store":
        (tmp_path / DATA).write_bytes(b"no store" * 2000)

    with pytest.raises(NotSure), store.view(NOW) as view:
        view.find(ISSUER, item(7))
    if "head" in damage or damage == "no store":
        with pytest.raises(NotSure):
            store.look(NOW)
    if damage == "no store":
        with pytest.raises(NotSure):
            store.standing(1, 7)
    store.close()


def test_a_store_that_is_being_filled_says_nothing(tmp_path: Path) -> None:
    """Without a moment up to which it is complete, a certificate in it may have ended."""
    store = written(tmp_path, Entry(issuer=1, serial=7, standing=b""), head=Head(position=1, version=1))
    with pytest.raises(NotSure), store.view(NOW):
        pass
    store.close()


def test_an_issuer_that_is_not_in_force_is_not_known(tmp_path: Path) -> None:
    """Before its first second, and from its last on, a CA generation answers nothing."""
    late = NOW + timedelta(days=3650)
    store = written(tmp_path)
    with store.view(NOW) as view:
        assert [one.number for one in view.issuers(None)] == [1]
        assert view.issuers("authentication") == []
        assert view.delegates(ISSUER) == []
    store.close()
    over = written(tmp_path, head=Head(complete_at=int(late.timestamp()), version=2))
    with over.view(late) as view:
        assert view.issuers("signature") == []
    over.close()


def test_threads_read_while_the_file_gives_way(tmp_path: Path) -> None:
    """A copy takes the file's place again and again: whoever reads goes on with what it had, and nobody falls."""
    source, target = tmp_path / "source", tmp_path / "target"
    written(source, Entry(issuer=1, serial=7, standing=b"")).close()
    copy_store(source, target)
    store = reader(target)
    stop = threading.Event()

    def read() -> int:
        count = 0
        while not stop.is_set():
            with store.view(NOW) as view:
                time.sleep(0.001)
                assert view.find(ISSUER, item(7)) is not None
            count += 1
        return count

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        for _ in range(30):
            copy_store(source, target)
            time.sleep(0.005)
        stop.set()
        assert all(one.result() for one in readers)
    store.close()


def test_a_look_holds_for_its_second_and_for_what_really_passed(tmp_path: Path) -> None:
    """The same look is given again while file and moment are the same, and never beyond the bound of real seconds."""
    seconds = [0.0]
    minute = timedelta(minutes=1)
    written(tmp_path).close()
    store = StatusFile(tmp_path, answer=15 * minute, bound=minute, tolerance=minute, elapsed=lambda: seconds[0])
    first = store.look(NOW)
    seconds[0] = 60.0
    assert store.look(NOW) is first
    assert store.look(NOW + timedelta(seconds=1)) is not first
    seconds[0] = 60.1
    for at in (NOW, NOW + timedelta(seconds=1)):
        with pytest.raises(NotSure):
            store.look(at)
    assert store.head() == first.head
    store.close()


def test_who_may_ask_is_read_from_the_last_commit(tmp_path: Path) -> None:
    """R-5.24: by the digest of the certificate; one that is not there, or not of the form, is nobody's."""
    day = NOW.date()
    asker = Asker(not_before=NOW, not_after=NOW, since=day, until=day, kinds=frozenset({CertificateKind.SIGNATURE}))
    head, digest = Head(complete_at=SECONDS, version=1), b"d" * DIGEST
    store = written(tmp_path)
    assert store.asker(digest) is None
    for askers, found in (({digest: asker}, asker), ({}, None)):
        store.close()
        writer = StatusWriter(tmp_path)
        writer.add((), head, None, askers)
        writer.add((), head)
        writer.close()
        assert store.asker(digest) == found
    store.close()
    with lmdb.open(str(tmp_path), map_size=2**20) as file, file.begin(write=True) as writing:
        writing.put(ASKER + digest, b"of another version")
    with pytest.raises(NotSure):
        store.asker(digest)
    store.close()


@pytest.mark.parametrize("act", ["head", "asker"])
def test_without_a_store_there_is_nothing_to_read(tmp_path: Path, act: str) -> None:
    """No file, and a file that is none."""
    store = reader(tmp_path)
    asked = store.head if act == "head" else lambda: store.asker(b"d" * DIGEST)
    with pytest.raises(NotSure):
        asked()
    (tmp_path / DATA).write_bytes(b"no store" * 2000)
    with pytest.raises(NotSure):
        asked()
