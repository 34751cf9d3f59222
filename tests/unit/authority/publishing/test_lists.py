import threading
from pathlib import Path

import pytest

from openjpki.authority.models import CrlPublication, Issuer
from openjpki.authority.publishing.lists import ListFolder, ListMissing, PartitionBusy, pieces_of
from openjpki.authority.publishing.publication import newest_list, publish
from tests.support.authority import OPENED, SIGNATURE, Scene
from tests.support.walls import without_walls

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)


def folder_of(scene: Scene) -> ListFolder:
    """Return the folder of Wakaba's signature certificates."""
    return ListFolder.of(scene.authority.lists, Issuer.objects.get(kind="signature"), "99201")


def newest(scene: Scene) -> CrlPublication:
    """Return the newest list of that partition."""
    found = newest_list(Issuer.objects.get(kind="signature"), "99201")
    assert found is not None
    assert scene.clock() >= found.this_update
    return found


def public(scene: Scene) -> Path:
    """Return its public file."""
    return scene.folder / "public" / "crl" / "signature-1-99201.crl"


def test_the_lease_is_one_publishers(tmp_path: Path) -> None:
    """Who finds a partition taken waits, and is told when it takes too long; another partition is free (R-5.25)."""
    folder = ListFolder(lists=tmp_path, partition="signature-1-99201")
    with folder.leased():
        with pytest.raises(PartitionBusy) as busy, folder.leased(patience=0.1):
            pass
        assert "signature-1-99201" in busy.value.message("ja")
        with ListFolder(lists=tmp_path, partition="signature-1-99202").leased(patience=0):
            pass
    with folder.leased(patience=0):
        pass


def test_who_waits_has_the_lease_next(tmp_path: Path) -> None:
    """A lease that is given back is taken by whoever waits for it."""
    folder = ListFolder(lists=tmp_path, partition="signature-1-99201")
    had = []

    def wait() -> None:
        with folder.leased():
            had.append("second")

    with folder.leased():
        thread = threading.Thread(target=wait)
        thread.start()
        had.append("first")
    thread.join()

    assert had == ["first", "second"]


def test_a_publisher_that_finds_a_partition_taken_signs_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two publishers never sign one number: the later waits, and gives up after a time."""
    monkeypatch.setattr(ListFolder.leased.__wrapped__, "__defaults__", (0.0,))  # type: ignore[attr-defined]  # contextmanager's
    with folder_of(scene).leased(), pytest.raises(PartitionBusy):
        publish(scene.authority, OPENED)

    assert not CrlPublication.objects.filter(issuer__kind="signature").exists()


def test_only_the_newest_list_is_kept(scene: Scene) -> None:
    """What an older one said follows from the journal, and its SHA-256 stands in its row and in the record."""
    for _ in range(3):
        scene.authority.publish_crls()

    assert [path.name for path in folder_of(scene).path.iterdir()] == ["3.crl"]
    assert CrlPublication.objects.filter(municipality="99201", issuer__kind="signature").count() == 3


def test_a_public_file_that_was_changed_is_mended(scene: Scene) -> None:
    """The row is the truth: whatever stands in the public place, of this length or another, gives way to the list."""
    scene.authority.publish_crls()
    before = public(scene).read_bytes()
    for wrong in (before[:-1] + bytes((before[-1] ^ 1,)), b"short"):
        public(scene).write_bytes(wrong)
        scene.authority.write_public()

        assert public(scene).read_bytes() == before


def test_a_file_that_is_not_what_its_row_says_is_not_shown(scene: Scene) -> None:
    """A damaged or lost list leaves the public file as it is, and nothing beside it; the next publication mends both."""
    scene.authority.publish_crls()
    before = public(scene).read_bytes()
    public(scene).write_bytes(b"another")
    (file,) = folder_of(scene).path.iterdir()
    for damage in (before[:-1] + bytes((before[-1] ^ 1,)), before[:-1], None):
        file.unlink(missing_ok=True)
        if damage is not None:
            file.write_bytes(damage)
        scene.authority.write_public()
        assert public(scene).read_bytes() == b"another"
        assert len(list(public(scene).parent.iterdir())) == 6
    with pytest.raises(ListMissing):
        folder_of(scene).open(newest(scene))
    scene.authority.publish_crls()

    assert scene.listed(SIGNATURE) == {}
    assert newest(scene).number == 2


def test_a_list_of_an_older_home_is_in_its_row(scene: Scene) -> None:
    """Homes of format 4 kept lists in the database: they are served and shown from there, until the next publication."""
    scene.authority.publish_crls()
    crl = public(scene).read_bytes()
    with without_walls():
        CrlPublication.objects.filter(pk=newest(scene).pk).update(crl=crl)
    (file,) = folder_of(scene).path.iterdir()
    file.unlink()
    public(scene).unlink()
    with folder_of(scene).open(newest(scene)) as opened:
        assert b"".join(pieces_of(opened)) == crl
    scene.authority.write_public()

    assert public(scene).read_bytes() == crl
