import pytest

from openjpki.staff.models import Officer

pytestmark = pytest.mark.django_db(databases=["staff"])


def test_an_officer_is_stored_with_a_hashed_password() -> None:
    """An officer's password is stored as a hash and checked against it."""
    officer = Officer.objects.create_officer(
        login="sato", name="佐藤 一郎", municipality="99201", password="correct horse"
    )

    stored = Officer.objects.get(login="sato")
    assert stored.check_password("correct horse")
    assert not stored.check_password("wrong horse")
    assert "correct horse" not in stored.password
    assert (str(stored), stored.municipality, stored.is_active) == ("sato", "99201", True)
    assert officer == stored


def test_there_is_no_superuser() -> None:
    """Rights come from roles, never from a flag; an empty municipality is the authority's."""
    names = {field.name for field in Officer._meta.get_fields()}

    assert not names & {"is_superuser", "is_staff"}
    assert not hasattr(Officer.objects, "create_superuser")
