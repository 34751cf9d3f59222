import json
import shlex
from typing import Any

import pytest

from openjpki.cli.main import main
from openjpki.rules.catalogue import CATALOGUE
from openjpki.rules.dates import civil_date
from openjpki.rules.documents import DocumentKind
from openjpki.rules.era import spoken
from openjpki.site.clock import real_moment

BORN = "--born 1990-06-10"
CARD = "--card-expires 2031-06-10"


def _ask(capsys: pytest.CaptureFixture[str], question: str, status: int = 0) -> dict[str, Any]:
    assert main(["rules", *shlex.split(question), "--json", "--lang", "en"]) == status
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def _told(capsys: pytest.CaptureFixture[str], question: str, language: str) -> str:
    main(["rules", *shlex.split(question), "--lang", language])
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "renewal-window --expires 2026-08-15",
            {"opens": "2026-05-16", "closes": "2026-08-15", "rules": ["R-3.8"]},
        ),
        (
            "renewal-window --expires 2020-04-23 --policy preset=page",
            {"opens": "2020-01-24", "closes": "2020-04-22", "rules": ["R-3.8"]},
        ),
        (
            f"validity --kind signature --issued 2024-05-01 {BORN} {CARD} --authentication-expires 2026-06-10",
            {"expires": "2026-06-10", "because": "authentication-expiry", "rules": ["R-3.1"]},
        ),
        (
            f"validity --kind authentication --issued 2026-03-11 {BORN} {CARD} --replaces-expiring 2026-06-10",
            {"expires": "2031-06-10", "because": "sixth-birthday", "rules": ["R-3.3", "R-3.5"]},
        ),
        (f"eligibility --kind signature {BORN} --on 2026-11-24", {"eligible": True, "findings": []}),
        (
            "route --procedure renewal --applicant self --pin-matches --on 2026-11-24",
            {"route": "same_day", "findings": []},
        ),
        ("fee --reason card-lost --on 2026-11-24", {"yen": 1000, "rules": ["R-4.1"]}),
        ("fee --reason renewal --on 2026-11-24 --policy preset=page", {"yen": 200, "rules": ["R-4.1"]}),
        ("office --at 2026-11-24T08:45", {"open": True, "because": "open"}),
        ("office --at 2026-05-06T10:00", {"open": False, "because": "holiday"}),
        (
            "office --at 2026-11-22T10:00 --office eki --policy branch_offices=eki=09:00-19:00/none",
            {"open": True, "because": "open"},
        ),
    ],
)
def test_answers(capsys: pytest.CaptureFixture[str], question: str, answer: dict[str, Any]) -> None:
    """Each question of the rule book has one JSON answer with fixed keys (E-04, E-06, E-17, E-20, E-31, E-32)."""
    assert _ask(capsys, question) == answer


def test_a_refusal_of_eligibility(capsys: pytest.CaptureFixture[str]) -> None:
    """R-1.3; S-08: an answer "no" has exit 1 and says code, rule, sentence and what to bring."""
    answer = _ask(capsys, "eligibility --kind signature --born 2015-01-01 --on 2026-11-24 --ward", 1)

    assert answer["eligible"] is False
    assert [set(finding) for finding in answer["findings"]] == [{"code", "rule", "sentence", "page", "bring"}] * 2
    assert answer["findings"][0]["sentence"] == "S-08"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("--not-resident", "eligibility.not-resident"),
        ("--card juki", "eligibility.juki-card"),
        ("--card expired", "eligibility.card-expired"),
        ("--card suspended", "eligibility.card-suspended"),
    ],
)
def test_options_of_eligibility(capsys: pytest.CaptureFixture[str], options: str, code: str) -> None:
    """R-1.1, R-1.2, R-2.15; S-07, S-29, S-57."""
    answer = _ask(capsys, f"eligibility --kind authentication {BORN} --on 2026-11-24 {options}", 1)

    assert [finding["code"] for finding in answer["findings"]] == [code]


def test_an_accompanied_ward(capsys: pytest.CaptureFixture[str]) -> None:
    """R-1.7, CF-6: a municipality's switch is a setting of the command line."""
    question = f"eligibility --kind signature {BORN} --on 2026-11-24 --ward --accompanied"

    assert _ask(capsys, question, 1)["eligible"] is False
    assert _ask(capsys, f"{question} --policy ward_sign_if_accompanied=true")["eligible"] is True


