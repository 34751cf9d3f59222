import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from openjpki import pki, rules
from openjpki.cli.main import main
from openjpki.cli.rules.explain import _import
from openjpki.rules.book import RULES
from openjpki.rules.conflicts import CONFLICTS
from openjpki.rules.page import SENTENCES
from openjpki.rules.policy import SETTINGS
from openjpki.rules.subjects import SUBJECTS


def _ask(capsys: pytest.CaptureFixture[str], question: str, language: str = "en") -> dict[str, Any]:
    assert main(["rules", "explain", *shlex.split(question), "--json", "--lang", language]) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def _told(capsys: pytest.CaptureFixture[str], question: str, language: str) -> list[str]:
    assert main(["rules", "explain", *shlex.split(question), "--lang", language]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [(SENTENCES, "sentence"), (RULES, "rule"), (CONFLICTS, "conflict")],
    ids=["sentences", "rules", "conflicts"],
)
def test_a_number_is_explained(capsys: pytest.CaptureFixture[str], numbers: dict[str, object], kind: str) -> None:
    """S-nn, R-x.y, CF-n: one command, one shape (that each leads somewhere is a test of the rules)."""
    for number in list(numbers)[::9]:
        answer = _ask(capsys, number)

        assert (answer["code"], answer["kind"]) == (number, kind)
        assert set(answer) >= {"ja", "en", "sentences", "rules", "conflicts", "settings", "findings"}
        assert answer["rules"]


def test_a_sentence_of_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    """S-33: its gist, R-3.8 and R-7.1 that carry it out, CF-11 with its ruling, settings and findings."""
    answer = _ask(capsys, "S-33", "ja")

    assert answer["ja"] == SENTENCES["S-33"].ja
    assert [rule["number"] for rule in answer["rules"]] == ["R-3.8", "R-7.1"]
    assert answer["conflicts"][0]["number"] == "CF-11"
    assert answer["conflicts"][0]["ruling_en"] == "it opens nothing and blocks nothing"
    assert "notice_opens_window" in {setting["name"] for setting in answer["settings"]}
    assert {finding["code"] for finding in answer["findings"]} == {"renewal.not-yet", "notice.comes-early"}
    assert "更新期間前には手続きできません" in answer["findings"][0]["says"]


def test_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    """R-3.8: title and mark, then the sentences of the page; small letters do as well."""
    lines = _told(capsys, "r-3.8", "en")

    assert lines[:3] == [
        "R-3.8 (rule; C)",
        "the renewal window",
        "  S-23: renewal from three months before the end",
    ]
    subject = SUBJECTS["renewal_last_day_offset"].en
    assert f"  renewal_last_day_offset (setting): {subject} = 0" in lines


def test_a_conflict(capsys: pytest.CaptureFixture[str]) -> None:
    """CF-2, CF-12: what it is between, what each preset decides; a gap has no letter of its own."""
    assert _told(capsys, "CF-2", "ja")[2:4] == ["  national: 期限の日も更新できる", "  page: 期限の日の前日まで"]
    assert _told(capsys, "CF-12", "ja")[3] == "  page: 同じ"
    assert _told(capsys, "CF-12", "en")[3] == "  page: the same"
    assert _ask(capsys, "CF-2")["letter_en"] == "the day before the expiry is the last"


