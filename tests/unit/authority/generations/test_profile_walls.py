import pytest
from django.db import DatabaseError, connections, transaction

from openjpki.authority.generations.profile_walls import WALLS
from openjpki.authority.models import ProfileRecord
from openjpki.site.walls import WALLS as ALL

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize(
    "statement", ["UPDATE authority_profilerecord SET digest = ''", "DELETE FROM authority_profilerecord"]
)
def test_what_was_recorded_stays(statement: str) -> None:
    """Whoever can write into the database cannot make yesterday's profiles today's."""
    before = list(ProfileRecord.objects.values())

    with pytest.raises(DatabaseError), transaction.atomic(using="authority"):
        connections["authority"].cursor().execute(statement)

    assert list(ProfileRecord.objects.values()) == before


def test_the_walls_stand_in_every_home() -> None:
    """They are among those that `flush` takes down and puts up again."""
    assert set(WALLS) <= set(ALL["authority"])
