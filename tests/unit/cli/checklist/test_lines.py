import inspect
import shlex

import pytest

from openjpki.cli.checklist import lines, questions, words
from openjpki.cli.checklist.lines import items_lines
from openjpki.cli.main import main
from openjpki.errors import Language
from openjpki.rules.checklist.items import Item, Thing
from openjpki.rules.checklist.papers import Whose
from openjpki.rules.documents import DocumentKind
from openjpki.rules.kinds import Applicant
from tests.support.glossary import not_said

BORN = "--born 1990-06-10"
ENDS = "--signature-expires 2026-06-10 --authentication-expires 2026-06-10"
RENEWAL = f"--procedure renewal --applicant self {BORN} {ENDS} --pins"


def told(
    capsys: pytest.CaptureFixture[str], question: str, language: Language = "ja", *, on: str = "2026-05-01"
) -> str:
    """Return what is printed."""
    main(["checklist", *shlex.split(question), "--on", on, "--lang", language])
    return capsys.readouterr().out


def test_residents_are_asked_and_told_in_words_of_the_page() -> None:
    """S-16, S-47: neither a question nor a line has a word that the glossary keeps for clerks."""
    written = "".join(map(inspect.getsource, (lines, questions, words)))

    assert [word for word in not_said() if word in written] == []


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            f"{RENEWAL} forgotten --pin signature --notice",
            [
                "■ 更新(署名用電子証明書・利用者証明用電子証明書) 来るかた: ご本人",
                "1回の来庁で、その日に終わります。",
                "いつ  令和8年（2026年）5月1日（金）から令和8年（2026年）6月10日（水）まで",
                "時間  8:45~17:15(土曜日、日曜日、祝日、12月29日~1月3日は閉庁)",
                "場所  茨木市役所 南館9階",
                "手数料 0円 [R-4.1]",
                "持ち物:",
                "□ ご本人のマイナンバーカード [R-1.2, R-2.20, S-39]",
                "□ 有効期限通知書(紛失された場合は不要) [R-7.1, S-40]",
                "□ ご本人の本人確認書類(マイナンバーカード以外) [R-2.20, S-14, R-2.21, S-59]",
                "□ 署名用 (英大文字と数字で6~16文字): 新しい番号を考えておく [R-6.1, R-6.3, S-43, S-61]",
                "□ 利用者証明用 (数字4桁): 今の番号を確かめる [R-6.1, R-6.7, S-41, S-42]",
            ],
        ),
        (
            f"{RENEWAL} locked --no-document",
            ["2回の来庁が必要です。", "1回目の来庁の持ち物:", "2回目の来庁の持ち物:"],
        ),
        (
            f"--procedure pin-change --applicant self {BORN} --pins known --pin authentication",
            [
                "■ 暗証番号の変更(今の番号がわかる) 来るかた: ご本人",
                "いつ  令和8年（2026年）5月1日（金）から",
                "□ 利用者証明用 (数字4桁): 今の番号を確かめる、新しい番号を考えておく [R-6.1, R-6.7, S-41, S-42]",
            ],
        ),
        (f"--procedure pin-reset --applicant self {BORN} --pin signature", ["窓口のかわりに、コンビニ等の端末でも:"]),
        (
            f"{RENEWAL} known --signature-expires 2026-05-03",
            ["      (期限の令和8年（2026年）5月3日（日）は閉庁日です)"],
        ),
        (
            f"--procedure renewal --applicant voluntary-agent {BORN} {ENDS} --pins known --inquiry-form sealed",
            [
                "□ 代理人の官公署発行の顔写真付き本人確認書類 [R-2.23, S-49, R-2.21, S-59]",
                "   ご本人だけが知り、封をする書類に書きます。代理人には伝えません。",
            ],
        ),
        (
            "--procedure pin-reset --applicant legal-representative --born 2015-01-01 --power parent",
            [
                "□ 戸籍全部事項証明書 [R-2.22]",
                "□ 法定代理人のもう1点、別の本人確認書類 [R-2.22, R-2.21, S-59]",
            ],
        ),
        (
            "--procedure pin-change --applicant legal-representative --born 1950-01-01 --power guardian",
            ["□ 登記事項証明書(発行から3か月以内) [R-2.22]"],
        ),
        (f"{RENEWAL} known --card expired", ["この手続きはできません。", "先にすること:"]),
        (
            f"{RENEWAL} known --policy office_calendar=none",
            ["時間  8:45~17:15"],
        ),
        (
            f"{RENEWAL} known --signature-expires 2026-05-01 --authentication-expires 2026-05-01",
            ["いつ  令和8年（2026年）5月1日（金）のみ"],
        ),
        ("--procedure hold", ["■ 一時停止(カードをなくした)", "電話でできます。来庁は要りません。"]),
    ],
)
def test_what_hangs_on_the_fridge(capsys: pytest.CaptureFixture[str], question: str, expected: list[str]) -> None:
    """S-31 to S-54: short lines, a box before each thing, days in both calendars, and the rules that ask for it."""
    found = told(capsys, question).splitlines()

    assert [line for line in expected if line not in found] == []


