from dataclasses import replace

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.register.municipalities import (
    MunicipalityDiffers,
    MunicipalityUnknown,
    all_enrolled,
    enrol,
    enrolled,
)
from tests.support.authority import Scene
from tests.support.hierarchy import AOBA, WAKABA

pytestmark = pytest.mark.django_db(databases=["authority"])


def test_enrolled_municipalities_are_known(scene: Scene) -> None:
    """A municipality is known by its code, with the names that its certificates carry."""
    assert enrolled("99201") == WAKABA
    assert all_enrolled() == [WAKABA, AOBA]
    assert scene.authority.policy is not None


def test_enrolling_again_changes_nothing(scene: Scene) -> None:
    """The same municipality may be enrolled at every start; it is recorded once."""
    enrol(scene.authority, WAKABA)

    rows = Entry.objects.using("authority").filter(verb="municipality.enrolled")
    assert sorted(rows.values_list("subject", flat=True)) == ["municipality:99201", "municipality:99202"]


def test_a_code_keeps_its_names(scene: Scene) -> None:
    """Issued certificates point to a list by the names: a code does not change them (R-5.25)."""
    with pytest.raises(MunicipalityDiffers):
        enrol(scene.authority, replace(WAKABA, name_romaji="Kareha-shi"))

    assert enrolled("99201") == WAKABA


def test_a_stranger_is_refused(scene: Scene) -> None:
    """A municipality that was not enrolled is no party of the desk, whatever it sends."""
    with pytest.raises(MunicipalityUnknown):
        enrolled("99999")

    strangers = (
        scene.person(municipality="99999"),
        scene.order(municipality="99999"),
        scene.revocation(municipality="99999"),
    )
    assert {scene.refusal(message) for message in strangers} == {"authority.municipality-unknown"}
