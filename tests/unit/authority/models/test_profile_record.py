import pytest

from openjpki.authority.models import ProfileRecord
from tests.support.authority import Scene

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.mark.usefixtures("scene")
def test_a_record_has_an_opaque_name() -> None:
    """What the audit record calls it."""
    assert str(ProfileRecord.objects.get()) == f"profiles:{ProfileRecord.objects.get().pk}"


def test_the_first_generation_recorded_it(scene: Scene) -> None:
    """Nobody approved it: with the first generation there is nothing to change from."""
    made = ProfileRecord.objects.get()

    assert made.act is None
    assert made.recorded_at == scene.clock()
