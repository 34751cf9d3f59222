from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from openjpki.authority.responding.askers import Asker
from openjpki.authority.responding.form import DATA, Generation, Head, World
from openjpki.authority.responding.store import Entry, StatusWriter, StoreUnwritable
from openjpki.rules.kinds import CertificateKind

NOW = datetime(2026, 1, 5, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
WORLD = World(
    generations=(
        Generation(number=1, kind="signature", certificate=b"ca", not_before=NOW, not_after=NOW + timedelta(days=3650)),
    )
)


def written(folder: Path, *entries: Entry) -> None:
    """Write a store."""
    writer = StatusWriter(folder)
    writer.add(entries, Head(position=len(entries), complete_at=SECONDS, version=1), WORLD)
    writer.close()


def test_a_writer_finds_what_it_wrote(tmp_path: Path) -> None:
    """Its head and its world, also after it was begun anew, when nothing is in it any more but a rising version."""
    writer = StatusWriter(tmp_path)
    assert (writer.head, writer.world) == (Head(), World())
    head = Head(position=1, complete_at=SECONDS, version=4)
    writer.add([Entry(issuer=1, serial=7, standing=b"")], head, WORLD)
    assert (writer.head, writer.world) == (head, WORLD)
    writer.clear()

    assert (writer.head, writer.world) == (Head(version=5), World())
    writer.close()


def test_only_who_may_ask_stays(tmp_path: Path) -> None:
    """R-5.24: a round writes all who may ask; who is not among them any more is gone with that commit."""
    asker = Asker(
        not_before=NOW,
        not_after=NOW,
        since=NOW.date(),
        until=NOW.date(),
        kinds=frozenset({CertificateKind.SIGNATURE}),
    )
    writer = StatusWriter(tmp_path)
    head = Head(position=1, complete_at=SECONDS, version=1)
    found = []
    for digests in (b"ab", b"bc", b""):
        writer.add(
            [Entry(issuer=1, serial=7, standing=b"")], head, WORLD, {bytes((one,)) * 32: asker for one in digests}
        )
        with writer._file.begin() as reading:
            found.append([key[1:2] for key, _ in reading.cursor() if len(key) == 33])
    writer.close()

    assert found == [[b"a", b"b"], [b"b", b"c"], []]


def test_the_file_is_its_owners(tmp_path: Path) -> None:
    """What ended is public by the answers; how many, and all at once, is not."""
    written(tmp_path / "new")

    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
    assert (tmp_path / "new" / DATA).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("standing", "most"), [(b"", 32), (bytes(16), 48)])
def test_a_certificate_takes_a_few_bytes(tmp_path: Path, standing: bytes, most: int) -> None:
    """docs/decisions/0024: 13 bytes of key, 10 of the store's own, and 16 for each ending: a node holds the whole country."""
    count = 20_000
    written(tmp_path, *(Entry(issuer=1, serial=serial, standing=standing) for serial in range(1, count + 1)))

    # a page that is split is half empty; serials rise, so that pages fill up
    assert (tmp_path / DATA).stat().st_size / count < most * 1.4


def test_a_store_that_takes_nothing_is_told(tmp_path: Path) -> None:
    """A full disk, or a file that is no store: a failure with a code, and the round after may come through."""
    written(tmp_path / "store")
    (tmp_path / "store" / DATA).write_bytes(b"no store" * 2000)
    with pytest.raises(StoreUnwritable) as refused:
        StatusWriter(tmp_path / "store")

    assert "store" in refused.value.message("en")
