import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.site.keeping.manifest import (
    BackupOfOtherVersion,
    Manifest,
    ManifestUnsound,
    Member,
    MemberRefused,
    check_name,
)

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
SECRET = Member(name="home/secret", mode="private", size=64, sha256="0" * 64)
MANIFEST = Manifest(
    version="0.1.0", home_format=2, engine="sqlite", taken_at=NOW, legal_at=NOW, members=(SECRET,), left_out=("link",)
)


def changed(**fields: Any) -> bytes:
    """Return the JSON of a manifest that a hand has changed."""
    return json.dumps(json.loads(bytes(MANIFEST)) | fields).encode()


@given(
    size=st.integers(0, 2**60),
    mode=st.sampled_from(["private", "public"]),
    name=st.from_regex(r"home/[a-z]{1,9}(/[a-z.]{3,9})?", fullmatch=True),
    left_out=st.lists(st.text(max_size=9), max_size=3),
)
def test_a_manifest_comes_back_as_it_was(size: int, mode: str, name: str, left_out: list[str]) -> None:
    """Reading is the inverse of writing."""
    if any(part in {".", ".."} for part in name.split("/")) or "..." in name:
        return
    member = Member(name=name, mode=mode, size=size, sha256="a" * 64)
    manifest = replace(MANIFEST, members=(member,), left_out=tuple(left_out))

    assert Manifest.from_bytes(bytes(manifest), 2) == manifest
    assert manifest.by_name() == {name: member}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b"{}",
        b"\xff",
        changed(engine="oracle"),
        changed(taken_at="yesterday"),
        changed(taken_at="2026-11-27T12:00:00"),
        changed(home_format="2"),
        changed(home_format=True),
        changed(left_out=[1]),
        changed(members=[{}]),
        changed(members=[{"name": 1, "mode": "private", "size": 1, "sha256": "0" * 64}]),
        changed(members=[{"name": "home/a", "mode": "setuid", "size": 1, "sha256": "0" * 64}]),
        changed(members=[{"name": "home/a", "mode": [], "size": 1, "sha256": "0" * 64}]),
        changed(members=[{"name": "home/a", "mode": "private", "size": -1, "sha256": "0" * 64}]),
        changed(members=[{"name": "home/a", "mode": "private", "size": 1, "sha256": "0"}]),
        changed(more=1),
    ],
    ids=range(19),
)
def test_what_is_no_manifest_is_refused(raw: bytes) -> None:
    """A manifest is exactly ours: no field more, none less, each of its kind."""
    with pytest.raises(ManifestUnsound):
        Manifest.from_bytes(raw, 2)


@pytest.mark.parametrize(("fields", "found"), [({"format": 2}, 2), ({"home_format": 3}, 3), ({"home_format": 0}, 0)])
def test_a_later_version_is_told(fields: dict[str, int], found: int) -> None:
    """A layout or a home of a later version is not guessed at."""
    with pytest.raises(BackupOfOtherVersion) as told:
        Manifest.from_bytes(changed(**fields), 2)
    assert told.value.data["found"] == found


@pytest.mark.parametrize(
    "name",
    [
        "secret",
        "/home/secret",
        "home/",
        "home/../secret",
        "home/./secret",
        "home//secret",
        "home/a\nb",
        "home/a\\b",
        "home/a\0",
        "home/" + "あ" * 40,
        "databases/../home/secret",
    ],
)
def test_a_name_stays_inside(name: str) -> None:
    """No name leads out of the home, and none is longer than a header holds."""
    with pytest.raises(MemberRefused):
        check_name(name)


@pytest.mark.parametrize(
    ("names", "reason"),
    [(["home/a", "home/a"], "twice"), (["home/a/b", "home/a"], "below a file"), (["home/..", "home/a"], "path")],
)
def test_members_do_not_stand_in_each_others_way(names: list[str], reason: str) -> None:
    """A name is given once, and a file is no folder."""
    members = [{"name": name, "mode": "private", "size": 1, "sha256": "0" * 64} for name in names]

    with pytest.raises(MemberRefused) as told:
        Manifest.from_bytes(changed(members=members), 2)
    assert told.value.data["reason"] == reason
