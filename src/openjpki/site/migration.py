"""Brings the tables of every role's database up to date, and empties them."""

from django.core.management import call_command
from django.db import connections
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor

from openjpki.site.router import applications_of
from openjpki.site.settings import ROLES


def migrate() -> None:
    """Create or update the tables of each role, its own alone; repeating it changes nothing."""
    for alias in ROLES:
        for label in dict.fromkeys(migration.app_label for migration in waiting(alias)):
            call_command("migrate", label, database=alias, verbosity=0, interactive=False)


def waiting(alias: str) -> list[Migration]:
    """Return the migrations that a role's database has not had, in the order of their turn."""
    executor = MigrationExecutor(connections[alias])
    graph = executor.loader.graph
    lasts = [last for label in applications_of(alias) for last in graph.leaf_nodes(label)]
    return [migration for migration, _ in executor.migration_plan(lasts)]


def unknown(alias: str) -> list[tuple[str, str]]:
    """Return what a role's database has had and this version does not know: label and name, sorted."""
    loader = MigrationExecutor(connections[alias]).loader
    return sorted(set(loader.applied_migrations) - set(loader.disk_migrations))


def empty() -> None:
    """Remove every row of every role: those of a story that is told anew."""
    for alias in ROLES:
        call_command("flush", database=alias, verbosity=0, interactive=False)
