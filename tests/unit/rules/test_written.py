from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.rules.kinds import FeeReason
from openjpki.rules.policy import FORMS, Policy
from openjpki.rules.settings import MAX_YEN, Calendar, Closure, FeeRow
from openjpki.rules.written import written
from tests.unit.rules.test_settings import GOOD

DAYS = st.dates(date(1873, 1, 1), date(2999, 12, 31))
YEAR_DAYS = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: (day.month, day.day))
CALENDARS = st.builds(
    Calendar,
    weekdays=st.frozensets(st.integers(0, 6)),
    holidays=st.booleans(),
    closures=st.lists(st.builds(Closure, YEAR_DAYS, YEAR_DAYS), max_size=3).map(tuple),
    extra_closed=st.frozensets(DAYS, max_size=3),
    extra_open=st.frozensets(DAYS, max_size=3),
)
FEE_TABLES = st.lists(
    st.builds(FeeRow, st.sampled_from(FeeReason), st.integers(0, MAX_YEN), st.none() | DAYS, st.none() | DAYS),
    min_size=1,
    max_size=5,
).map(tuple)


@pytest.mark.parametrize(("name", "text", "value"), GOOD)
def test_a_value_is_written_as_it_is_read(name: str, text: str, value: object) -> None:
    """R-2.29: what is shown of a ruling can be given back with `--policy`."""
    assert written(value) == text
    assert FORMS[name].read(written(value)) == value


@pytest.mark.parametrize("preset", ["national", "page"])
def test_every_ruling_can_be_written(preset: str) -> None:
    """CF-1 to CF-14: all settings of both presets, each read again as it was."""
    policy = Policy.preset(preset)
    texts = {field.name: written(getattr(policy, field.name)) for field in fields(policy)}

    assert policy.with_settings(texts) == policy


@given(calendar=CALENDARS, table=FEE_TABLES)
def test_writing_is_the_inverse_of_reading(calendar: Calendar, table: tuple[FeeRow, ...]) -> None:
    """R-4.1, R-4.4: whatever a calendar or a table of fees holds."""
    assert FORMS["office_calendar"].read(written(calendar)) == calendar
    assert FORMS["fee_table"].read(written(table)) == table
