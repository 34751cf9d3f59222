from datetime import timedelta
from pathlib import Path

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.continuity import LISTS_A_SECOND, MARGIN, SERIALS_A_SECOND, carry_on
from openjpki.authority.models import CrlPublication, SerialCounter
from openjpki.rules.kinds import CertificateKind
from tests.unit.site.test_wiring import house

pytestmark = pytest.mark.django_db(databases=["authority", "window", "staff"])
HOUR = int(MARGIN.total_seconds())


@pytest.mark.parametrize(("missing", "seconds"), [(timedelta(days=1), 86_400), (timedelta(0), 0), (timedelta(-5), 0)])
def test_no_number_is_given_twice(tmp_path: Path, missing: timedelta, seconds: int) -> None:
    """RFC 5280 §4.1.2.2, §5.2.3: more numbers are left out than the lost time can have used, also if a clock ran back."""
    made = house(tmp_path)
    made.furnish()
    made.authority.ceremony()
    made.authority.publish_crls()
    serials = dict(SerialCounter.objects.values_list("kind", "last"))
    carried = carry_on(made.authority, missing)
    skipped = (seconds + HOUR) * SERIALS_A_SECOND

    assert (carried.serials, carried.lists) == (skipped, 6)
    assert dict(SerialCounter.objects.values_list("kind", "last")) == {
        kind: last + skipped for kind, last in serials.items()
    }
    assert sorted(set(CrlPublication.objects.values_list("number", flat=True))) == [
        1,
        2 + (seconds + HOUR) * LISTS_A_SECOND,
    ]
    rows = Entry.objects.using("authority").filter(verb="serials.skipped")
    assert {row.subject for row in rows} == {f"serials:{kind.value}" for kind in CertificateKind}


def test_what_follows_counts_on_from_there(tmp_path: Path) -> None:
    """The next list and the next serial rise by one again."""
    made = house(tmp_path)
    made.furnish()
    made.authority.ceremony()
    carry_on(made.authority, timedelta())
    before = CrlPublication.objects.order_by("-number")[0].number
    made.authority.publish_crls()
    made.authority.ceremony(CertificateKind.SIGNATURE)

    assert CrlPublication.objects.order_by("-number")[0].number == before + 1
    assert SerialCounter.objects.get(kind="signature").last == HOUR * SERIALS_A_SECOND + 2
