from pathlib import Path

import pytest

from openjpki.authority.models import Issuer
from openjpki.site.city import MUNICIPALITIES
from openjpki.site.seeding import seed
from openjpki.site.settings import ROLES
from openjpki.window.officer import Clerk
from tests.unit.site.test_wiring import house

pytestmark = pytest.mark.django_db(databases=ROLES)


def test_a_sandbox_starts_with_two_cas_their_lists_and_residents(tmp_path: Path) -> None:
    """One generation of both CAs, a list of each for each city, eight residents, and nothing left to be sent."""
    made = house(tmp_path)
    made.furnish()
    residents = seed(made)
    clerks = [Clerk(login="test", municipality=municipality.code) for municipality in MUNICIPALITIES]

    assert residents == 8 == sum(len(made.window.residents.list(clerk)) for clerk in clerks)
    assert sorted(str(issuer) for issuer in Issuer.objects.all()) == ["authentication-1", "signature-1"]
    assert len(list((made.home.public / "crl").glob("*.crl"))) == 6
    assert len(list((made.home.public / "ca").glob("*.cer"))) == 2
    assert [made.window.messages(clerk) for clerk in clerks] == [(), ()]


def test_nobody_has_a_card_yet(tmp_path: Path) -> None:
    """Cards are handed over at the counter, by whoever plays in the sandbox."""
    made = house(tmp_path)
    made.furnish()
    seed(made)

    assert made.cards.list() == ()
    assert not any(
        resident.cards
        for municipality in MUNICIPALITIES
        for resident in made.window.residents.list(Clerk(login="test", municipality=municipality.code))
    )
