from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connections, transaction

from openjpki.audit.models import Entry
from openjpki.audit.triggers import On, Wall, build_walls, changed, tear_walls_down

WALL = Wall(name="actor_stays", table="audit_entry", on=On.UPDATE, broken=changed("actor"))
CHANGE = "UPDATE audit_entry SET actor = 'suzuki'"


@pytest.mark.django_db(databases=["window"])
def test_a_wall_stands_until_it_is_taken_down() -> None:
    """What a wall watches is refused as a broken constraint; building twice is no fault, nor is tearing down twice."""
    vendor = connections["window"].vendor
    with connections["window"].cursor() as cursor:
        row = {"recorded_at": datetime(2026, 4, 1, tzinfo=UTC), "actor": "sato", "verb": "a.b", "subject": "c"}
        Entry.objects.using("window").create(**row)
        build_walls(vendor, cursor.execute, [WALL])
        build_walls(vendor, cursor.execute, [WALL])
        cursor.execute("UPDATE audit_entry SET verb = 'd.e'")
        with pytest.raises(IntegrityError, match="actor_stays"), transaction.atomic(using="window"):
            cursor.execute(CHANGE)
        tear_walls_down(vendor, cursor.execute, [WALL])
        tear_walls_down(vendor, cursor.execute, [WALL])
        cursor.execute(CHANGE)


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
@pytest.mark.parametrize("on", On)
def test_each_engine_has_its_words(vendor: str, on: On) -> None:
    """A wall is a trigger of its name on its table, on both engines; nothing else is an engine of the house."""
    said: list[str] = []
    wall = Wall(name="a_wall", table="a_table", on=on, broken="NEW.x IS DISTINCT FROM OLD.x")
    build_walls(vendor, said.append, [wall])

    assert any(f"CREATE TRIGGER a_wall BEFORE {on.value} ON a_table" in statement for statement in said)
    with pytest.raises(KeyError):
        build_walls("oracle", said.append, [wall])
