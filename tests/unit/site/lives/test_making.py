"""Lives of a few test cards in a home, with keys that are not made anew: `tests/scenarios/test_named_cards.py` has the whole."""

from datetime import date
from pathlib import Path

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.models import Certificate, CrlPublication, Person
from openjpki.lab.catalogue import card_named
from openjpki.lab.dated import begins, dated
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.dates import civil_date
from openjpki.site.clock import SteppedClock
from openjpki.site.home import Settings
from openjpki.site.house import House
from openjpki.site.lives.making import live_through
from openjpki.site.opening import founded
from openjpki.site.settings import ROLES
from tests.support.story import empty_databases
from tests.unit.site.lives.living import NATIONAL, NOW, Keys, lived

pytestmark = pytest.mark.django_db(databases=ROLES)


def test_lives_leave_what_the_rules_say(tmp_path: Path) -> None:
    """A move between cities with a re-issue, a new name, a loss, a request, a ward, a stay: each act by its own door."""
    names = ("reissued", "revoked-name", "card-lost", "revoked-request", "ward", "foreign-expiring", "blank")

    def look(house: House, said: list[str]) -> None:
        assert sorted(said) == sorted(names)
        assert said[-1] == "blank", "nobody's card is made in the end"
        assert house.cards.list() == tuple(sorted(names))
        for name in names:
            card = card_named(name)
            if card.person is None:
                continue
            made, told = (
                Person.objects.get(resident_code=card.person.resident_code),
                dated(card, date(2026, 11, 27), NATIONAL),
            )
            assert made.attributes() == told.attributes
            assert made.municipality == told.municipality
            rows = Certificate.objects.filter(person=made).order_by("issued_on", "-kind")
            found = sorted((row.kind, row.issued_on, row.expires) for row in rows)
            assert found == sorted((one.kind.value, one.issued, one.expires) for one in told.certificates)

    lived(tmp_path / "home", *names, look=look)


def test_time_only_goes_forward(tmp_path: Path) -> None:
    """Serials rise with the days of issue, lists with their numbers, and no record is older than the one before it."""

    def look(house: House, _: list[str]) -> None:
        issued = [row.issued_on for row in Certificate.objects.order_by("kind", "serial") if row.kind == "signature"]
        first = {"issuer__kind": "signature", "issuer__generation": 1, "municipality": "99201"}
        lists = CrlPublication.objects.filter(**first).order_by("number")
        moments = [each.this_update for each in lists]
        recorded = list(Entry.objects.using("authority").order_by("pk").values_list("recorded_at", flat=True))
        assert issued == sorted(issued)
        assert len(moments) == 3
        assert moments == sorted(moments)
        assert recorded == sorted(recorded)
        assert recorded[-1] == NOW
        assert house.home.path.exists()

    lived(tmp_path / "home", "expired", "face-auth", look=look)


def test_an_interrupted_making_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C leaves an empty folder and no rows: the same command begins anew."""

    def stopped(_: str) -> None:
        raise KeyboardInterrupt

    empty_databases()
    clock = SteppedClock(begins(NATIONAL, civil_date(NOW)))
    settings = Settings(purpose="sandbox", algorithm=KeyAlgorithm.P384_SHA_384.value)
    with pytest.raises(KeyboardInterrupt), founded(tmp_path / "home", settings, clock, Keys()) as house:
        live_through(house, clock, [card_named("no-certificates")], now=NOW, say=stopped)

    assert [path.name for path in (tmp_path / "home").iterdir()] == ["lock"]
    assert Person.objects.count() == 0
