"""A home of an earlier version knows nobody's nationality: the upgrade takes who is on record for a Japanese national (R-1.8)."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from openjpki.authority.models import Person
from openjpki.rules.stay import Stay
from openjpki.window.models import Resident

pytestmark = pytest.mark.django_db(databases=["authority", "window"], transaction=True)
BEFORE = {"authority": "0006_departures", "window": "0005_application_steps"}
BORN = date(1990, 6, 10)


@pytest.fixture
def restored() -> Iterator[None]:
    """Leave the tables as they were found."""
    yield
    for alias in BEFORE:
        executor = MigrationExecutor(connections[alias])
        executor.migrate(executor.loader.graph.leaf_nodes(alias))
    Person.objects.all().delete()
    Resident.objects.across_municipalities().delete()


def migrated(alias: str, to: list[tuple[str, str]] | None = None) -> MigrationExecutor:
    """Migrate one application to a place, to its end if none is named."""
    executor = MigrationExecutor(connections[alias])
    executor.migrate(to or executor.loader.graph.leaf_nodes(alias))
    return executor


@pytest.mark.usefixtures("restored")
def test_who_is_on_record_is_a_japanese_national() -> None:
    """R-1.8, R-3.7: no card that was given is shortened by the upgrade; and back again, with the walls."""
    person = {"resident_code": "1" * 11, "municipality": "99201", "name": "見本 花子", "address": "見本県若葉市一丁目"}
    person |= {"birth_date": BORN, "sex": "female"}  # type: ignore[dict-item]  # of different types
    for alias, model, more in (
        ("authority", "Person", {}),
        ("window", "Resident", {"kana": "ミホン", "resident_since_date": BORN}),
    ):
        old = MigrationExecutor(connections[alias]).migrate([(alias, BEFORE[alias])]).apps
        old.get_model(alias, model)(**person, **more).save()
        migrated(alias)

    assert Person.objects.get().stay() == Resident.objects.across_municipalities().get().stay == Stay()
    for alias, before in BEFORE.items():
        migrated(alias, [(alias, before)])
        with connections[alias].cursor() as cursor:
            names = connections[alias].introspection.table_names(cursor)
        assert not [name for name in names if "notice" in name]
