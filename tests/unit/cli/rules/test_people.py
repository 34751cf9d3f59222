import shlex

import pytest

from openjpki.cli.main import main
from tests.unit.cli.rules.asking import ask

BORN = "--born 1990-06-10"
PARENT = (
    "--procedure new --applicant legal-representative --kind authentication --born 2015-01-01 --agent-document passport"
)
ASSISTANT = (
    "--procedure new --applicant legal-representative --born 1950-06-10 --capacity assistance --power assistant --covered "
    "--agent-document passport"
)
AGENT = "--procedure renewal --applicant voluntary-agent --pin-matches --agent-document passport --inquiry-form sealed"
REPLY = "--procedure new --applicant voluntary-agent --agent-document passport --inquiry-form returned"


@pytest.mark.parametrize(
    ("options", "found", "status"),
    [
        ("--residence moved-out", ["eligibility.moved-out"], 1),
        ("--residence abroad-here", ["eligibility.abroad"], 0),
        ("--residence abroad-here --foreign-national", ["eligibility.abroad-nationality"], 1),
        ("--capacity curatorship", [], 0),
        ("--capacity guardianship", ["eligibility.ward_or_under15_principle"], 1),
        ("--face-card", ["eligibility.face-card"], 1),
    ],
)
def test_who_the_holder_is(capsys: pytest.CaptureFixture[str], options: str, found: list[str], status: int) -> None:
    """R-1.1, R-1.6 to R-1.8, R-1.11; S-08, S-58: residence, nationality, capacity and kind of card."""
    answer = ask(capsys, f"eligibility --kind signature {BORN} --on 2026-11-24 {options}", status)

    assert [finding["code"] for finding in answer["findings"]] == found


@pytest.mark.parametrize(
    ("question", "code", "status"),
    [
        (f"{PARENT} --power parent --same-household", None, 0),
        (f"{PARENT} --power parent --register-here", None, 0),
        (f"{PARENT} --power parent", "representative.family-register", 1),
        (f"{PARENT} --power parent --same-household --kind signature", "eligibility.ward_or_under15_principle", 1),
        (f"{PARENT} --power guardian", "representative.other-power", 1),
        (f"{ASSISTANT} --agent-document guardianship-certificate@2026-08-24", None, 0),
        (
            f"{ASSISTANT} --agent-document guardianship-certificate@2026-08-23",
            "representative.guardianship-certificate",
            1,
        ),
        (AGENT, None, 0),
        (f"{AGENT} --unsigned", "agent.unsigned", 1),
        (f"{AGENT} --form-until 2026-11-23", "agent.form-lapsed", 0),
        (f"{AGENT} --certificate-expired", "agent.certificate-expired", 0),
        (f"{AGENT} --card-items-change", "agent.card-items-change", 0),
        (f"{REPLY} --inquiry-sent 2026-11-01", None, 0),
        (f"{REPLY} --inquiry-sent 2026-10-01", "agent.two-visits", 0),
        ("--procedure new --applicant self --mail-came-back", "inquiry.address-flagged", 1),
        ("--procedure pin-reset --applicant self --born 1950-06-10 --face-card", "eligibility.face-card-no-pin", 1),
    ],
)
def test_who_acts_with_which_papers(
    capsys: pytest.CaptureFixture[str], question: str, code: str | None, status: int
) -> None:
    """R-1.6, R-1.7, R-2.22 to R-2.24; S-46, S-51, S-52: the first finding is what stands in the way."""
    answer = ask(capsys, f"route {question} --on 2026-11-24", status)

    assert (answer["route"] == "same_day") is (code is None)
    assert code in (None, answer["findings"][0]["code"])


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ("--power parent", "--power"),
        ("--ward", "--ward"),
        ("--card expired", "--card"),
        ("--born 1990-06-10 --covered", "--covered"),
        ("--born 1990-06-10 --same-household", "--same-household"),
    ],
)
def test_an_option_that_would_say_nothing_is_refused(
    capsys: pytest.CaptureFixture[str], options: str, option: str
) -> None:
    """What is said of the holder needs their birth date, what is said of a power the power: nothing is ignored."""
    question = f"route --procedure new --applicant legal-representative --on 2026-11-24 {options}"

    assert main(["rules", *shlex.split(question), "--lang", "en"]) == 2
    assert f"{option}" in capsys.readouterr().err


def test_the_old_words_mean_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """`--ward` is `--capacity guardianship`, `--not-resident` is `--residence elsewhere`."""
    asked = f"eligibility --kind signature {BORN} --on 2026-11-24"

    assert ask(capsys, f"{asked} --ward", 1) == ask(capsys, f"{asked} --capacity guardianship", 1)
    assert ask(capsys, f"{asked} --not-resident", 1) == ask(capsys, f"{asked} --residence elsewhere", 1)
