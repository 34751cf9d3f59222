import io
import json
import os
import shlex
import subprocess
import sys
from typing import Any

import pytest

from openjpki.cli.main import main

BORN = "--born 1990-06-10"
ENDS = "--signature-expires 2026-06-10 --authentication-expires 2026-06-10"
RENEWAL = f"--procedure renewal --applicant self {BORN} {ENDS} --pins known"
AGENT = f"--procedure renewal --applicant voluntary-agent {BORN} {ENDS}"
CHILD = "--procedure new --applicant legal-representative --kind authentication --born 2015-01-01 --power parent"


def ask(capsys: pytest.CaptureFixture[str], question: str, status: int = 0, on: str = "2026-05-01") -> dict[str, Any]:
    """Return the answer to an interview without a terminal, as data."""
    assert main(["checklist", *shlex.split(question), "--on", on, "--json", "--lang", "en"]) == status
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def things(answer: dict[str, Any], visit: int = 0) -> list[str]:
    """Return what is required at a visit."""
    return [item["thing"] for item in answer["visits"][visit] if item["required"]]


def test_everything_is_in_the_data(capsys: pytest.CaptureFixture[str]) -> None:
    """S-31 to S-45: days, office, papers with their kinds, PINs, fee, findings, and the rules of all of it."""
    answer = ask(capsys, f"{RENEWAL.replace('known', 'forgotten')} --pin signature --notice")

    assert answer["means"] == "same_day"
    assert (answer["opens"], answer["closes"]) == ("2026-05-01", "2026-06-10")
    assert answer["office"]["place"] == "茨木市役所 南館9階"
    assert (answer["office"]["opens"], answer["office"]["closes"]) == ("08:45", "17:15")
    assert [item["thing"] for item in answer["visits"][0]] == ["card", "notice", "document"]
    assert "passport" in answer["visits"][0][2]["kinds"]
    assert [pin["pin"] for pin in answer["pins"] if pin["think_of"]] == ["signature"]
    assert answer["fee"] == {"yen": 0, "rules": ["R-4.1"]}
    assert "identity.pin-reset-first" in [finding["code"] for finding in answer["findings"]]
    assert (answer["letter"], answer["kiosk"], answer["instead"]) == (None, None, [])
    assert {"R-3.8", "R-2.20", "S-14", "S-59"} <= set(answer["rules"])


@pytest.mark.parametrize(
    ("question", "means", "required"),
    [
        (RENEWAL, "same_day", ["card"]),
        (f"{RENEWAL} --no-document", "same_day", ["card"]),
        (f"{RENEWAL.replace('known', 'locked')} --document passport", "same_day", ["card", "document"]),
        (f"{RENEWAL.replace('known', 'locked')} --no-document", "two_visits", ["card"]),
        (f"{AGENT} --inquiry-form sealed --pins known", "same_day", ["card", "form", "document"]),
        (f"{AGENT} --inquiry-form sealed --pins known --no-agent-document", "not", []),
        (f"{AGENT} --inquiry-form opened", "two_visits", ["card", "document"]),
        (f"{AGENT} --inquiry-form sealed --form-until 2026-04-30 --pins known", "two_visits", ["card", "document"]),
        (f"{AGENT} --mail-came-back", "not", []),
        (CHILD, "same_day", ["card", "document", "document"]),
        (f"{CHILD} --same-household", "same_day", ["card", "document"]),
        (f"{CHILD} --register-here", "same_day", ["card", "document"]),
        (
            "--procedure new --applicant legal-representative --kind authentication --born 1950-01-01 --power guardian",
            "same_day",
            ["card", "document", "document"],
        ),
        (
            f"--procedure new --applicant legal-representative {BORN} --power curator --covered",
            "same_day",
            ["card", "document", "document"],
        ),
        (f"--procedure new --applicant legal-representative {BORN} --power parent", "not", []),
        (
            f"--procedure new --applicant legal-representative {BORN} --power guardian --capacity full",
            "not",
            [],
        ),
        (
            f"--procedure reissue --applicant household {BORN} --move-report",
            "same_day",
            ["card", "sealed-mandate", "document", "document"],
        ),
        (f"--procedure revocation --applicant self {BORN}", "same_day", ["document"]),
        (f"--procedure revocation --applicant self {BORN} --pins known --no-document", "same_day", ["card"]),
        (f"--procedure revocation --applicant self {BORN} --pins forgotten --no-document", "two_visits", []),
        (f"--procedure pin-reset --applicant self {BORN}", "same_day", ["card", "document"]),
        ("--procedure hold", "telephone", []),
        (f"{RENEWAL} --card expired", "not", []),
        (f"{RENEWAL} --card-expires 2026-06-10", "not", []),
        (f"{RENEWAL} --policy office_hours=09:00-17:00", "same_day", ["card"]),
    ],
)
def test_what_is_brought(capsys: pytest.CaptureFixture[str], question: str, means: str, required: list[str]) -> None:
    """R-2.5, R-2.7, R-2.20 to R-2.25: every answer bears on the list; the status is 1 where it cannot be done."""
    answer = ask(capsys, question, 1 if means == "not" else 0)

    assert answer["means"] == means
    assert (things(answer) if answer["visits"] else []) == required
    assert bool(answer["instead"]) or means != "not"


