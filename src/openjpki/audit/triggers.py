"""Walls of a database: what a row must never become, refused by a trigger, whatever program asks.

A broken wall is an `IntegrityError`, as a broken constraint is, and the whole act falls. The engines agree on what a
wall says; they differ in how it is written down, which is this module's matter. On SQLite a migration that makes a table anew loses the table's triggers: it builds the walls again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, unique


@unique
class On(Enum):
    """What the wall watches."""

    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


@dataclass(frozen=True, kw_only=True)
class Wall:
    """One trigger: an act on a row of `table` for which `broken` holds (SQL over OLD and NEW) is refused."""

    name: str
    table: str
    on: On
    broken: str
    """Both engines read it: standard SQL, and `IS DISTINCT FROM` for what may be null."""


def build_walls(vendor: str, execute: Callable[[str], object], walls: Sequence[Wall]) -> None:
    """Put walls up, those that stand already anew; raises KeyError on another engine."""
    tear_walls_down(vendor, execute, walls)
    for wall in walls:
        for statement in _BUILD[vendor](wall):
            execute(statement)


def tear_walls_down(vendor: str, execute: Callable[[str], object], walls: Sequence[Wall]) -> None:
    """Take walls down; one that does not stand is no fault. Raises KeyError on another engine."""
    for wall in walls:
        for statement in _TEAR_DOWN[vendor](wall):
            execute(statement)


def _sqlite(wall: Wall) -> tuple[str, ...]:
    broken = wall.broken.replace("IS DISTINCT FROM", "IS NOT")
    watched = f"BEFORE {wall.on.value} ON {wall.table} FOR EACH ROW WHEN {broken}"
    return (f"CREATE TRIGGER {wall.name} {watched} BEGIN SELECT RAISE(ABORT, '{wall.name}'); END",)


def _postgresql(wall: Wall) -> tuple[str, ...]:
    row = "OLD" if wall.on is On.DELETE else "NEW"
    refusal = f"RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{wall.name}'"
    body = f"BEGIN IF {wall.broken} THEN {refusal}; END IF; RETURN {row}; END"
    watched = f"BEFORE {wall.on.value} ON {wall.table} FOR EACH ROW"
    return (
        f"CREATE FUNCTION {wall.name}() RETURNS trigger LANGUAGE plpgsql AS $wall$ {body} $wall$",
        f"CREATE TRIGGER {wall.name} {watched} EXECUTE FUNCTION {wall.name}()",
    )


_BUILD: dict[str, Callable[[Wall], tuple[str, ...]]] = {"sqlite": _sqlite, "postgresql": _postgresql}
_TEAR_DOWN: dict[str, Callable[[Wall], tuple[str, ...]]] = {
    "sqlite": lambda wall: (f"DROP TRIGGER IF EXISTS {wall.name}",),
    "postgresql": lambda wall: (
        f"DROP TRIGGER IF EXISTS {wall.name} ON {wall.table}",
        f"DROP FUNCTION IF EXISTS {wall.name}()",
    ),
}


def changed(*columns: str) -> str:
    """Return the SQL that holds if an update changes one of these columns."""
    return " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
