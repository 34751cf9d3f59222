"""The one door to the audit record."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum

from django.db import transaction

from openjpki.audit.chain import SALT_BYTES, commitment
from openjpki.audit.models import Entry, Personal

Fact = str | int | bool | None | list[str] | list[int]
"""What a row may hold beside its subject: codes and numbers, never personal data."""


class NotInTransaction(RuntimeError):
    """An act was recorded outside the transaction of the act: a bug."""


class NoSalt(RuntimeError):
    """A personal value was recorded without entropy for its salt: a bug."""


def record(
    alias: str,
    *,
    at: datetime,
    actor: str,
    verb: Enum,
    subject: str,
    data: Mapping[str, Fact] | None = None,
    personal: Mapping[str, str] | None = None,
    entropy: Callable[[int], bytes] | None = None,
) -> None:
    """Write one row into the role's own database, inside the transaction of the act that it records.

    `alias` is the role's database alias; `verb` is a member of that role's closed enum of verbs (its value is stored).
    `personal` maps names to personal values, which are kept outside the chain and may be forgotten: the row holds a
    commitment to each, salted from `entropy`. Raises `NotInTransaction` if the caller opened none, and `NoSalt`.
    """
    if not transaction.get_connection(alias).in_atomic_block:
        raise NotInTransaction(subject)
    salted = {name: (_salt(subject, entropy), value) for name, value in (personal or {}).items()}
    row = Entry.objects.using(alias).create(
        recorded_at=at,
        actor=actor,
        verb=str(verb.value),
        subject=subject,
        data=dict(data or {}),
        commitments={name: commitment(salt, value) for name, (salt, value) in salted.items()},
    )
    Personal.objects.using(alias).bulk_create(
        Personal(entry=row.pk, name=name, salt=salt, value=value) for name, (salt, value) in salted.items()
    )


def _salt(subject: str, entropy: Callable[[int], bytes] | None) -> bytes:
    if entropy is None:
        raise NoSalt(subject)
    return entropy(SALT_BYTES)
