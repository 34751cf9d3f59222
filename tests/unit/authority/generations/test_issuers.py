from datetime import UTC, date, datetime, timedelta

import pytest

from openjpki.authority.generations.issuers import NoIssuer, NoSuchIssuer, in_force, issuing, named
from openjpki.authority.models import Issuer
from tests.support.authority import AUTHENTICATION, OPENED, SIGNATURE, Scene

pytestmark = pytest.mark.django_db(databases=["authority"])

LAST = datetime(2036, 1, 4, 14, 59, 59, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_newest_generation_in_force_issues(scene: Scene) -> None:
    """From its first second on the newer generation issues; before, the older one."""
    scene.at(date(2030, 1, 7))
    began = scene.clock()
    scene.authority.ceremony(SIGNATURE)

    assert str(issuing(SIGNATURE, began - SECOND)) == "signature-1"
    assert str(issuing(SIGNATURE, began)) == "signature-2"
    assert str(issuing(AUTHENTICATION, began)) == "authentication-1"


@pytest.mark.parametrize("moment", [OPENED - SECOND, LAST, LAST + SECOND])
def test_no_ca_issues_outside_its_validity(scene: Scene, moment: datetime) -> None:
    """Before its ceremony and after its end a CA issues nothing; the sender may come again later."""
    with pytest.raises(NoIssuer):
        issuing(SIGNATURE, moment)
    assert in_force(moment) == []
    assert scene.clock() == OPENED


def test_older_generations_stay_in_force(scene: Scene) -> None:
    """An older generation goes on signing lists and answers for what it issued."""
    scene.at(date(2030, 1, 7)).authority.ceremony()
    now = scene.clock()

    assert [str(one) for one in in_force(now)] == ["authentication-1", "authentication-2", "signature-1", "signature-2"]
    assert [str(one) for one in in_force(now, SIGNATURE)] == ["signature-1", "signature-2"]
    assert [str(one) for one in in_force(LAST)] == ["authentication-2", "signature-2"]


def test_an_issuer_is_found_by_its_name(scene: Scene) -> None:
    """The file name of a CA certificate is its kind and generation."""
    assert named("signature-1") == Issuer.objects.get(kind="signature")
    assert scene.clock() == OPENED


@pytest.mark.parametrize(
    "name",
    [
        "",
        "signature",
        "signature-",
        "signature-0",
        "signature-2",
        "signature-１",
        "other-1",
        "signature--1",
        f"signature-{'9' * 400}",
        "signature-9999999999",
    ],
)
def test_a_wrong_name_finds_none(scene: Scene, name: str) -> None:
    """Names come from the address line of anybody: absurd ones are refused like unknown ones."""
    with pytest.raises(NoSuchIssuer):
        named(name)
    assert scene.clock() == OPENED


def test_a_generation_issues_from_its_set_day(scene: Scene) -> None:
    """Until the second of the switch the older one issues; the new one signs lists from its certificate on."""
    day = scene.clock() + timedelta(days=30)
    scene.authority.ceremony(SIGNATURE, issues_from=day)

    assert str(issuing(SIGNATURE, day - SECOND)) == "signature-1"
    assert str(issuing(SIGNATURE, day)) == "signature-2"
    assert [str(one) for one in in_force(scene.clock(), SIGNATURE)] == ["signature-1", "signature-2"]


def test_an_ended_generation_issues_nothing(scene: Scene) -> None:
    """Nor does the one before it in its place; a newer one does."""
    scene.authority.ceremony(SIGNATURE)
    Issuer.objects.filter(generation=2).update(ended_at=scene.clock(), ended_because="compromise")
    with pytest.raises(NoIssuer):
        issuing(SIGNATURE, scene.clock())

    scene.authority.ceremony(SIGNATURE)
    assert str(issuing(SIGNATURE, scene.clock())) == "signature-3"
    assert len(in_force(scene.clock(), SIGNATURE)) == 3


def test_a_destroyed_key_signs_nothing(scene: Scene) -> None:
    """Its lists are the last ones; nobody asks it for another."""
    at = scene.clock()
    Issuer.objects.filter(kind="signature").update(ended_at=at, ended_because="termination", key_destroyed_at=at)

    assert [str(one) for one in in_force(at)] == ["authentication-1"]
