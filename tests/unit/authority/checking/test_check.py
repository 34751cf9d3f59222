"""The check as a whole: what it looks at, tells and leaves alone."""

import pytest

from openjpki.authority.checking import check as checking
from openjpki.authority.checking import stored
from openjpki.authority.checking.check import check
from openjpki.authority.models import (
    Certificate,
)
from tests.support.authority import Scene
from tests.unit.authority.checking.tampering import public_file

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_an_authority_in_good_order_is_sound(busy: Scene) -> None:
    """Every state there is, and nothing is found: certificates, CAs, the responder, lists, folder."""
    report = check(busy.authority)

    assert report.problems == ()
    assert report.sound
    assert report.looked_at == {"authorities": 3, "certificates": 4, "lists": 6}
    assert set(Certificate.objects.values_list("state", flat=True)) == {"revoked", "held", "superseded", "undelivered"}


def test_a_check_writes_nothing(busy: Scene) -> None:
    """It may be run by anybody who may read, at any time: no row and no file is other afterwards."""
    before = {path: path.read_bytes() for path in busy.folder.rglob("*") if path.is_file()}
    passed = len(busy.fuse.passed)
    check(busy.authority)

    assert {path: path.read_bytes() for path in busy.folder.rglob("*") if path.is_file()} == before
    assert len(busy.fuse.passed) == passed


def test_more_than_can_be_told_is_counted(busy: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first ones are told, all are counted: memory is bounded whatever was broken."""
    monkeypatch.setattr(checking, "MOST_TOLD", 2)
    for path in public_file(busy, "crl").iterdir():
        path.unlink()
    report = check(busy.authority)

    assert len(report.problems) == 2
    assert report.found == 6


def test_progress_is_told_batch_by_batch(busy: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates come in batches, lists one by one."""
    monkeypatch.setattr(stored, "BATCH", 3)
    told: list[tuple[str, int]] = []
    check(busy.authority, progress=lambda part, count: told.append((part, count)))

    assert [one for one in told if one[0] == "certificates"] == [("certificates", 3), ("certificates", 4)]
    assert ("lists", 4) in told
