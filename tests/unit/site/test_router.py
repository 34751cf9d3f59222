import pytest

from openjpki.audit.models import Entry
from openjpki.site.router import ALIAS_OF, Router
from openjpki.staff.models import Officer


def test_each_application_lives_in_its_roles_database() -> None:
    """An officer's row goes to the staff database, for reading and for writing."""
    assert Router().db_for_read(Officer) == Router().db_for_write(Officer) == "staff"


def test_audit_has_no_home_of_its_own() -> None:
    """The audit record is written where the act is: its callers name the alias."""
    assert Router().db_for_read(Entry) is None


@pytest.mark.parametrize("alias", ["authority", "window", "staff"])
def test_tables_are_created_where_they_live(alias: str) -> None:
    """A role's tables exist in its own database only; the audit record's exists in each."""
    homes = {label for label in ALIAS_OF if Router().allow_migrate(alias, label)}

    assert homes == {label for label, home in ALIAS_OF.items() if home == alias}
    assert Router().allow_migrate(alias, "audit")


def test_no_relation_crosses_a_role() -> None:
    """A foreign key from one role's database to another's is refused."""
    assert Router().allow_relation(Officer(), Officer())
    assert not Router().allow_relation(Officer(), Entry())
