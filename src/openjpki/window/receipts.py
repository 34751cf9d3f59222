"""受付番号: `YYYY-NNNNNN`, the fiscal year (April to March) and a number that no other application of the year has."""

from datetime import date

from openjpki.window.models import ReceiptCounter

_APRIL = 4


def fiscal_year(day: date) -> int:
    """Return the year in which the fiscal year of `day` began on 1 April (地方自治法208条)."""
    return day.year if day.month >= _APRIL else day.year - 1


def next_receipt(municipality: str, day: date) -> str:
    """Take the next receipt number of the municipality, inside the act's transaction; the counter stays locked."""
    year = fiscal_year(day)
    counters = ReceiptCounter.objects.for_municipality(municipality)
    counters.get_or_create(municipality=municipality, fiscal_year=year)
    counter = counters.select_for_update().get(fiscal_year=year)
    counter.last += 1
    counter.save(update_fields=("last",))
    return f"{year:04d}-{counter.last:06d}"
