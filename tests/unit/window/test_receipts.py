from datetime import date

import pytest

from openjpki.window.equipment import act
from openjpki.window.receipts import fiscal_year, next_receipt

pytestmark = pytest.mark.django_db(databases=["window"])


@pytest.mark.parametrize(
    ("day", "year"), [(date(2026, 3, 31), 2025), (date(2026, 4, 1), 2026), (date(2027, 1, 1), 2026)]
)
def test_a_fiscal_year_begins_in_april(day: date, year: int) -> None:
    """The fiscal year runs from 1 April to 31 March (地方自治法208条)."""
    assert fiscal_year(day) == year


def test_receipt_numbers_run_by_municipality_and_fiscal_year() -> None:
    """A number is given once per municipality and fiscal year, and each count begins at 1."""
    with act():
        given = [
            next_receipt("99201", date(2026, 3, 31)),
            next_receipt("99201", date(2026, 4, 1)),
            next_receipt("99201", date(2026, 4, 1)),
            next_receipt("99202", date(2026, 4, 1)),
        ]

    assert given == ["2025-000001", "2026-000001", "2026-000002", "2026-000001"]
