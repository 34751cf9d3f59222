"""Questions to the register, and changes of it, that are worded once and used again and again with other values.

The object-relational mapper takes longer to word a question than the database to answer it. Here it words it the first
time, with a slot for each value, and its SQL is kept; the rows become the same objects as ever.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DatabaseError, connections, router
from django.db.models import Expression, Model, QuerySet
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)


class Slot(Expression):
    """Stands where a value will, in the wording of a question: a text, a number, a date, a moment, a key."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, _compiler: object, _connection: object) -> tuple[str, Any]:
        """Return the placeholder, with itself for the value."""
        return "%s", [self]


@dataclass(frozen=True)
class _Wording:
    """The SQL of a question in one database's dialect, and the compiler that made it and reads the rows."""

    sql: str
    values: tuple[object, ...]
    compiler: Any
    locks: bool


@dataclass(frozen=True)
class _Worded:
    """What a queryset takes for its query: it has its compiler already."""

    compiler: Any

    def get_compiler(self, *_: object, **__: object) -> Any:
        """Return it."""
        return self.compiler


class Question(Generic[M]):
    """A question of one shape. `worded` is called at the first time, with `Slot` for a name, and returns the queryset.

    Values are what the database takes: of an enumeration the value, of a row the key.
    """

    def __init__(self, worded: Callable[[type[Slot]], QuerySet[M]]) -> None:
        self._worded = worded
        self._alias = ""
        self._wordings: dict[str, _Wording] = {}

    def ask(self, **values: object) -> list[M]:
        """Return the rows; raises KeyError for a slot without its value, TransactionManagementError for a lock outside an act."""
        alias = self._alias or self._worded(Slot).db
        connection = connections[alias]
        wording = self._wordings.get(connection.vendor) or self._word(alias)
        if wording.locks and not connection.in_atomic_block:
            raise TransactionManagementError
        filled = tuple(_taken(connection, values, value) for value in wording.values)
        compiler = copy(wording.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda: (wording.sql, filled)
        query: Any = _Worded(compiler)
        return list(QuerySet(compiler.query.model, query=query, using=alias))

    def one(self, **values: object) -> M | None:
        """Return the first row, None if there is none."""
        return next(iter(self.ask(**values)), None)

    def _word(self, alias: str) -> _Wording:
        query = self._worded(Slot).query
        compiler = query.get_compiler(alias)
        sql, values = compiler.as_sql()
        wording = _Wording(sql, tuple(values), compiler, query.select_for_update)
        self._alias = alias
        self._wordings[connections[alias].vendor] = wording
        return wording


class Change(Generic[M]):
    """The change of these fields of one row that is there; what the mapper's `save(update_fields=…)` does."""

    def __init__(self, model: type[M], *names: str) -> None:
        self._model = model
        self._names = names

    def store(self, row: M) -> None:
        """Store the fields as the row has them; raises DatabaseError if the row is gone."""
        connection = connections[router.db_for_write(self._model)]
        with connection.cursor() as cursor:
            cursor.execute(
                self._sql, [field.get_db_prep_save(getattr(row, name), connection) for name, field in self._fields]
            )
            if cursor.rowcount != 1:
                raise DatabaseError(self._sql)

    @cached_property
    def _fields(self) -> list[tuple[str, Any]]:
        meta = self._model._meta  # noqa: SLF001  -- the mapper's public name for it
        fields: list[Any] = [*(meta.get_field(name) for name in self._names), meta.pk]
        return [(field.attname, field) for field in fields]

    @cached_property
    def _sql(self) -> str:
        *changed, key = [f'"{field.column}" = %s' for _, field in self._fields]
        return f'UPDATE "{self._model._meta.db_table}" SET {", ".join(changed)} WHERE {key}'  # noqa: S608, SLF001  -- names of our own models


def _taken(connection: Any, values: dict[str, object], value: object) -> object:
    if isinstance(value, Slot):
        value = values[value.name]
        if isinstance(value, datetime):
            return connection.ops.adapt_datetimefield_value(value)
    return value
