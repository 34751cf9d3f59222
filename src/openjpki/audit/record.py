"""The one door to the audit record."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from django.db import transaction

from openjpki.audit.models import Entry

Fact = str | int | bool | None | list[str] | list[int]
"""What a row may hold beside its subject: codes and numbers, never personal data."""


class NotInTransaction(RuntimeError):
    """An act was recorded outside the transaction of the act: a bug."""


def record(
    alias: str,
    *,
    at: datetime,
    actor: str,
    verb: Enum,
    subject: str,
    data: Mapping[str, Fact] | None = None,
) -> None:
    """Write one row into the role's own database, inside the transaction of the act that it records.

    `alias` is the role's database alias; `verb` is a member of that role's closed enum of verbs (its value is stored);
    raises `NotInTransaction` if the caller opened none.
    """
    if not transaction.get_connection(alias).in_atomic_block:
        raise NotInTransaction(subject)
    Entry.objects.using(alias).create(
        recorded_at=at, actor=actor, verb=str(verb.value), subject=subject, data=dict(data or {})
    )
