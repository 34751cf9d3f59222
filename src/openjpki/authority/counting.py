"""Counters that are rows: raised and read in one statement, and locked from then on until the act ends."""

from django.db import connections, router

from openjpki.authority.models import SerialCounter, StatusHead

_RAISE: dict[type[SerialCounter | StatusHead], str] = {
    SerialCounter: "UPDATE authority_serialcounter SET last = last + %s WHERE kind = %s RETURNING last",
    StatusHead: "UPDATE authority_statushead SET last = last + %s WHERE id = %s RETURNING last",
}
"""The object-relational mapper has no UPDATE that returns what it wrote; both databases have."""


def raised(counter: type[SerialCounter | StatusHead], key: str | int, *, by: int) -> int:
    """Raise the counter of this key inside the act, from zero if it is new, and return where it stands then.

    Whoever raises it next waits until the act is committed or undone; what an act that fails drew is drawn again.
    """
    stands = _raised(counter, key, by)
    if stands is None:
        counter._default_manager.get_or_create(pk=key)  # noqa: SLF001  -- a manager's public name, for any model
        stands = _raised(counter, key, by)
    if stands is None:
        raise AssertionError(key)
    return stands


def _raised(counter: type[SerialCounter | StatusHead], key: str | int, by: int) -> int | None:
    with connections[router.db_for_write(counter)].cursor() as cursor:
        cursor.execute(_RAISE[counter], [by, key])
        rows = cursor.fetchall()
    return int(rows[0][0]) if rows else None
