from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openjpki.errors import Language
from openjpki.rules.era import BadEraDate, BeforeCalendar, Era, Told, era_of, in_era, read_era, spoken


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("1873-01-01", "明治6年1月1日"),
        ("1912-07-29", "明治45年7月29日"),
        ("1912-07-30", "大正元年7月30日"),
        ("1926-12-24", "大正15年12月24日"),
        ("1926-12-25", "昭和元年12月25日"),
        ("1989-01-07", "昭和64年1月7日"),
        ("1989-01-08", "平成元年1月8日"),
        ("2019-04-30", "平成31年4月30日"),
        ("2019-05-01", "令和元年5月1日"),
        ("2026-11-23", "令和8年11月23日"),
    ],
)
def test_era_boundaries_both_ways(day: str, text: str) -> None:
    """An era begins on its first day with 元年; reading and writing are inverse."""
    assert in_era(date.fromisoformat(day)) == text
    assert read_era(text) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    [
        "令和1年5月1日",
        "R1.5.1",
        "R1-05-01",
        "R1/5/1",
        "令和 元 年 5 月 1 日",
        "\uff321.\uff15.\uff11",
        "令和1年\u30005月1日",
    ],
)
def test_forms_are_filled_in_many_ways(text: str) -> None:
    """1 and 元, letters, full-width digits and blanks are read."""
    assert read_era(text) == date(2019, 5, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2019-05-01",
        "令和0年5月1日",
        "令和8年2月30日",
        "令和999年1月1日x",
        "令和元年4月30日",
        "明治5年12月31日",
        "平成31年5月1日",
        "昭和64年1月8日",
        "天保1年1月1日",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    """No date, a date before its era, or (strictly) after it."""
    with pytest.raises(BadEraDate):
        read_era(text)


def test_papers_printed_before_the_change_are_read_if_asked() -> None:
    """平成31年5月1日 was printed before 令和 was known; strict reading refuses it."""
    assert read_era("平成31年5月1日", strict=False) == date(2019, 5, 1)
    with pytest.raises(BadEraDate):
        read_era("令和元年4月30日", strict=False)


def test_no_era_before_the_calendar() -> None:
    """Before 1873 Japan counted by another calendar."""
    with pytest.raises(BeforeCalendar):
        in_era(date(1872, 12, 31))


def test_era_digits_and_letters() -> None:
    """A certificate's birth date begins with 1 to 5 for 明治 to 令和; forms use M T S H R."""
    assert [era.digit for era in Era] == [1, 2, 3, 4, 5]
    assert "".join(era.letter for era in Era) == "MTSHR"
    assert era_of(date(1990, 1, 2)).digit == 4


@pytest.mark.parametrize(
    ("day", "language", "told"),
    [
        (date(2026, 11, 23), "ja", "令和8年（2026年）11月23日（月）"),
        (date(2019, 5, 1), "ja", "令和元年（2019年）5月1日（水）"),
        (date(2026, 11, 29), "ja", "令和8年（2026年）11月29日（日）"),
        (date(2026, 11, 23), "en", "2026-11-23 (Mon)"),
        (date(2026, 11, 29), "en", "2026-11-29 (Sun)"),
        (date(1872, 12, 31), "ja", "1872年12月31日（火）"),
        (date(1872, 12, 31), "en", "1872-12-31 (Tue)"),
    ],
)
def test_a_day_is_told_with_its_weekday(day: date, language: Language, told: str) -> None:
    """R-4.4: era and Gregorian years stand together in Japanese; a day before 1873 has only the latter."""
    assert spoken(day, language) == told


def test_a_birth_date_has_no_weekday() -> None:
    """R-8.3: nobody is asked on which day of the week a person was born."""
    assert spoken(date(1990, 6, 10), "ja", weekday=False) == "平成2年（1990年）6月10日"
    assert spoken(date(1990, 6, 10), "en", weekday=False) == "1990-06-10"


@given(st.dates(min_value=date(1873, 1, 1)))
def test_a_day_is_told_in_sentences_and_written_in_data(day: date) -> None:
    """A refusal's sentences speak the day, its data are the ISO date that programs read."""
    told = Told.of(day)

    assert (f"{told:ja}", f"{told:en}") == (spoken(day, "ja"), spoken(day, "en"))
    assert (str(told), f"{told}", f"{told:%d}") == (day.isoformat(), day.isoformat(), f"{day:%d}")
