"""Rows and files that are made other than they were, and what the check says then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from django.db import models, transaction

from openjpki.authority.checking.check import check
from openjpki.authority.models import CrlPublication, Issuer
from openjpki.authority.publishing.publication import newest_list
from tests.support.authority import Scene
from tests.support.walls import without_walls

Tamper = Callable[[Scene], object]


def codes(scene: Scene) -> set[str]:
    """Return the codes of everything that is found."""
    return {one.kind.value.code for one in check(scene.authority).problems}


def named(scene: Scene) -> set[tuple[str, str]]:
    """Return what is found with what it is found in."""
    return {(one.kind.value.code, one.subject) for one in check(scene.authority).problems}


def set_first(table: type[models.Model], **values: object) -> Tamper:
    """Write other values into the first row of a table."""

    def tamper(_: Scene) -> None:
        row = table._default_manager.order_by("pk").first()
        assert row is not None
        with without_walls():
            table._default_manager.filter(pk=row.pk).update(**values)

    return tamper


def flip(table: type[models.Model], field: str, at: int = -1, **which: object) -> Tamper:
    """Let one bit of a row's bytes fall over."""

    def tamper(_: Scene) -> None:
        row = table._default_manager.filter(**which).order_by("-pk").first()
        assert row is not None
        content = bytearray(getattr(row, field))
        content[at] ^= 1
        with without_walls():
            table._default_manager.filter(pk=row.pk).update(**{field: bytes(content)})

    return tamper


def list_file(scene: Scene) -> Path:
    """Return the file of the newest list of the signature CA's first partition."""
    newest = newest_list(Issuer.objects.get(kind="signature"), "99201")
    assert newest is not None
    return scene.authority.lists / "signature-1-99201" / f"{newest.number}.crl"


def put_list(scene: Scene, crl: bytes, **values: object) -> None:
    """Put another list into the place of the newest, and let its row say so."""
    path = list_file(scene)
    with without_walls():
        CrlPublication.objects.filter(issuer__kind="signature", municipality="99201", number=int(path.stem)).update(
            digest=sha256(crl).hexdigest(), length=len(crl), **values
        )
    path.write_bytes(crl)


@contextmanager
def undone(scene: Scene) -> Iterator[None]:
    """Take everything back that the block wrote: one scene serves many cases."""
    path = list_file(scene)
    content = path.read_bytes()
    with transaction.atomic(using="authority"):
        yield
        transaction.set_rollback(True, using="authority")
    path.write_bytes(content)


def public_file(scene: Scene, *parts: str) -> Path:
    """Return a file of the public folder."""
    return scene.folder.joinpath("public", *parts)