def test_one_day_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    """R-4.7: where the first open day is the last, and the closed day after it is still told."""
    found = told(capsys, f"{RENEWAL} known --signature-expires 2026-05-03", "en")

    assert "When  2026-05-01 (Fri) only\n      (the last day, 2026-05-03 (Sun), is a closed day)\n" in found


def test_the_letter_is_told_between_the_visits(capsys: pytest.CaptureFixture[str]) -> None:
    """S-15; R-2.24: where it goes, and until when the reply counts."""
    found = told(capsys, f"{RENEWAL} locked --no-document")

    assert "→ 照会書兼回答書がご本人の住所に郵送で届きます" in found
    assert "令和8年（2026年）6月1日（月）まで" in found
    assert found.index("1回目") < found.index("→ 照会書兼回答書") < found.index("2回目の来庁の持ち物")


def test_another_way_is_a_list_too(capsys: pytest.CaptureFixture[str]) -> None:
    """S-33; R-2.4, R-4.2: what it costs, from when, and what to bring; free of charge that is told too."""
    early = told(capsys, f"{RENEWAL} known", on="2026-03-10").partition("かわりにできること:")[2]
    anew = told(capsys, f"{RENEWAL} known", on="2026-06-11").partition("かわりにできること:")[2]

    assert "手数料 200円 [R-4.2]" in early
    assert "いつ  令和8年（2026年）3月10日（火）から  1回の来庁で、その日に終わります。" in early
    assert "□ ご本人のマイナンバーカード" in early
    assert "手数料 0円 [R-4.1]" in anew


def test_what_comes_first_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    """S-07, S-58; R-1.1, R-1.2: where nothing else helps, and beside what helps it is a note."""
    moved = told(capsys, f"{RENEWAL} known --residence moved-out")
    over = told(capsys, f"{RENEWAL} known", on="2026-06-11")

    assert (moved.count("[eligibility.moved-out;"), moved.count("お知らせ:"), moved.count("先にすること:")) == (1, 0, 1)
    assert (over.count("[renewal.over;"), over.count("お知らせ:"), over.count("先にすること:")) == (1, 1, 0)


def test_why_somebody_waits_is_told_first(capsys: pytest.CaptureFixture[str]) -> None:
    """R-1.4, R-3.8; S-08, S-33: before the days and the papers, and once."""
    early = told(capsys, f"{RENEWAL} known", on="2026-03-10")
    child = told(capsys, "--procedure new --applicant self --born 2012-04-01 --pins known")

    assert early.splitlines()[1] == "まだ手続きできません。"
    assert early.index("[renewal.not-yet;") < early.index("いつ")
    assert child.index("[eligibility.ward_or_under15_principle;") < child.index("いつ")
    assert (early.count("[renewal.not-yet;"), child.count("[representative.needed;")) == (1, 1)
    assert "まだ" not in told(capsys, f"{RENEWAL} known")


def test_the_15th_birthday_is_no_deadline(capsys: pytest.CaptureFixture[str]) -> None:
    """R-1.4, R-1.6: its closed eve is called none, and who applies from then on is told."""
    parent = "--procedure new --applicant legal-representative --power parent --kind authentication"
    found = told(capsys, f"{parent} --born 2013-11-13", on="2028-11-06")

    assert "に15歳になります。その日からはご本人が" in found
    assert "期限" not in found.replace("有効期限", "")


