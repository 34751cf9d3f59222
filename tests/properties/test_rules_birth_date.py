from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from openjpki.rules.birth_date import BadBirthDate, birth_date_text, read_birth_date
from openjpki.rules.dates import FIRST_DAY, LAST_DAY
from openjpki.rules.era import Era

BEGINNINGS = [era.begins for era in Era if era.begins > FIRST_DAY]
NEAR_A_CHANGE = st.builds(
    lambda begins, days: begins + timedelta(days=days), st.sampled_from(BEGINNINGS), st.integers(-3, 3)
)


@example(FIRST_DAY)
@example(date(1912, 7, 30))
@example(date(1926, 12, 25))
@example(date(1989, 1, 8))
@example(date(2019, 5, 1))
@given(NEAR_A_CHANGE | st.dates(FIRST_DAY, LAST_DAY))
def test_what_is_written_is_read(day: date) -> None:
    """R-8.3: over every change of era a birth date comes back as it was, and no other era's digit is taken for it."""
    text = birth_date_text(day)
    others = [f"{era.digit}{text[1:]}" for era in Era if f"{era.digit}" != text[0]]

    assert read_birth_date(text) == day
    for other in others:
        try:
            read_birth_date(other)
        except BadBirthDate:
            continue
        raise AssertionError(other)


@given(st.text("0123456789", min_size=9, max_size=9))
def test_what_is_read_is_written_so(text: str) -> None:
    """R-8.3: whatever is read, but for an unknown era, is what would be written."""
    try:
        day = read_birth_date(text)
    except BadBirthDate:
        return

    assert text[0] == "0" or birth_date_text(day) == text