@pytest.mark.parametrize(
    ("question", "way", "status"),
    [
        ("--procedure new --applicant self --document drivers-licence:2026-11-24", "same_day", 0),
        ("--procedure new --applicant self --document drivers-licence:2026-11-23", "inquiry", 0),
        ("--procedure new --applicant self", "inquiry", 0),
        (
            "--procedure renewal --applicant voluntary-agent --pin-matches --agent-document passport --inquiry-form sealed",
            "same_day",
            0,
        ),
        ("--procedure renewal --applicant voluntary-agent --inquiry-form opened", "refused", 1),
    ],
)
def test_routes(capsys: pytest.CaptureFixture[str], question: str, way: str, status: int) -> None:
    """R-2.20 to R-2.24; S-13 to S-16, S-49, S-54, S-59: only a refusal has exit 1."""
    assert _ask(capsys, f"route {question} --on 2026-11-24", status)["route"] == way


def test_a_route_is_for_today_unless_said_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    """Without `--on` the documents are held against today."""
    past, future = (
        f"route --procedure new --applicant self --document passport:{day}" for day in ("2001-01-01", "2999-01-01")
    )

    assert _ask(capsys, past)["route"] == "inquiry"
    assert _ask(capsys, future)["route"] == "same_day"


@pytest.mark.parametrize(
    "question",
    [
        "fee --reason renewal",
        "remake --reason card-lost",
        "route --procedure new --applicant self",
        "inquiry --sent {today}",
    ],
)
def test_an_answer_for_today_says_so(capsys: pytest.CaptureFixture[str], question: str) -> None:
    """R-4.1, R-4.4: who named no day reads, with its weekday, for which one the answer is; who named one knows it."""
    today = civil_date(real_moment())
    asked = question.format(today=today)

    assert _ask(capsys, asked)["on"] == today.isoformat()
    assert "on" not in _ask(capsys, f"{asked} --on {today}")
    assert f"手続きの日を今日、{spoken(today, 'ja')}として答えました。" in _told(capsys, asked, "ja")
    assert f"Answered for today, {spoken(today, 'en')}." in _told(capsys, asked, "en")
    assert "Answered for today" not in _told(capsys, f"{asked} --on {today}", "en")


def test_documents_are_listed_with_their_terms(capsys: pytest.CaptureFixture[str]) -> None:
    """R-2.21, CF-9: every kind with its Japanese name; the 健康保険証 with its last day, unless the page's letter is asked."""
    rows = {row["kind"]: row for row in _ask(capsys, "documents")["documents"]}
    page = {row["kind"]: row for row in _ask(capsys, "documents --policy preset=page")["documents"]}

    assert set(rows) == {kind.value for kind in DocumentKind}
    assert rows["eligibility-certificate"]["ja"] == "資格確認書"
    assert rows["health-insurance-card"]["accepted_until"] == "2025-12-01"
    assert rows["driving-history-certificate"]["issued_since"] == "2012-04-01"
    assert rows["eligibility-certificate"]["accepted_from"] == "2024-12-02"
    assert (rows["guardianship-certificate"]["months"], rows["mandate"]["months"]) == (3, None)
    assert page["health-insurance-card"]["accepted_until"] is None


@pytest.mark.parametrize("code", list(CATALOGUE)[::10])
def test_a_finding_is_explained(capsys: pytest.CaptureFixture[str], code: str) -> None:
    """`explain` gives both sentences and what to bring."""
    answer = _ask(capsys, f"explain {code}")

    assert (answer["code"], answer["ja"], answer["bring_en"]) == (code, CATALOGUE[code].ja, CATALOGUE[code].bring_en)


def test_a_refusal_is_explained_too(capsys: pytest.CaptureFixture[str]) -> None:
    """`explain` knows the errors of the rooms that need no server."""
    answer = _ask(capsys, "explain pin.signature-form")

    assert answer["kind"] == "refused"
    assert "exit 1" in _told(capsys, "explain pin.signature-form", "en")
    assert "暗証番号" in _told(capsys, "explain pin.signature-form", "ja")


