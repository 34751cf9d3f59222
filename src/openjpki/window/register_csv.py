"""The resident register as a CSV file: read strictly, every bad line reported, nothing guessed. Pure.

UTF-8 (with or without a byte order mark), one header line, commas, double quotes as RFC 4180 has them. CP932 is not
read: it lacks characters of real names (𠮷), and what it would turn them into is not what the register has.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import ResidenceStatus, Sex
from openjpki.rules.stay import Stay
from openjpki.window import shapes
from openjpki.window.telling import Told

COLUMNS = ("resident_code", "name", "kana", "address", "birth_date", "sex", "resident_since")
COLUMNS_JA = ("住民票コード", "氏名", "フリガナ", "住所", "生年月日", "性別", "住定日")
"""The header is one of these two lines, in this order; of a register with foreign residents the two below follow."""
STAY_COLUMNS = ("residence_status", "stay_until")
STAY_COLUMNS_JA = ("在留区分", "在留期間の満了日")
"""Both or none: a register without them is one of Japanese nationals (R-1.8)."""
_HEADERS = (COLUMNS, COLUMNS_JA, COLUMNS + STAY_COLUMNS, COLUMNS_JA + STAY_COLUMNS_JA)
MAX_BYTES = 16 * 1024 * 1024
"""50,000 lines of 300 bytes and some; a larger file is not a register of one import."""
MAX_LINES = 50_000
"""One import is one transaction; a larger register is imported in several."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """One line: a person as the register is to have them."""

    line: int
    resident_code: str = field(repr=False)
    name: str = field(repr=False)
    kana: str = field(repr=False)
    address: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Sex = field(repr=False)
    resident_since: date = field(repr=False)
    stay: Stay = field(default=Stay(), repr=False)


@dataclass(frozen=True, kw_only=True)
class BadLine:
    """Why a line cannot be taken: its number in the file and a stable code. Never what the line says."""

    line: int
    code: str

    @property
    def ja(self) -> str:
        """Return the Japanese sentence."""
        return f"{self.line}行目:{REASONS[self.code][0]}({self.code})。"

    @property
    def en(self) -> str:
        """Return the English sentence."""
        return f"Line {self.line}: {REASONS[self.code][1]} ({self.code})."


REASONS = {
    "columns": ("項目の数が見出しと違います", "the number of fields differs from the header's"),
    "malformed": ("引用符か区切りが正しくありません", "quotes or separators are not well-formed"),
    "resident-code": ("住民票コードは数字11桁です", "a resident code has eleven digits"),
    "name": (
        "氏名は100文字以内で、区切りは全角空白1つです",
        "a name has at most 100 characters, its parts separated by one full-width space",
    ),
    "kana": ("フリガナは全角カタカナで書きます", "the reading is written in full-width katakana"),
    "address": (
        "住所は都道府県から書き、200文字以内です",
        "an address begins with the prefecture and has at most 200 characters",
    ),
    "birth-date": ("生年月日を日付として読めません", "the birth date is not a date"),
    "birth-date-impossible": (
        "生年月日が未来または1873年より前です",
        "the birth date lies in the future or before 1873",
    ),
    "sex": ("性別は 男・女・不明 のいずれかです", "the sex is one of 男, 女, 不明"),
    "resident-since": ("住定日を日付として読めません", "the day of residence is not a date"),
    "resident-since-impossible": (
        "住定日が未来または生年月日より前です",
        "the day of residence lies in the future or before the birth",
    ),
    "residence-status": (
        "在留区分は 日本国籍・永住者・特別永住者・高度専門職第2号・在留期間のある外国人住民 のいずれか、または空欄です",
        "the residence status is a Japanese national's, or one of permanent, special-permanent, highly-skilled-2, fixed-stay",
    ),
    "stay-until": (
        "在留期間の満了日は、在留期間のあるかたにだけ、日付で書きます",
        "the end of the period of stay is a date, of a fixed stay and of nothing else",
    ),
    "twice": ("同じ住民票コードの行が前にあります", "an earlier line has the same resident code"),
    "already-registered": ("このかたは既に登録されています", "the person is registered already"),
}
"""Code → what is wrong, in both languages."""


class BadFile(Failure):
    """The file as a whole is not of the format."""

    code = "window.import.bad-file"
    kind = Kind.USAGE
    ja = "住民記録ファイルを読めません。{ja}"
    en = "The register file cannot be read. {en}"


class BadLines(Failure):
    """Some lines cannot be taken, so none is."""

    code = "window.import.bad-lines"
    kind = Kind.USAGE
    ja = "{count}行に誤りがあるため、1行も取り込んでいません。{lines:ja}"
    en = "{count} lines are wrong, so none was taken. {lines:en}"

    @classmethod
    def of(cls, lines: list[BadLine]) -> "BadLines":
        """Return the refusal for these lines, in their order."""
        ordered = sorted(lines, key=lambda bad: bad.line)
        return cls(count=len({bad.line for bad in ordered}), lines=Told(ordered))

    @property
    def lines(self) -> tuple[BadLine, ...]:
        """Return every bad line, also those that the sentence only counts."""
        return cast("Told[BadLine]", self.data["lines"]).things


def read_register(source: str | bytes, *, today: date) -> tuple[tuple[Person, ...], list[BadLine]]:
    """Return the persons of a file and what is wrong with it, line by line; raise `BadFile` if it is no such file."""
    rows = _numbered(_text_of(source))
    _, header = next(rows, (1, None))
    if header is None or tuple(header) not in _HEADERS:
        raise BadFile(
            ja=f"1行目の見出しは「{','.join(COLUMNS_JA)}」です。", en=f'Line 1 must be "{",".join(COLUMNS)}".'
        )
    persons: list[Person] = []
    bad: list[BadLine] = []
    seen: set[str] = set()
    for number, fields in rows:
        if number > MAX_LINES:
            raise BadFile(
                ja=f"{MAX_LINES}行を超えています。分けて取り込んでください。", en=f"It has more than {MAX_LINES} lines."
            )
        person, codes = _read_line(number, fields, len(header), seen, today)
        bad.extend(BadLine(line=number, code=code) for code in codes)
        if person:
            persons.append(person)
    return tuple(persons), bad


def _text_of(source: str | bytes) -> str:
    data = source.encode() if isinstance(source, str) else source
    if len(data) > MAX_BYTES:
        raise BadFile(ja=f"大きすぎます({MAX_BYTES}バイトまで)。", en=f"It is too large (at most {MAX_BYTES} bytes).")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile(
            ja="文字コードが UTF-8 ではありません(Shift_JIS は使えません)。",
            en="Its encoding is not UTF-8 (Shift_JIS is not accepted).",
        ) from None


def _numbered(text: str) -> Iterator[tuple[int, list[str] | None]]:
    """Yield each record with the number of its first line; a malformed one is None, and the last."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        number = rows.line_num + 1
        try:
            yield number, next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield number, None
            return


