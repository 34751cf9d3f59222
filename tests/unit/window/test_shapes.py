from datetime import date

import pytest

from openjpki.rules.kinds import Sex
from openjpki.window import shapes

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("12345678901", True),
        ("1234567890", False),
        ("123456789012", False),
        ("1234567890a", False),
        ("\uff11" * 11, False),
    ],
)
def test_a_resident_code_has_eleven_ascii_digits(text: str, holds: bool) -> None:  # noqa: FBT001  -- a table
    """住民票コード is eleven digits."""
    assert shapes.resident_code_is_well_formed(text) is holds


@pytest.mark.parametrize(("text", "holds"), [("123456789012345", True), ("12345678901234", False), ("", False)])
def test_a_card_number_has_fifteen_digits(text: str, holds: bool) -> None:  # noqa: FBT001  -- a table
    """製造番号 is fifteen digits."""
    assert shapes.card_number_is_well_formed(text) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("見本　花子", True),
        ("𠮷田　髙子", True),
        ("葛\U000e0102城　太郎", True),
        ("ＳＭＩＴＨ　ＪＯＨＮ", True),
        ("見本 花子", False),
        ("　見本", False),
        ("見本　　花子", False),
        ("見本\n花子", False),
        ("見本\u202e花子", False),
        ("", False),
        ("長" * 101, False),
    ],
)
def test_a_name_has_full_width_spaces_and_no_control_characters(text: str, holds: bool) -> None:  # noqa: FBT001  -- a table
    """A name is kept as it is, rare characters and variants included; only its form is checked."""
    assert shapes.name_is_well_formed(text) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("ミホン　ハナコ", True),
        ("ヴィクトル・ー", True),
        ("みほん", False),
        ("ミホン\u3000", False),
        ("\uff90\uff8e\uff9d", False),
        ("ア" * 101, False),
    ],
)
def test_a_reading_is_full_width_katakana(text: str, holds: bool) -> None:  # noqa: FBT001  -- a table
    """フリガナ is written in full-width katakana."""
    assert shapes.kana_is_well_formed(text) is holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("見本県若葉市一丁目2番3号", True),
        ("神奈川県横浜市西区", True),
        ("若葉市一丁目", False),
        ("567-8505 大阪府茨木市", False),
        ("見本県若葉市　", False),
        ("見本県" + "長" * 198, False),
    ],
)
def test_an_address_begins_with_its_prefecture(text: str, holds: bool) -> None:  # noqa: FBT001  -- a table
    """An address begins with the prefecture, has no postcode, and at most 200 characters (R-1.9)."""
    assert shapes.address_is_well_formed(text) is holds


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1990-06-10", date(1990, 6, 10)),
        ("平成2年6月10日", date(1990, 6, 10)),
        ("H2.6.10", date(1990, 6, 10)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("1990/06/10", None),
        ("1990-6-10", None),
        ("19900610", None),
        ("1990-02-30", None),
        ("平成99年1月1日", None),
        ("", None),
    ],
)
def test_a_date_is_iso_or_by_era(text: str, day: date | None) -> None:
    """A date is read as ISO 8601 or by era, and nothing is guessed."""
    assert shapes.read_date(text) == day


def test_a_sex_is_one_of_three_words() -> None:
    """男, 女, 不明, or the words of the wire."""
    assert [shapes.read_sex(text) for text in ("男", "女", "不明", "male")] == [
        Sex.MALE,
        Sex.FEMALE,
        Sex.UNKNOWN,
        Sex.MALE,
    ]
    assert shapes.read_sex("1") is None


@pytest.mark.parametrize(
    ("born", "holds"),
    [(date(1872, 12, 31), False), (date(1873, 1, 1), True), (TODAY, True), (date(2026, 11, 24), False)],
)
def test_a_birth_date_is_of_this_calendar_and_not_in_the_future(born: date, holds: bool) -> None:  # noqa: FBT001  -- a table
    """Japan counted by another calendar before 1873; nobody is born tomorrow."""
    assert shapes.birth_date_is_possible(born, today=TODAY) is holds
