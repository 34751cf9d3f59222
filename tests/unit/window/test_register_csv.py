from datetime import date

import pytest

from openjpki.rules.kinds import ResidenceStatus, Sex
from openjpki.rules.stay import Stay
from openjpki.window import register_csv
from openjpki.window.register_csv import COLUMNS, STAY_COLUMNS, BadFile, BadLine, BadLines, Person, read_register
from tests.unit.window.counter import HANAKO, HEADER, PAGE

TODAY = date(2026, 11, 23)
GOOD = "12345678901,見本　花子,ミホン　ハナコ,見本県若葉市一丁目2番3号,1990-06-10,女,2015-04-01"


def test_a_line_is_a_person() -> None:
    """A line gives the four attributes, the reading, and since when the person lives here."""
    persons, bad = read_register(f"{HEADER}\n{GOOD}\n", today=TODAY)

    assert not bad
    assert persons == (
        Person(
            line=2,
            resident_code=HANAKO,
            name="見本　花子",
            kana="ミホン　ハナコ",
            address="見本県若葉市一丁目2番3号",
            birth_date=date(1990, 6, 10),
            sex=Sex.FEMALE,
            resident_since=date(2015, 4, 1),
        ),
    )
    assert "花子" not in repr(persons)


@pytest.mark.parametrize(
    "source",
    [
        f"\ufeff{HEADER}\r\n{GOOD}\r\n",
        f"{','.join(COLUMNS)}\n{GOOD}",
        f"{HEADER}\n{GOOD.replace('1990-06-10', '平成2年6月10日')}".encode(),
        f'{HEADER}\n"{GOOD.replace(",", chr(34) + "," + chr(34))}"\n',
    ],
)
def test_the_forms_of_the_same_file(source: str | bytes) -> None:
    """A byte order mark, either header, either line end, quotes and dates by era all give the same person."""
    persons, bad = read_register(source, today=TODAY)

    assert not bad
    assert [person.birth_date for person in persons] == [date(1990, 6, 10)]


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("", ["columns"]),
        ("a,b", ["columns"]),
        (GOOD + ",x", ["columns"]),
        (GOOD.replace("12345678901", "123"), ["resident-code"]),
        (GOOD.replace("見本　花子", "見本 花子"), ["name"]),
        (GOOD.replace("ミホン　ハナコ", "みほん"), ["kana"]),
        (GOOD.replace("見本県若葉市", "若葉市"), ["address"]),
        (GOOD.replace("1990-06-10", "1990-06-31"), ["birth-date"]),
        (
            GOOD.replace("1990-06-10", "2026-11-24").replace("2015-04-01", "2026-11-24"),
            ["birth-date-impossible", "resident-since-impossible"],
        ),
        (GOOD.replace("女", "F"), ["sex"]),
        (GOOD.replace("2015-04-01", "きのう"), ["resident-since"]),
        (GOOD.replace("2015-04-01", "1990-06-09"), ["resident-since-impossible"]),
        ("1,2,3,4,5,6,7", ["resident-code", "kana", "address", "birth-date", "sex", "resident-since"]),
        ('"unclosed', ["malformed"]),
        (f"{GOOD}\n{GOOD}", ["twice"]),
    ],
)
def test_a_bad_line_is_told_by_number_and_code(line: str, codes: list[str]) -> None:
    """Every line that cannot be taken is reported with its number and all that is wrong with it."""
    _, bad = read_register(f"{HEADER}\n{line}\n", today=TODAY)

    assert [found.code for found in bad] == codes
    assert {found.line for found in bad} == {3 if codes == ["twice"] else 2}
    assert set(codes) <= set(register_csv.REASONS)


def test_line_numbers_are_those_of_an_editor() -> None:
    """A record that spreads over lines by quotes does not shift the numbers that follow."""
    spread = GOOD.replace("見本　花子", '"見本\n花子"')
    _, bad = read_register(f"{HEADER}\n{spread}\nx\n", today=TODAY)

    assert [(found.line, found.code) for found in bad] == [(2, "name"), (4, "columns")]


