import gzip
import io
import stat
import tarfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from openjpki.errors import Failure
from openjpki.site.keeping.archive import BackupExists, copied, measured, opened_archive, write
from openjpki.site.keeping.manifest import NAME, Manifest, Member
from tests.support.programs import tree
from tests.unit.site.keeping.test_manifest import MANIFEST

CONTENTS = {"home/authority/public/ca/signature-1.cer": b"der", "home/secret": b"s" * 64, "databases/a.sqlite3": b""}


def manifest_of(contents: dict[str, bytes]) -> Manifest:
    """Return the manifest of some files."""
    members = (
        Member(
            name=name,
            mode="public" if name.endswith(".cer") else "private",
            size=len(content),
            sha256=sha256(content).hexdigest(),
        )
        for name, content in contents.items()
    )
    return replace(MANIFEST, members=tuple(members))


def parts_of(folder: Path) -> Path:
    """Lay the files out as a backup does."""
    for name, content in CONTENTS.items():
        copied(io.BytesIO(content), folder / name)
    return folder


def file(name: str, content: bytes, **fields: object) -> tuple[tarfile.TarInfo, bytes]:
    """Return a tar member; `fields` change its header."""
    header = tarfile.TarInfo(name)
    header.size = len(content)
    for field, value in fields.items():
        setattr(header, field, value)
    return header, content


def packed(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    """Return a compressed tar, made without asking whether it is one of ours."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz", format=tarfile.GNU_FORMAT) as tar:
        for header, content in members:
            tar.addfile(header, io.BytesIO(content))
    return raw.getvalue()


def honest() -> list[tuple[tarfile.TarInfo, bytes]]:
    """Return the members of a sound backup."""
    said = bytes(manifest_of(CONTENTS))
    return [file(NAME, said), *(file(name, content) for name, content in CONTENTS.items())]


def read(raw: bytes, folder: Path) -> Manifest:
    """Unpack a backup given as bytes."""
    path = folder / "backup.tar.gz"
    path.write_bytes(raw)
    with opened_archive(path, 2) as archive:
        archive.unpack(folder / "out")
        return archive.manifest


def test_what_is_packed_comes_out(tmp_path: Path) -> None:
    """Every byte and mode, in a file that only its owner may read, beside which nothing is left."""
    parts = parts_of(tmp_path / "parts")
    path = tmp_path / "there" / "backup.tar.gz"
    path.parent.mkdir()
    write(path, manifest_of(CONTENTS), parts)
    with opened_archive(path, 2) as archive:
        archive.unpack(tmp_path / "out")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["backup.tar.gz"]
    assert {name: (tmp_path / "out" / name).read_bytes() for name in CONTENTS} == CONTENTS
    assert stat.S_IMODE((tmp_path / "out/home/secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "out/home/authority/public/ca/signature-1.cer").stat().st_mode) == 0o644


@pytest.mark.parametrize("size", range(0, tarfile.RECORDSIZE + 1, tarfile.BLOCKSIZE))
def test_an_archive_may_end_anywhere_in_a_record(tmp_path: Path, size: int) -> None:
    """A tar is filled up to whole records: wherever its last member ends, the rest is no stranger's."""
    contents = {"home/secret": b"s" * size}
    said = bytes(manifest_of(contents))
    members = [file(NAME, said), *(file(name, content) for name, content in contents.items())]

    assert read(packed(members), tmp_path) == manifest_of(contents)


def test_a_backup_is_never_overwritten(tmp_path: Path) -> None:
    """Also one that came into being meanwhile stays as it is."""
    path = tmp_path / "backup.tar.gz"
    path.write_bytes(b"another")

    with pytest.raises(BackupExists):
        write(path, manifest_of(CONTENTS), parts_of(tmp_path / "parts"))
    assert path.read_bytes() == b"another"
    assert not [entry for entry in tmp_path.iterdir() if entry.name.startswith(".")]


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    """A part that is not there, a disk that is full: no file, no half of one."""
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "backup.tar.gz", manifest_of(CONTENTS), tmp_path / "parts")
    assert tree(tmp_path) == {}


Spoiler = Callable[[], bytes]


def _with(member: tuple[tarfile.TarInfo, bytes]) -> Spoiler:
    return lambda: packed([*honest(), member])


def _instead(at: int, member: tuple[tarfile.TarInfo, bytes]) -> Spoiler:
    return lambda: packed([*honest()[:at], member, *honest()[at + 1 :]])