@pytest.mark.parametrize("name", list(SETTINGS)[::5])
def test_a_setting(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Each ruling by its name: rule, conflict, mark, source and what it takes."""
    answer = _ask(capsys, name)

    assert (answer["code"], answer["kind"], answer["mark"]) == (name, "setting", SETTINGS[name].mark)
    assert [*answer["rules"], *answer["conflicts"]] == SETTINGS[name].rule.split(", ")


def test_a_setting_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """R-3.8, CF-2: what it is about, its value, how it is given, and what it rests on."""
    lines = _told(capsys, "renewal_last_day_offset", "en")

    assert lines[0] == "renewal_last_day_offset (setting; R-3.8, CF-2; C)"
    assert lines[1] == "whether the expiry day is the last of the renewal, or the day before"
    assert lines[2] == "renewal_last_day_offset = 0"
    assert lines[3] == "--policy renewal_last_day_offset=0 / -1"
    assert lines[-1].endswith("→ through the expiry day")
    assert _told(capsys, "renewal_last_day_offset", "ja")[1] == SUBJECTS["renewal_last_day_offset"].ja
    page = _told(capsys, "renewal_last_day_offset --policy preset=page", "ja")
    assert page[2] == "renewal_last_day_offset = -1"


def test_a_setting_that_is_found_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """R-2.24, R-4.1: name, subject and value under the policy; a long value by its beginning, whole in the data."""
    line = "  agent_first_visit_mandate (設定): 代理人の1回目の来庁に委任状が必要か = {}"

    assert line.format("false") in _told(capsys, "委任状", "ja")
    assert line.format("true") in _told(capsys, "委任状 --policy agent_first_visit_mandate=true", "ja")
    (fees,) = (one for one in _told(capsys, "手数料の表", "ja") if one.startswith("  fee_table"))
    assert fees.startswith("  fee_table (設定): 手数料の表 = first=0;")
    assert fees.endswith("…")
    (hit,) = (one for one in _ask(capsys, "手数料の表")["hits"] if one["code"] == "fee_table")
    assert hit["value"].endswith("stay-missed=1000")
    assert "value" not in _ask(capsys, "結婚", "ja")["hits"][0]


def test_the_settings_of_a_number_explain_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    """R-2.24: a rule tells the rulings that hold it, each with its subject and its value."""
    lines = _told(capsys, "R-2.24", "ja")

    assert "  inquiry_reply_days (設定): 照会書への回答の期限(日数) = 30" in lines


def test_a_finding_shows_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    """R-2.24; S-16: the gist of each number that a finding cites."""
    lines = _told(capsys, "agent.two-visits", "ja")

    assert "  S-16: 本人が頼んだ代理人は当日に発行を受けられない" in lines
    assert "  R-2.29: 事前の問い合わせ" in lines
    assert _ask(capsys, "agent.two-visits")["page"] == SENTENCES["S-16"].en
    assert _ask(capsys, "agent.id")["page"] == ""


@pytest.mark.parametrize("number", ["S-71", "S-00", "R-9.9", "R-2.16", "CF-15"])
def test_a_number_that_stands_for_nothing(capsys: pytest.CaptureFixture[str], number: str) -> None:
    """Exit 2 and a stable code."""
    assert main(["rules", "explain", number, "--lang", "en"]) == 2
    assert "[rules.unknown-code]" in capsys.readouterr().err


def test_the_numbers_that_there_are_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """R-2.29: from the first to the last of each register, in both languages."""
    registers = (list(SENTENCES), [rule.partition(".")[0] for rule in RULES], list(CONFLICTS))
    ends = [end for register in registers for end in (register[0], register[-1])]
    for language in ("ja", "en"):
        assert main(["rules", "explain", "S-99", "--lang", language]) == 2
        told = capsys.readouterr().err
        assert [end for end in ends if end not in told] == []
        assert "[rules.unknown-code]" in told


@pytest.mark.parametrize("code", ["renewal.never", "window.nothing-like-it"])
def test_a_code_that_stands_for_nothing(capsys: pytest.CaptureFixture[str], code: str) -> None:
    """A code is looked up, not searched for by its words."""
    assert main(["rules", "explain", code]) == 2
    assert "[rules.unknown-code]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "language", "heading", "first"),
    [
        ("結婚", "ja", "「結婚」: ", "  R-5.3 (規則): 基本4情報の変更による失効"),
        ("コンビニ", "ja", "「コンビニ」: ", "  R-4.6 (規則): インターネット・コンビニで使える時間"),
        ("marriage", "en", '"marriage": ', "  R-5.3 (rule): ended by a change of the four attributes"),
        ("renewal window", "en", '"renewal window": ', "  R-3.8 (rule): the renewal window"),
        ("照会書 郵送", "ja", "「照会書 郵送」: ", "  identity.inquiry (案内): 本人確認書類がなく"),
    ],
)
def test_a_word_is_searched_for(
    capsys: pytest.CaptureFixture[str], words: str, language: str, heading: str, first: str
) -> None:
    """S-25, R-3.8: a clerk asks by a word and gets numbers, the most fitting first, and the command that says more."""
    lines = _told(capsys, words, language)

    assert lines[0].startswith(heading)
    assert lines[1].startswith(first)
    assert lines[-1].endswith(f"`openjpki rules explain {first.split(maxsplit=1)[0]}`")
    assert [line for line in lines if "{" in line] == []


def test_a_search_is_bounded(capsys: pytest.CaptureFixture[str]) -> None:
    """R-2.29: ten are told, and how many there are beside; a word that stands for others says for which."""
    few, many = _ask(capsys, "結婚", "ja"), _ask(capsys, "更新", "ja")

    assert few["more"] == 0
    assert "4情報" in few["also"]
    assert {"code": "R-5.3", "kind": "rule", "ja": RULES["R-5.3"].ja, "en": RULES["R-5.3"].en} in few["hits"]
    assert len(many["hits"]) == 10
    assert f"  … ほか{many['more']}件" in _told(capsys, "更新", "ja")
    assert f"  … and {many['more']} more" in _told(capsys, "更新", "en")
    assert "(4情報、氏名の変更 も探しました)" in _told(capsys, "結婚", "ja")[0]
    assert "(searched too: four attributes)" in _told(capsys, "結婚", "en")[0]


@pytest.mark.parametrize(
    ("words", "language", "also"),
    [
        ("委任状", "ja", ""),
        ("委任状は要りますか", "ja", ""),
        ("外国人", "ja", "(在留期間 も探しました)"),
        ("Mandate", "en", ""),
        ("copies", "en", ""),
        ("photocopy", "en", " (searched too: copies, copied)"),
    ],
)
def test_the_word_itself_is_not_searched_for_too(
    capsys: pytest.CaptureFixture[str], words: str, language: str, also: str
) -> None:
    """R-2.29: told is what else was looked for, not the word that was asked for."""
    assert _told(capsys, words, language)[0].endswith((f"件{also}", f"found{also}"))
    assert words not in _ask(capsys, words, language)["also"]


@pytest.mark.parametrize("words", ["...", "。", "( )", "…", "-"])
def test_marks_find_nothing(capsys: pytest.CaptureFixture[str], words: str) -> None:
    """A sentence with marks in it is no answer to them."""
    assert main(["rules", "explain", words]) == 1
    assert "[rules.nothing-found]" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["ja", "en"])
def test_nothing_is_found(capsys: pytest.CaptureFixture[str], language: str) -> None:
    """A coded refusal that says how else to ask."""
    assert main(["rules", "explain", "八日市場", "--lang", language]) == 1
    told = capsys.readouterr().err
    assert "[rules.nothing-found]" in told
    assert "八日市場" in told
    assert "R-3.8" in told


def test_rooms_inside_rooms_are_imported() -> None:
    """A refusal is explained wherever in a room it is declared."""
    _import(("pki", "rules"))
    rooms = [Path(package.__file__ or "").parent for package in (pki, rules)]
    files = [path.relative_to(room.parent.parent) for room in rooms for path in room.rglob("*.py")]
    names = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in files}

    assert "openjpki.pki.lint.attributes" in names
    assert names <= set(sys.modules)


def test_a_refusal_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """Its exit status and its sentence, with dots where a case fills something in."""
    assert _told(capsys, "dates.bad-day", "ja")[0] == "dates.bad-day (終了状態 2)"
    assert _told(capsys, "dates.bad-day", "en") == [
        "dates.bad-day (exit 2)",
        '"…" is not a date. Give a day from 1873-01-01 to 2999-12-31 as YYYY-MM-DD.',
    ]


@pytest.mark.parametrize("text", ["S-08", "s-8", "S8", " s08 ", "Ｓ－８"])
def test_a_number_is_read_as_people_write_it(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """S-08: one sentence, however it is written."""
    assert _ask(capsys, f"'{text}'")["code"] == "S-08"


@pytest.mark.parametrize("code", ["renewal.not-yet", "fee.refunded", "fee.remake"])
def test_a_sentence_to_fill_in_has_dots(capsys: pytest.CaptureFixture[str], code: str) -> None:
    """R-3.8, R-4.2: no name of a field is read out, a day's or an amount's."""
    lines = _told(capsys, code, "ja")

    assert not [line for line in lines if "{" in line]
    assert [line for line in lines if "…" in line]
