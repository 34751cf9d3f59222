import pytest
from django.apps import apps
from django.db.models import PROTECT, ForeignKey

from openjpki.window.models import Resident
from openjpki.window.models.scope import MunicipalRow, NoMunicipality, Scoped
from tests.unit.window.counter import Counter

pytestmark = pytest.mark.django_db(databases=["window"])

MODELS = list(apps.get_app_config("window").get_models())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_row_carries_its_municipality(model: type[MunicipalRow]) -> None:
    """Every table of the window has the municipality's code and is read through the scoped manager."""
    assert issubclass(model, MunicipalRow)
    assert isinstance(model.objects, Scoped)
    assert model._meta.get_field("municipality").max_length == 5


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("method", ["filter", "get", "exclude", "count", "first", "values", "iterator"])
def test_an_unscoped_read_does_not_exist(model: type[MunicipalRow], method: str) -> None:
    """An unscoped read is a bug, and fails as one: the methods are not there."""
    assert not hasattr(model.objects, method)
    with pytest.raises(NoMunicipality):
        model.objects.all()


def test_a_scope_names_a_municipality(counter: Counter) -> None:
    """A scope without a code is refused; with one it shows that municipality's rows."""
    counter.register()

    with pytest.raises(NoMunicipality):
        Resident.objects.for_municipality("")
    assert Resident.objects.for_municipality("99201").count() == 3
    assert not Resident.objects.for_municipality("99202").exists()
    assert Resident.objects.across_municipalities().count() == 3


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_key_leads_out_of_the_window(model: type[MunicipalRow]) -> None:
    """No foreign key crosses roles, none can be followed backwards past the scope, and none deletes along."""
    keys = [field for field in model._meta.get_fields() if isinstance(field, ForeignKey)]

    assert {field.related_model for field in keys} <= set(MODELS)
    assert {field.remote_field.related_name for field in keys} <= {"+"}
    assert {field.remote_field.on_delete for field in keys} <= {PROTECT}
