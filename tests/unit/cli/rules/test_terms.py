import shlex

import pytest

from openjpki.cli.main import main
from tests.unit.cli.rules.asking import ask, codes, told

CARD = "--card-expires 2031-08-15"
BOTH = "--signature-expires 2026-08-15 --authentication-expires 2026-08-15"


def test_a_deadline(capsys: pytest.CaptureFixture[str]) -> None:
    """R-4.7: E-36, the last useful open day; without a day to ask for, it is answered for the last one."""
    answer = ask(capsys, "deadline --term renewal --since 2026-05-03")

    assert [finding["code"] for finding in answer.pop("findings")] == ["deadline.closed-day"]
    assert answer == {
        "last_day": "2026-05-03",
        "counted": "2026-05-03",
        "last_open_day": "2026-05-01",
        "next_open_day": "2026-05-07",
        "in_time": True,
        "rules": ["R-3.8", "R-4.7"],
    }


def test_a_missed_deadline(capsys: pytest.CaptureFixture[str]) -> None:
    """R-5.21: E-37, a day too late is a refusal, exit 1, with what to do in both languages."""
    question = "deadline --term continued-use --since 2026-04-01 --on 2026-06-30"
    answer = ask(capsys, question, 1)
    ja, en = told(capsys, question, "ja"), told(capsys, question, "en")

    assert (answer["in_time"], answer["findings"][0]["code"]) == (False, "deadline.card-void")
    assert "カードの継続利用の期限は令和8年（2026年）6月29日（月）です。" in ja
    assert "→ 新しいマイナンバーカードの交付を申請してください" in ja
    assert "continued-use: through 2026-06-29" in en


@pytest.mark.parametrize(("planned", "last"), [("2026-04-01", "2026-04-15"), ("2026-03-10", "2026-04-09")])
def test_a_move_into_the_municipality(capsys: pytest.CaptureFixture[str], planned: str, last: str) -> None:
    """R-5.21: the term that ends first, 14 days from moving or 30 from the planned departure."""
    question = f"move-in --moved 2026-04-01 --planned-departure {planned}"
    answer = ask(capsys, question)

    assert (answer["last_day"], answer["in_time"], answer["rules"]) == (last, True, ["R-4.7", "R-5.21"])
    assert ask(capsys, f"{question} --on 2026-04-16", 1)["findings"][0]["code"] == "deadline.card-void"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("--on 2026-05-18", None),
        ("--on 2026-08-14", None),
        ("--on 2026-05-15 --notice", "renewal.not-yet"),
        ("--on 2026-08-16", "renewal.over"),
        ("--on 2026-05-18 --policy notice_required=true", "renewal.notice-required"),
        ("--on 2026-05-18 --notice --policy notice_required=true", None),
        ("--on 2026-08-15", "renewal.no-open-day"),
    ],
)
def test_a_renewal_on_a_day(capsys: pytest.CaptureFixture[str], options: str, code: str | None) -> None:
    """R-3.8, R-4.7, R-7.1; S-31, S-33; E-36: the window with its days, what stands in the way, and that its last day is a closed one."""
    answer = ask(capsys, f"renewal --expires 2026-08-15 {CARD} {options}", 0 if code is None else 1)

    assert (answer["open"], answer["opens"], answer["closes"]) == (code is None, "2026-05-16", "2026-08-15")
    assert [finding["code"] for finding in answer["findings"]] == [code or "deadline.closed-day"]


@pytest.mark.parametrize("on", ["2026-05-16", "2026-05-17", "2026-08-11"])
def test_a_renewal_on_a_closed_day(capsys: pytest.CaptureFixture[str], on: str) -> None:
    """R-4.4; S-38: the period is open, the window is not: nobody is told that the day will do, nor that it is too late."""
    question = f"renewal --expires 2026-08-14 {CARD} --on {on}"

    answer = ask(capsys, question, 1)

    assert (answer["open"], codes(answer)) == (False, ["renewal.closed-day"])
    assert "この日は窓口が開いていません。" in told(capsys, question, "ja")
    assert "2026-08-14" not in told(capsys, question, "en").partition("[")[0]


def test_a_renewal_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """R-3.8: yes or no in both languages."""
    question = f"renewal --expires 2026-08-15 {CARD}"

    assert "更新できます。" in told(capsys, f"{question} --on 2026-05-18", "ja")
    assert "May not be renewed." in told(capsys, f"{question} --on 2026-05-15", "en")


@pytest.mark.parametrize(
    ("options", "code", "status"),
    [
        ("--state brought --named 2026-08-15 --current 2031-08-15 --on 2026-06-01", "notice.crossed", 0),
        ("--state brought --named 2026-08-15 --current 2026-08-15 --on 2026-05-15", "notice.comes-early", 0),
        ("--state brought --named 2026-08-15 --current 2026-08-15 --on 2026-05-16", None, 0),
        ("--state lost", "notice.not-needed", 0),
        ("--state lost --policy notice_required=true", "renewal.notice-required", 1),
        ("--state returned", "notice.returned", 0),
    ],
)
def test_a_notice_in_hand(capsys: pytest.CaptureFixture[str], options: str, code: str | None, status: int) -> None:
    """R-7.1, R-7.6; S-33, S-34, S-40, S-50: who brings it early or late, who lost it, whom it did not reach."""
    answer = ask(capsys, f"notice-in-hand {options}", status)

    assert [finding["code"] for finding in answer["findings"]] == ([] if code is None else [code])