def test_the_same_in_english(capsys: pytest.CaptureFixture[str]) -> None:
    """S-31 to S-45: no Japanese but names of places and of what has no English one."""
    found = told(capsys, f"{RENEWAL} forgotten", "en")

    for line in (
        "■ renewal (signature, authentication); who comes: the holder",
        "When  2026-05-01 (Fri) to 2026-06-10 (Wed)",
        "Hours 8:45-17:15, closed Saturday, Sunday, holidays, 12-29 to 01-03",
        "Fee   0 yen [R-4.1]",
        "Please note:",
    ):
        assert line in found.splitlines()


@pytest.mark.parametrize(
    ("language", "line"),
    [("ja", "(この案内は、令和8年（2026年）5月1日（金）現在のものです)"), ("en", "(as of 2026-05-01 (Fri))")],
)
def test_the_list_says_of_which_day_it_is(capsys: pytest.CaptureFixture[str], language: Language, line: str) -> None:
    """R-3.8, R-4.1: days and fees are those of the interview, which is today where nobody named a day."""
    assert told(capsys, f"{RENEWAL} known", language).splitlines()[-1] == line


@pytest.mark.parametrize(
    ("item", "line"),
    [
        (
            Item(
                thing=Thing.DOCUMENT, whose=Whose.APPLICANT, rules=("R-2.24",), kinds=(DocumentKind.MANDATE,), months=3
            ),
            "□ mandate (issued within 3 months) [R-2.24]",
        ),
        (
            Item(thing=Thing.NOTICE, whose=Whose.HOLDER, rules=("R-7.1",), required=False),
            "□ the expiry notice (not needed if it was lost) [R-7.1]",
        ),
        (
            Item(thing=Thing.CARD, whose=Whose.HOLDER, rules=("R-2.5",), required=False),
            "□ the holder's My Number card (if you have it) [R-2.5]",
        ),
    ],
)
def test_a_line_of_the_list(item: Item, line: str) -> None:
    """R-2.22, R-2.24, R-7.1: a paper's own term; what nobody is sent away for want of."""
    assert list(items_lines(Applicant.VOLUNTARY_AGENT, (item,), "en")) == [line]


def test_what_is_needed_for_a_pin_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """R-2.20, R-6.3, R-6.4; S-13, S-44: the list says when it is needed, and no advice beside it asks for it always."""
    known = told(capsys, f"{RENEWAL} known", on="2026-06-11")
    parent = "--procedure new --applicant legal-representative --power parent --kind authentication --born 2015-01-01"

    assert "(マイナンバーカード以外)(暗証番号の照合ができないときに必要)" in known
    assert known.count("暗証番号の照合ができないときは、それ以外の本人確認書類") == 2
    assert "あれば)" not in known
    assert "別の本人確認書類(暗証番号を設定し直すときに必要)" in told(capsys, f"{parent} --pins forgotten")


def test_a_few_kinds_are_all_named() -> None:
    """R-2.21: what somebody has, named whole; of many the familiar ones first."""
    few = Item(thing=Thing.DOCUMENT, whose=Whose.HOLDER, rules=(), kinds=(DocumentKind.PASSPORT,))
    many = Item(thing=Thing.DOCUMENT, whose=Whose.HOLDER, rules=(), kinds=tuple(DocumentKind)[:12])

    assert list(items_lines(Applicant.SELF, (few,), "en"))[1] == "   one of: passport; in force"
    assert list(items_lines(Applicant.SELF, (many,), "ja"))[1].startswith("   運転免許証、旅券(パスポート)、")
    assert list(items_lines(Applicant.SELF, (many,), "ja"))[1].endswith("などのうち1点、有効期限内のもの")


def test_what_comes_first_has_one_heading(capsys: pytest.CaptureFixture[str]) -> None:
    """R-1.2, R-2.20; S-07, S-58: however much comes first; an expired card with expired certificates is one thing."""
    over = "--signature-expires 2026-11-20 --authentication-expires 2026-11-20 --card-expires 2026-11-20"
    known = "checklist --procedure renewal --applicant self --born 1990-06-10 --pins known --on 2026-11-27 --lang ja"
    assert main([*known.split(), *over.split()]) == 1
    card = capsys.readouterr().out
    assert main([*known.split(), *over.split(), "--residence", "moved-out"]) == 1
    both = capsys.readouterr().out

    assert (card.count("先にすること:"), card.count("[eligibility."), card.count("[renewal.")) == (1, 1, 0)
    assert (both.count("先にすること:"), both.count("[eligibility.")) == (1, 2)