@pytest.mark.parametrize(
    ("code", "kind", "ja"),
    [
        ("window.other-card", "refusal", "このかたに交付したカードではありません"),
        ("window.reissue.loses-time", "advice", "1年短くなる"),
        ("window.card.held-already", "refused", "返納または紛失"),
        ("home.in-use", "unavailable", ""),
        ("sign.output-is-input", "usage", "--out"),
    ],
)
def test_what_the_counter_says_is_explained(capsys: pytest.CaptureFixture[str], code: str, kind: str, ja: str) -> None:
    """A clerk may ask about every code that a command of the counter showed, not only about those of the rules."""
    answer = _ask(capsys, f"explain {code}")

    assert (answer["code"], answer["kind"]) == (code, kind)
    assert ja in answer["ja"]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("renewal-window --expires 2026-02-30", "usage.bad-value"),
        ("renewal-window --expires 8月15日", "usage.bad-value"),
        ("renewal-window", "usage.arguments"),
        (f"validity --kind signature --issued 1990-06-09 {BORN} {CARD}", "usage.bad-value"),
        (f"validity --kind signature --issued 2026-06-10 {BORN} --card-expires 2026-06-09", "usage.bad-value"),
        (f"eligibility --kind signature {BORN} --on 1990-06-09", "usage.bad-value"),
        (f"eligibility --kind both {BORN} --on 2026-11-24", "usage.arguments"),
        ("route --procedure new --applicant self --document library-card", "usage.bad-value"),
        ("route --procedure new --applicant self --document mandate@yesterday", "usage.bad-value"),
        (f"route --procedure new --applicant self {BORN} --on 1990-06-09", "usage.bad-value"),
        ("route --procedure new --applicant legal-representative --power parent", "usage.bad-value"),
        (f"route --procedure new --applicant legal-representative {BORN} --covered", "usage.bad-value"),
        ("route --procedure new --applicant self --ward", "usage.bad-value"),
        ("office --at noon", "usage.bad-value"),
        ("office --at 2026-11-24T10:00 --office minato", "office.unknown"),
        ("fee --reason first --on 2026-11-24 --policy fee_table=renewal=0", "fees.no-row"),
        ("fee --reason first --on 2026-11-24 --policy age_rule", "usage.bad-value"),
        ("substitute --text 山 --policy age=15", "policy.unknown-setting"),
        ("explain renewal.never", "rules.unknown-code"),
        ("explain renewal.over --policy preset=law", "policy.bad-setting"),
    ],
)
def test_wrong_questions(capsys: pytest.CaptureFixture[str], question: str, code: str) -> None:
    """A malformed question has exit 2, one line on stderr and a stable code."""
    assert main(["rules", *shlex.split(question), "--lang", "en"]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"openjpki: [{code}] ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("hold-call --at 2027-01-01T03:00", {"open": True, "because": "open", "rules": ["R-2.7", "R-4.6"]}),
        (
            "convenience-store --at 2026-12-29T12:00",
            {"open": False, "because": "yearly-closure", "rules": ["R-4.6"]},
        ),
        ("kiosk-reset --at 2026-12-29T12:00", {"open": True, "because": "open", "rules": ["R-4.6", "R-6.6"]}),
        ("terminal --at 2026-11-24T17:16", {"open": False, "because": "after-hours", "rules": ["R-4.5"]}),
    ],
)
def test_services(capsys: pytest.CaptureFixture[str], question: str, answer: dict[str, Any]) -> None:
    """R-4.5, R-4.6: that something is closed is an answer and no refusal; what to do is told."""
    found = _ask(capsys, f"service --service {question}")
    codes = [finding["code"] for finding in found.pop("findings")]

    assert found == answer
    assert ("service.convenience-store-closed" in codes) is ("convenience" in question)


