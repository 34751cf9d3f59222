from datetime import date

import pytest

from openjpki.rules.birth_date import BadBirthDate, birth_date_text, read_birth_date
from openjpki.rules.era import BeforeCalendar

BOUNDARIES = pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(1873, 1, 1), "118730101"),
        (date(1912, 7, 29), "119120729"),
        (date(1912, 7, 30), "219120730"),
        (date(1926, 12, 24), "219261224"),
        (date(1926, 12, 25), "319261225"),
        (date(1980, 2, 17), "319800217"),
        (date(1989, 1, 7), "319890107"),
        (date(1989, 1, 8), "419890108"),
        (date(2019, 4, 30), "420190430"),
        (date(2019, 5, 1), "520190501"),
    ],
)


@BOUNDARIES
def test_era_digit_and_gregorian_date(day: date, text: str) -> None:
    """R-8.3 step 6: 1 明治, 2 大正, 3 昭和, 4 平成, 5 令和, then YYYYMMDD; an era's first day is the new era's."""
    assert birth_date_text(day) == text
    assert read_birth_date(text) == day


def test_a_birth_date_before_the_calendar_is_not_written() -> None:
    """R-8.3: before 1873 Japan counted otherwise; nobody alive was born then."""
    with pytest.raises(BeforeCalendar):
        birth_date_text(date(1872, 12, 31))


def test_an_unknown_era_is_read() -> None:
    """R-8.3: '0' stands for an unknown era; the Gregorian date still says the day."""
    assert read_birth_date("018650101") == date(1865, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "19890108",
        "4198901080",
        "419890230",
        "319890108",
        "118721231",
        "4１９８90108",
        "4+9890108",
        "400000101",
    ],
)
def test_what_is_no_birth_date_is_refused(text: str) -> None:
    """R-8.3: length, digits, a day of the calendar, an era that agrees; the refusal never says the date."""
    with pytest.raises(BadBirthDate) as refused:
        read_birth_date(text)

    assert refused.value.data == {}
