from pathlib import Path

import pytest
from django.db import connections

from openjpki.site.migration import empty, migrate
from openjpki.site.settings import ROLES
from tests.support.story import empty_databases, settle_databases
from tests.unit.site.test_wiring import house


def tables(alias: str) -> set[str]:
    """Return the tables of a role's database."""
    return set(connections[alias].introspection.table_names())


@pytest.mark.django_db(databases=ROLES)
def test_each_role_has_its_own_tables_and_its_own_record() -> None:
    """Tables are where their role is and nowhere else; only the audit record and Django's own list are everywhere."""
    migrate()
    everywhere = set.intersection(*(tables(alias) for alias in ROLES))

    audit = {"audit_entry", "audit_personal", "audit_batch", "audit_purge", "audit_sealinglock"}
    assert everywhere == {"django_migrations", *audit}
    assert "authority_issuer" in tables("authority")
    assert "window_resident" in tables("window")
    assert "staff_officer" in tables("staff")
    assert not any(name.startswith("authority_") for name in tables("window") | tables("staff"))


@pytest.mark.django_db(databases=ROLES)
def test_repeating_changes_nothing() -> None:
    """A home whose tables are up to date stays as it is."""
    before = {alias: tables(alias) for alias in ROLES}
    migrate()

    assert {alias: tables(alias) for alias in ROLES} == before


@pytest.mark.django_db(databases=ROLES)
def test_emptied_databases_have_their_tables_and_no_row(tmp_path: Path) -> None:
    """A story that is told anew begins with no row of the first, in any role's tables."""
    migrate()
    empty_databases()
    before = rows()
    furnished = house(tmp_path)
    furnished.furnish()
    furnished.authority.ceremony()
    filled = rows()
    settle_databases()
    empty()

    assert filled["authority", "authority_issuer"] == 2
    assert rows() == before
    assert {count for (_, name), count in rows().items() if name.startswith(("authority", "window", "audit"))} == {0}


def rows() -> dict[tuple[str, str], int]:
    """Return how many rows each table of each role has."""
    found = {}
    for alias in ROLES:
        with connections[alias].cursor() as cursor:
            for name in sorted(tables(alias)):
                cursor.execute(f'SELECT COUNT(*) FROM "{name}"')  # noqa: S608  -- a table's own name
                found[alias, name] = cursor.fetchone()[0]
    return found