@pytest.mark.parametrize(
    ("question", "ja", "en"),
    [
        (
            "service --service convenience-store --at 2026-12-29T12:00",
            "利用できません [年末年始など毎年の閉庁日]",
            "closed [yearly-closure]",
        ),
        ("service --service terminal --at 2026-11-24T12:00", "利用できます [受付時間内]", "open [open]"),
        ("renewal-window --expires 2026-08-15", "令和8年（2026年）5月16日（土）", "from 2026-05-16 (Sat)"),
        (
            f"validity --kind signature --issued 2021-07-01 {BORN} {CARD}",
            "まで有効です(発行の日後の5回目の誕生日)",
            "the fifth birthday after the day of issue",
        ),
        (f"eligibility --kind signature {BORN} --on 2026-11-24", "申請できます", "May apply"),
        ("eligibility --kind signature --born 2015-01-01 --on 2026-11-24", "申請できません", "→"),
        ("route --procedure new --applicant self", "2回の来庁", "second visit"),
        ("route --procedure hold --applicant self", "0120-95-0178", "same day"),
        (
            "fee --reason card-lost --on 2026-11-24",
            "¥1,000 (令和8年（2026年）11月24日（火）の手続き)",
            "¥1,000 (on 2026-11-24 (Tue)) [R-4.1]",
        ),
        (
            "office --at 2026-05-06T10:00",
            "令和8年（2026年）5月6日（水） 10:00 閉庁しています [祝日: 憲法記念日 振替休日;",
            "2026-05-06 (Wed) 10:00: closed [holiday",
        ),
        ("documents", "  drivers-licence                         運転免許証", "driver's licence"),
        ("documents", "A 官公署発行の顔写真付きの本人確認書類\n", "A  identity documents with a photo"),
        ("documents", "健康保険証(令和7年（2025年）12月1日（月）まで)", "(through 2025-12-01 (Mon))"),
        ("explain renewal.over", "S-35", "new issue"),
    ],
)
def test_answers_for_people(capsys: pytest.CaptureFixture[str], question: str, ja: str, en: str) -> None:
    """Without `--json` the same is said in lines, in Japanese or English, dates by era and Gregorian year."""
    assert ja in _told(capsys, question, "ja")
    assert en in _told(capsys, question, "en")


def test_a_day_alone_asks_whether_the_office_opens(capsys: pytest.CaptureFixture[str]) -> None:
    """R-4.4; S-12: E-34, E-35: nobody asks whether it is open at midnight."""
    assert main(["rules", "office", "--at", "2026-12-28", "--lang", "ja"]) == 0
    assert "令和8年（2026年）12月28日（月）は開庁日です 08:45–17:15 [受付時間内; R-4.4]" in capsys.readouterr().out
    assert main(["rules", "office", "--at", "2026-12-29", "--lang", "ja"]) == 0
    assert "令和8年（2026年）12月29日（火）は閉庁日です [年末年始など毎年の閉庁日; R-4.4]" in capsys.readouterr().out
    assert main(["rules", "office", "--at", "2026-12-29", "--lang", "en"]) == 0
    assert "2026-12-29 (Tue): closed on that day [yearly-closure; R-4.4]" in capsys.readouterr().out


@pytest.mark.parametrize(("language", "said"), [("ja", "(CF-2)"), ("en", "(CF-2)")])
def test_where_the_page_says_otherwise_it_is_told(capsys: pytest.CaptureFixture[str], language: str, said: str) -> None:
    """CF-2, CF-7; S-18, S-32: the clerk hears what the page's letter would be, and nothing where it is the same."""
    main(["rules", "renewal-window", "--expires", "2020-04-23", "--lang", language])
    assert said in capsys.readouterr().out
    main(["rules", "fee", "--reason", "renewal", "--on", "2026-11-24", "--lang", language])
    assert "200" in capsys.readouterr().out
    main(["rules", "fee", "--reason", "first", "--on", "2026-11-24", "--lang", language])
    assert "CF-7" not in capsys.readouterr().out
    main(["rules", "renewal-window", "--expires", "2020-04-23", "--lang", language, "--policy", "preset=page"])
    assert "CF-2" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "options", [("--ward", "--capacity", "full"), ("--not-resident", "--residence", "here")], ids=" ".join
)
def test_what_contradicts_itself_is_refused(capsys: pytest.CaptureFixture[str], options: tuple[str, ...]) -> None:
    """R-1.1, R-1.7: neither of two answers is guessed to be the right one."""
    words = ["rules", "eligibility", "--kind", "signature", "--born", "1990-06-10", "--on", "2026-11-24", *options]

    assert main([*words, "--lang", "en"]) == 2
    assert "[usage.bad-value]" in capsys.readouterr().err
