import pytest
from django.db import connections


@pytest.mark.django_db(databases=["authority"])
def test_the_role_databases_answer() -> None:
    """Each role has its own database, and it answers a query."""
    with connections["authority"].cursor() as cursor:
        cursor.execute("SELECT 1")

        assert cursor.fetchone() == (1,)
