from datetime import date

import pytest

from openjpki.authority.control.kinds import ActKind
from openjpki.authority.models import NoticeBatch
from openjpki.authority.verifiers.proposals import content_for
from openjpki.site.clock import real_moment
from openjpki.site.operators.registers import batches, letters, verifiers
from openjpki.site.settings import ROLES
from tests.support.pages import Pages
from tests.support.verifiers import Verifiers, registration

pytestmark = pytest.mark.django_db(databases=ROLES)


def test_a_verifier_says_until_when(pages: Pages) -> None:
    """Its registration, and the last of its certificates in force; one without a certificate says so (R-5.24)."""
    known = Verifiers(pages.scene)
    known.now = real_moment()
    for code in ("bank", "city"):
        pages.operators.carried_out(ActKind.VERIFIER_REGISTRATION, content_for(registration(code)))
    known.certify("bank")
    bank, city = verifiers(real_moment())

    assert (bank.code, bank.state, bank.until) == ("bank", "active", date(2029, 3, 31))
    assert bank.certified_until is not None
    assert bank.certified_until > real_moment()
    assert city.certified_until is None
    assert "bank" in pages.browser().see("/verifiers")


def test_letters_and_batches_say_how_far_they_have_come(pages: Pages) -> None:
    """Every state is there, with its number; batches are the newest first (R-7.1)."""
    assert letters() == (("waiting", 0), ("given", 0), ("handed-over", 0), ("taken-out", 0))
    for code in ("99201", "99202"):
        NoticeBatch.objects.create(
            municipality=code,
            on_date=date(2026, 1, 5),
            selected_at=pages.scene.clock(),
            noticed=3,
            skipped=1,
            taken_out=0,
        )
    first, second = batches()

    assert (first.municipality, second.municipality) == ("99202", "99201")
    assert (first.noticed, first.skipped, first.waiting) == (3, 1, 0)
    assert "99202" in pages.browser().see("/notices?lang=en")
