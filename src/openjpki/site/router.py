"""One database per role: each application's tables live in its role's database, and nothing joins across."""

from typing import Any

from django.db.models import Model

ALIAS_OF = {
    "authority": "authority",
    "window": "window",
    "staff": "staff",
    "auth": "staff",
    "contenttypes": "staff",
    "sessions": "staff",
}
"""Application label → database alias. `audit` is everywhere: every role writes its own record."""


def applications_of(alias: str) -> tuple[str, ...]:
    """Return the labels of the applications whose tables are in a role's database."""
    return (*(label for label, home in ALIAS_OF.items() if home == alias), "audit")


class Router:
    """Sends each model to its role's database. `audit` has no home of its own: its callers name the alias."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str | None:
        """Return the alias, or None for `audit`, whose callers must say `using`."""
        return ALIAS_OF.get(model._meta.app_label)  # noqa: SLF001  -- Django's public name for it

    def db_for_write(self, model: type[Model], **hints: Any) -> str | None:
        """Return the same alias: a role reads what it wrote."""
        return self.db_for_read(model, **hints)

    def allow_relation(self, first: Model, second: Model, **_hints: Any) -> bool:
        """Allow relations within one role only."""
        return self.db_for_read(type(first)) == self.db_for_read(type(second))

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        """Create `audit` everywhere, every other table in its role's database only."""
        return app_label in applications_of(db)
