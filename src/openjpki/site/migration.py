"""Brings the tables of every role's database up to date, and empties them."""

from django.core.management import call_command

from openjpki.site.router import applications_of
from openjpki.site.settings import ROLES


def migrate() -> None:
    """Create or update the tables of each role, its own alone; repeating it changes nothing."""
    for alias in ROLES:
        for label in applications_of(alias):
            call_command("migrate", label, database=alias, verbosity=0, interactive=False)


def empty() -> None:
    """Remove every row of every role: those of a story that is told anew."""
    for alias in ROLES:
        call_command("flush", database=alias, verbosity=0, interactive=False)
