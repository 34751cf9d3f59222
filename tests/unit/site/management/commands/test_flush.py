from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connections

from openjpki.authority.models import Serial
from tests.support.authority import Scene


@pytest.mark.django_db(databases=["authority"], transaction=True)
def test_an_emptied_database_has_its_walls(tmp_path: Path) -> None:
    """`flush` empties tables whose rows nobody may delete, and afterwards nobody may delete them again."""
    Scene(tmp_path).open()
    call_command("flush", database="authority", verbosity=0, interactive=False)
    assert not Serial.objects.exists()

    (tmp_path / "again").mkdir()
    Scene(tmp_path / "again").open()
    with connections["authority"].cursor() as cursor, pytest.raises(IntegrityError, match="serial_is_kept"):
        cursor.execute("DELETE FROM authority_serial")