def _read_line(
    number: int, fields: list[str] | None, width: int, seen: set[str], today: date
) -> tuple[Person | None, list[str]]:
    """Return the person of a line, or None and the codes of all that is wrong with it."""
    if fields is None or len(fields) != width:
        return None, ["malformed" if fields is None else "columns"]
    code, name, kana, address, *_ = fields
    born, sex, since = shapes.read_date(fields[4]), shapes.read_sex(fields[5]), shapes.read_date(fields[6])
    status, stay = _read_stay(*fields[len(COLUMNS) :]) if width > len(COLUMNS) else (Stay().status, Stay())
    wrong = {
        "resident-code": not shapes.resident_code_is_well_formed(code),
        "name": not shapes.name_is_well_formed(name),
        "kana": not shapes.kana_is_well_formed(kana),
        "address": not shapes.address_is_well_formed(address),
        "birth-date": born is None,
        "birth-date-impossible": born is not None and not shapes.birth_date_is_possible(born, today=today),
        "sex": sex is None,
        "resident-since": since is None,
        "resident-since-impossible": born is not None and since is not None and not born <= since <= today,
        "residence-status": status is None,
        "stay-until": status is not None and stay is None,
        "twice": code in seen,
    }
    seen.add(code)
    found = [reason for reason, holds in wrong.items() if holds]
    if found or born is None or sex is None or since is None or stay is None:
        return None, found
    return Person(
        line=number,
        resident_code=code,
        name=name,
        kana=kana,
        address=address,
        birth_date=born,
        sex=sex,
        resident_since=since,
        stay=stay,
    ), []


def _read_stay(status_text: str, until_text: str) -> tuple[ResidenceStatus | None, Stay | None]:
    """Return the status, None if it is none, and how long the person may stay, None if the last day does not fit it."""
    status, until = shapes.read_status(status_text), shapes.read_date(until_text)
    if status is None or (until is None and until_text):
        return status, None
    stay = Stay(status=status, until=until)
    return status, stay if stay.is_whole else None