def test_the_letter_the_kiosk_and_the_other_ways(capsys: pytest.CaptureFixture[str]) -> None:
    """R-2.24, R-6.6, R-2.4; S-15, S-33: each with what it needs."""
    letter = ask(capsys, f"{RENEWAL.replace('known', 'locked')} --no-document")
    kiosk = ask(capsys, f"--procedure pin-reset --applicant self {BORN} --pin signature")
    early = ask(capsys, RENEWAL, on="2026-03-10")
    moved = ask(capsys, f"{RENEWAL} --residence moved-out", 1)

    assert letter["letter"] == {"days": 30, "until": "2026-06-01"}
    assert things(letter, 1) == ["card", "reply"]
    assert kiosk["kiosk"]["place"] == "kiosk-later"
    assert early["first_open_day"] == "2026-03-11"
    assert [(other["procedure"], other["opens"]) for other in early["instead"]] == [("reissue", "2026-03-10")]
    assert [(other["procedure"], other["opens"]) for other in moved["instead"]] == [(None, None)]


def test_one_certificate_of_two(capsys: pytest.CaptureFixture[str]) -> None:
    """R-3.8: a renewal is about the certificates whose ends are told; other procedures about both, unless one is named."""
    alone = f"--procedure renewal --applicant self {BORN} --authentication-expires 2026-06-10 --pins known"

    assert ask(capsys, alone)["kinds"] == ["authentication"]
    assert ask(capsys, f"{RENEWAL} --kind signature")["kinds"] == ["signature"]
    assert ask(capsys, f"--procedure new --applicant self {BORN} --pins known")["kinds"] == [
        "signature",
        "authentication",
    ]
    assert ask(capsys, f"{alone} --kind signature", 2)["error"]["code"] == "usage.bad-value"


def test_the_fee_of_a_reason(capsys: pytest.CaptureFixture[str]) -> None:
    """R-4.1; E-31: a lost card made anew with its certificates."""
    lost = f"--procedure new --applicant self {BORN} --pins known --reason card-lost"

    assert ask(capsys, lost)["fee"] == {"yen": 1000, "rules": ["R-4.1"]}


def test_a_pin_that_is_changed(capsys: pytest.CaptureFixture[str]) -> None:
    """R-2.9, R-2.10: named by `--pin`; forgotten after all, it is reset."""
    changed = f"--procedure pin-change --applicant self {BORN} --pin authentication --pins"
    known, lost = ask(capsys, f"{changed} known"), ask(capsys, f"{changed} forgotten", 1)

    assert [(pin["pin"], pin["remember"]) for pin in known["pins"]] == [("authentication", True)]
    assert [other["procedure"] for other in lost["instead"]] == ["pin-reset"]


def test_a_childs_pin_is_none_of_a_certificate_it_lacks(capsys: pytest.CaptureFixture[str]) -> None:
    """R-1.3, R-6.3; S-08: reset for a child, with the reason given or not, or named all the same."""
    child = "--procedure pin-reset --applicant legal-representative --born 2015-01-01 --power parent"
    asked = {options: ask(capsys, f"{child} {options}")["pins"] for options in ("", "--pins forgotten")}

    for pins in asked.values():
        assert [pin["pin"] for pin in pins] == ["authentication", "resident-record", "card-face-entry"]
    assert ask(capsys, f"{child} --pin signature", status=1)["means"] == "not"


