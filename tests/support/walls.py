"""Walls of a role's database taken down for a moment: a test that breaks a row on purpose works behind them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import connections

from openjpki.audit.triggers import Wall, build_walls, tear_walls_down
from openjpki.authority import journal_walls
from openjpki.authority import walls as authority_walls
from openjpki.window import walls as window_walls

WALLS: Mapping[str, Sequence[Wall]] = {
    "authority": (*authority_walls.WALLS, *journal_walls.WALLS),
    "window": window_walls.WALLS,
}


@contextmanager
def without_walls(alias: str = "authority") -> Iterator[None]:
    """Let the block do what the walls forbid."""
    vendor = connections[alias].vendor
    with connections[alias].cursor() as cursor:
        tear_walls_down(vendor, cursor.execute, WALLS[alias])
        yield
        build_walls(vendor, cursor.execute, WALLS[alias])