SPOILT: dict[str, tuple[str, Spoiler]] = {
    "empty": ("restore.no-archive", lambda: b""),
    "no gzip": ("restore.no-archive", lambda: b"PK\x03\x04 something else"),
    "no tar": ("restore.no-archive", lambda: gzip.compress(b"x" * 2048)),
    "an empty tar": ("restore.no-archive", lambda: packed([])),
    "no manifest": ("restore.no-archive", lambda: packed(honest()[1:])),
    "manifest second": ("restore.no-archive", lambda: packed([honest()[1], honest()[0], *honest()[2:]])),
    "no JSON": ("restore.manifest-unsound", _instead(0, file(NAME, b"{"))),
    "cut off": ("restore.no-archive", lambda: packed(honest())[:-200]),
    "cut off before the checksum": ("restore.no-archive", lambda: packed(honest())[:-4]),
    "a byte changed": ("restore.damaged", _instead(2, file("home/secret", b"t" * 64))),
    "shorter": ("restore.damaged", _instead(2, file("home/secret", b"s" * 63))),
    "longer": ("restore.damaged", _instead(2, file("home/secret", b"s" * 65))),
    "missing": ("restore.damaged", lambda: packed(honest()[:-1])),
    "one more": ("restore.member-refused", _with(file("home/more", b""))),
    "one twice": ("restore.member-refused", _with(file("home/secret", b"s" * 64))),
    "path upwards": ("restore.member-refused", _with(file("home/../../etc/passwd", b"x"))),
    "absolute path": ("restore.member-refused", _with(file("/etc/passwd", b"x"))),
    "folder": ("restore.member-refused", _with(file("home/cards", b"", type=tarfile.DIRTYPE))),
    "old folder": ("restore.member-refused", _with(file("home/cards/", b"", type=tarfile.AREGTYPE))),
    "symbolic link": (
        "restore.member-refused",
        _instead(2, file("home/secret", b"", type=tarfile.SYMTYPE, linkname="/")),
    ),
    "hard link": ("restore.member-refused", _instead(2, file("home/secret", b"", type=tarfile.LNKTYPE, linkname="a"))),
    "device": ("restore.member-refused", _instead(2, file("home/secret", b"", type=tarfile.CHRTYPE))),
    "pipe": ("restore.member-refused", _instead(2, file("home/secret", b"", type=tarfile.FIFOTYPE))),
    "sparse": ("restore.member-refused", _with(file("home/more", b"", type=tarfile.GNUTYPE_SPARSE))),
    "long name": ("restore.member-refused", _with(file("home/" + "x" * 200, b""))),
    "extended header": ("restore.member-refused", _instead(0, file("x", b"", type=tarfile.XHDTYPE))),
    "something behind": ("restore.no-archive", lambda: packed(honest()) + gzip.compress(b"x" * 100_000)),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_backup_is_refused_by_code(tmp_path: Path, how: str) -> None:
    """Whatever was done to it, there is one stable code, and nothing is written outside its folder."""
    code, spoil = SPOILT[how]

    with pytest.raises(Failure) as told:
        read(spoil(), tmp_path)
    assert told.value.code == code
    assert {entry.name for entry in tmp_path.iterdir()} <= {"backup.tar.gz", "out"}


@pytest.mark.parametrize("at", range(0, 600, 37))
def test_any_changed_byte_is_found(tmp_path: Path, at: int) -> None:
    """Compression, header, content: no flipped bit comes through as something else."""
    raw = bytearray(packed(honest()))
    raw[min(at, len(raw) - 1)] ^= 0x10
    with suppress(Failure):
        assert read(bytes(raw), tmp_path) == manifest_of(CONTENTS)
        assert at < 10, "only gzip's own header may differ"


def test_a_bomb_does_not_go_off(tmp_path: Path) -> None:
    """A member is written no further than its manifest says; a header that claims gigabytes is refused unread."""
    huge = file("home/secret", b"")
    header = huge[0]
    header.size = 64 * 2**30
    raw = io.BytesIO()
    with gzip.open(raw, "wb") as packing:
        manifest = bytes(manifest_of(CONTENTS))
        first = file(NAME, manifest)[0]
        packing.write(first.tobuf(tarfile.GNU_FORMAT) + manifest + b"\0" * (-len(manifest) % 512))
        packing.write(header.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1_000_000)

    with pytest.raises(Failure, match=r"restore.damaged"):
        read(raw.getvalue(), tmp_path)


def test_a_file_is_measured_as_it_is_copied(tmp_path: Path) -> None:
    """Size and hash are of what was written."""
    assert copied(io.BytesIO(b"abc"), tmp_path / "a") == (3, sha256(b"abc").hexdigest())
    assert measured(tmp_path / "a") == (3, sha256(b"abc").hexdigest())