@pytest.mark.parametrize(
    ("question", "code", "option"),
    [
        ("", "usage.missing-answer", "--procedure"),
        ("--procedure renewal", "usage.missing-answer", "--applicant"),
        ("--procedure renewal --applicant self", "usage.missing-answer", "--born"),
        (f"--procedure renewal --applicant self {BORN}", "usage.missing-answer", "--signature-expires"),
        (f"--procedure renewal --applicant self {BORN} {ENDS}", "usage.missing-answer", "--pins"),
        (f"--procedure new --applicant legal-representative {BORN}", "usage.missing-answer", "--power"),
        (f"{AGENT} --inquiry-form sealed", "usage.missing-answer", "--pins"),
        ("--procedure new --applicant self --born 2027-01-01", "usage.bad-value", "--on"),
        (f"{RENEWAL} --reason card-lost", "fees.other-procedure", "renewal"),
        (f"--procedure pin-reset --applicant self {BORN} --reason renewal", "fees.other-procedure", "pin-reset"),
        (f"{RENEWAL} --same-household", "usage.bad-value", "--same-household"),
        (f"{RENEWAL} --document passport --no-document", "usage.bad-value", "--document"),
        (f"{AGENT} --agent-document passport --no-agent-document", "usage.bad-value", "--agent-document"),
        (f"--procedure pin-reset --applicant self {BORN} --kind signature", "usage.bad-value", "--kind"),
        (f"--procedure pin-change --applicant self {BORN} --pins known --kind signature", "usage.bad-value", "--kind"),
        ("--procedure hold --kind signature", "usage.bad-value", "--kind"),
        (f"--procedure pin-reset --applicant self {BORN} --pins known", "usage.bad-value", "--pins"),
        (f"{RENEWAL} --pin signature", "usage.bad-value", "--pin"),
        (f"{RENEWAL} --policy nothing=1", "policy.unknown-setting", "nothing"),
    ],
)
def test_a_question_that_cannot_be_answered(
    capsys: pytest.CaptureFixture[str], question: str, code: str, option: str
) -> None:
    """Without a terminal a missing answer is refused by its option, and so are answers that do not go together."""
    assert main(["checklist", *shlex.split(question), "--on", "2026-05-01", "--json", "--lang", "en"]) == 2
    told = capsys.readouterr()

    assert json.loads(told.out)["error"]["code"] == code
    assert option in told.err


class Terminal(io.StringIO):
    """A standard input at which a person sits."""

    def isatty(self) -> bool:
        """Say that it is a terminal."""
        return True


def test_the_interview_of_today(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """R-2.7: at a terminal a hold takes one answer, and it counts from today."""
    monkeypatch.setattr(sys, "stdin", Terminal("7\n"))

    assert main(["checklist", "--lang", "en"]) == 0
    told = capsys.readouterr()
    assert "0120-95-0178" in told.out
    assert "What is it about?" in told.err


def test_a_dialogue_at_a_real_terminal() -> None:
    """S-41 to S-45: what is asked goes to standard error, what is answered to standard output."""
    here, there = os.openpty()
    words = [sys.executable, "-m", "openjpki", "checklist", "--lang", "ja", "--json", "--on", "2026-05-01"]
    try:
        os.write(
            here, "1\n1\n1\n1\n昭和元年1月1日\n平成2年6月10日\n1\n令和8年6月10日\n令和14年6月10日\n2\nはい\n".encode()
        )
        done = subprocess.run(words, stdin=there, capture_output=True, text=True, timeout=60, check=False)
    finally:
        os.close(here)
        os.close(there)
    answer = json.loads(done.stdout)

    assert done.returncode == 0, done.stderr
    assert (answer["means"], answer["closes"], things(answer)) == ("same_day", "2026-06-10", ["card", "document"])
    assert done.stderr.count("生年月日") == len(("asked", "told"))
    assert done.stderr.count("のような形で答えてください") == len(
        ("asked", "asked again", "the other day", "the card's")
    )


def test_a_change_of_the_attributes_is_about_one_certificate(capsys: pytest.CaptureFixture[str]) -> None:
    """R-5.3, R-5.22; S-25: the other certificate does not end with a move, unless somebody asks for both."""
    moved = f"--procedure reissue --applicant self {BORN} --pins known --reason attributes-changed"

    assert main(["checklist", *shlex.split(moved), "--on", "2026-05-01", "--lang", "ja"]) == 0
    assert "(署名用電子証明書) 来るかた" in capsys.readouterr().out
    both = f"{moved} --kind signature --kind authentication"
    assert main(["checklist", *shlex.split(both), "--on", "2026-05-01", "--lang", "ja"]) == 0
    assert "(署名用電子証明書・利用者証明用電子証明書) 来るかた" in capsys.readouterr().out
