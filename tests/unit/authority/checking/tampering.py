"""Rows and files that are made other than they were, and what the check says then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import models, transaction

from openjpki.authority.checking.check import check
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


@contextmanager
def undone() -> Iterator[None]:
    """Take everything back that the block wrote: one scene serves many cases."""
    with transaction.atomic(using="authority"):
        yield
        transaction.set_rollback(True, using="authority")


def public_file(scene: Scene, *parts: str) -> Path:
    """Return a file of the public folder."""
    return scene.folder.joinpath("public", *parts)
