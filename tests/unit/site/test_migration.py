import pytest
from django.db import connections

from openjpki.site.migration import migrate
from openjpki.site.settings import ROLES


def tables(alias: str) -> set[str]:
    """Return the tables of a role's database."""
    return set(connections[alias].introspection.table_names())


@pytest.mark.django_db(databases=ROLES)
def test_each_role_has_its_own_tables_and_its_own_record() -> None:
    """Tables are where their role is and nowhere else; only the audit record and Django's own list are everywhere."""
    migrate()
    everywhere = set.intersection(*(tables(alias) for alias in ROLES))

    assert everywhere == {"django_migrations", "audit_entry"}
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