def test_nothing_to_say_of_a_notice(capsys: pytest.CaptureFixture[str]) -> None:
    """R-7.1: a line all the same; and a notice that is brought names its day."""
    days = "--named 2026-08-15 --current 2026-08-15 --on 2026-05-16"

    assert "そのまま手続きできます。" in told(capsys, f"notice-in-hand --state brought {days}", "ja")
    assert "Nothing to say" in told(capsys, f"notice-in-hand --state brought {days}", "en")
    assert main(["rules", "notice-in-hand", "--state", "brought", "--current", "2026-08-15", "--lang", "en"]) == 2
    assert "--named and --current" in capsys.readouterr().err


def test_a_setting_of_the_calendar(capsys: pytest.CaptureFixture[str]) -> None:
    """R-4.4, R-4.7: an extra opening day is a setting of the command line."""
    question = "deadline --term planned-departure --since 2026-04-02"
    opened = "--policy office_calendar=sat,sun,holidays,+2026-05-02"

    assert ask(capsys, question)["last_day"] == "2026-05-07"
    assert ask(capsys, f"{question} {opened}")["last_day"] == "2026-05-02"


def test_a_record_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """R-2.26: ten years from the day after the due expiry; destroying it earlier is refused."""
    question = "retention --record issue-record --made 2026-03-11 --due-expiry 2031-06-10"
    answer = ask(capsys, question)

    assert answer == {"until": "2041-06-10", "destroy_from": "2041-06-11", "findings": [], "rules": ["R-2.26"]}
    assert ask(capsys, f"{question} --on 2041-06-10", 1)["findings"][0]["code"] == "retention.keep"
    assert ask(capsys, f"{question} --on 2041-06-11")["findings"][0]["code"] == "retention.over"
    assert "発行記録は令和23年（2041年）6月10日（月）まで保存します。" in told(capsys, question, "ja")
    assert "issue-record: kept through 2041-06-10" in told(capsys, question, "en")


def test_a_record_without_its_expiry(capsys: pytest.CaptureFixture[str]) -> None:
    """R-2.26: no term is guessed."""
    assert main(["rules", *shlex.split("retention --record revocation-record --made 2026-03-11 --lang en")]) == 2
    assert "due expiry" in capsys.readouterr().err


def test_a_notice(capsys: pytest.CaptureFixture[str]) -> None:
    """R-7.1, R-7.3: for whom, of what, when, with what enclosed, and never forwarded."""
    question = f"notice {CARD} {BOTH} --on 2026-05-15"
    answer = ask(capsys, question)

    assert answer["findings"] == []
    assert answer["notice"] == {
        "card": False,
        "certificates": ["signature", "authentication"],
        "expires": "2026-08-15",
        "printed": "2026-05-15",
        "posted": "2026-05-29",
        "opens": "2026-05-16",
        "enclosed": ["notice", "guide", "inquiry-form", "sealing-envelope"],
        "forwarded": False,
    }
    assert "署名用電子証明書・利用者証明用電子証明書、有効期限令和8年（2026年）8月15日（土）" in told(
        capsys, question, "ja"
    )
    assert "(signature, authentication; expiry 2026-08-15" in told(capsys, question, "en")


def test_a_notice_of_the_card(capsys: pytest.CaptureFixture[str]) -> None:
    """R-7.5: card and certificates ending the same day; the letter is about the card."""
    question = "notice --card-expires 2026-08-15 --authentication-expires 2026-08-15 --on 2026-05-15"
    answer = ask(capsys, question)

    assert (answer["notice"]["card"], answer["notice"]["certificates"]) == (True, [])
    assert [finding["code"] for finding in answer["findings"]] == ["notice.card-first"]
    assert "有効期限通知書(マイナンバーカード、" in told(capsys, question, "ja")
    assert "A notice (card; " in told(capsys, question, "en")


def test_no_notice(capsys: pytest.CaptureFixture[str]) -> None:
    """R-7.2: who gets none is told why; it is an answer, not a refusal."""
    question = f"notice {CARD} {BOTH} --on 2026-05-15 --addressee fixed-stay"
    answer = ask(capsys, question)

    assert answer["notice"] is None
    assert [finding["code"] for finding in answer["findings"]] == ["notice.fixed-stay"]
    assert "有効期限通知書は送付しません。" in told(capsys, question, "ja")
    assert "No notice." in told(capsys, question, "en")


def test_nothing_due(capsys: pytest.CaptureFixture[str]) -> None:
    """R-7.4; S-34: no certificate named, nothing printed; what to do is told below."""
    lines = told(capsys, f"notice {CARD} --on 2026-05-15", "ja")

    assert "notice.nothing-due" in lines
    assert "→" in lines


def test_a_foreigners_renewal(capsys: pytest.CaptureFixture[str]) -> None:
    """R-3.7, R-7.5: the card that ends with the stay is extended first; a Japanese national's is made anew."""
    question = "renewal --expires 2026-08-15 --card-expires 2026-08-15 --on 2026-06-01"

    assert codes(ask(capsys, f"{question} --foreign-national", 1)) == ["stay.extend-card-first"]
    assert codes(ask(capsys, question, 1)) == ["renewal.card-first"]