@pytest.mark.parametrize(
    "source",
    [b"", b"\x00", "名前\n", f"{HEADER}\n".encode("cp932"), f"{HEADER},x\n", '"', HEADER.encode() + b"\n\xff"],
)
def test_a_file_of_another_format_is_refused_whole(source: str | bytes) -> None:
    """No header, an empty file, Shift_JIS, broken bytes: one refusal that says what is expected."""
    with pytest.raises(BadFile):
        read_register(source, today=TODAY)


def test_the_bounds_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file over the bound of bytes or lines is refused before anything is made of it."""
    monkeypatch.setattr(register_csv, "MAX_LINES", 2)
    with pytest.raises(BadFile):
        read_register(f"{HEADER}\n{GOOD}\n{GOOD}\n", today=TODAY)

    monkeypatch.setattr(register_csv, "MAX_BYTES", 10)
    with pytest.raises(BadFile):
        read_register(HEADER, today=TODAY)


def test_the_refusal_carries_every_bad_line() -> None:
    """The refusal names lines and codes in order, in both languages, and never what a line says."""
    refusal = BadLines.of([BadLine(line=3, code="sex"), BadLine(line=2, code="name")])

    assert refusal.message("ja").startswith("2行に誤りがあるため")
    assert "Line 2: a name" in refusal.message("en")
    assert [bad.line for bad in refusal.lines] == [2, 3]


def test_the_format_is_documented() -> None:
    """Both headers and every code of a bad line stand in docs/window.md."""
    page = PAGE.read_text(encoding="utf-8")

    assert f"{HEADER}\n{','.join(COLUMNS)}\n" in page
    assert f"{WITH_STAY}\n{','.join(COLUMNS + STAY_COLUMNS)}\n" in page
    assert not [code for code in register_csv.REASONS if f"`{code}`" not in page]


WITH_STAY = f"{HEADER},在留区分,在留期間の満了日"


@pytest.mark.parametrize(
    ("told", "stay"),
    [
        (",", Stay()),
        ("日本国籍,", Stay()),
        ("永住者,", Stay(status=ResidenceStatus.PERMANENT)),
        ("special-permanent,", Stay(status=ResidenceStatus.SPECIAL_PERMANENT)),
        ("在留期間のある外国人住民,2028-03-31", Stay(status=ResidenceStatus.FIXED_STAY, until=date(2028, 3, 31))),
        ("fixed-stay,令和10年3月31日", Stay(status=ResidenceStatus.FIXED_STAY, until=date(2028, 3, 31))),
    ],
)
def test_a_register_may_tell_how_long_somebody_stays(told: str, stay: Stay) -> None:
    """R-1.8: with two more columns the register tells status and last day; an empty field is a Japanese national."""
    for header in (WITH_STAY, ",".join(COLUMNS + STAY_COLUMNS)):
        persons, bad = read_register(f"{header}\n{GOOD},{told}\n", today=TODAY)

        assert not bad
        assert [person.stay for person in persons] == [stay]


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        ("", ["columns"]),
        ("旅行者,2028-03-31", ["residence-status"]),
        ("fixed-stay,", ["stay-until"]),
        ("fixed-stay,そのうち", ["stay-until"]),
        ("永住者,2028-03-31", ["stay-until"]),
        (",2028-03-31", ["stay-until"]),
    ],
)
def test_what_is_told_of_a_stay_is_whole(told: str, codes: list[str]) -> None:
    """R-3.7: a fixed stay has its last day, nothing else has one; what does not fit is not guessed."""
    line = f"{GOOD},{told}" if told else GOOD
    persons, bad = read_register(f"{WITH_STAY}\n{line}\n", today=TODAY)

    assert not persons
    assert [found.code for found in bad] == codes
