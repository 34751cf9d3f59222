import io

import pytest

from openjpki.cli.main import main
from openjpki.rules.kinds import PinKind
from tests.unit.cli.rules.asking import ask, codes, told, wrong


def test_a_substitute(capsys: pytest.CaptureFixture[str]) -> None:
    """R-1.9: the text, its flags, the original beside it, and each change with its reason."""
    answer = ask(capsys, "substitute --text 髙橋")

    assert codes(answer) == ["characters.substituted"]
    assert {name: value for name, value in answer.items() if name != "findings"} == {
        "text": "高橋",
        "flags": "10",
        "original": "髙橋",
        "changes": [{"position": 1, "original": "髙", "written": "高", "by": "variant"}],
        "rules": ["R-1.9"],
    }


def test_kana_and_choice(capsys: pytest.CaptureFixture[str]) -> None:
    """R-1.9: a word without substitute in kana, unless the holder asks for a character."""
    question = "substitute --text 㐬山　太郎 --kana ナガヤマ　タロウ"

    assert ask(capsys, question)["text"] == "ナガヤマ　太郎"
    assert ask(capsys, f"{question} --choose 㐬=流")["text"] == "流山　太郎"
    assert ask(capsys, "substitute --text 㐬山 --kana 流山", 1)["error"]["code"] == "characters.bad-reading"
    assert ask(capsys, "substitute --text 㐬山 --choose 㐬=①", 1)["error"]["code"] == "characters.bad-substitute"


def test_a_character_without_substitute_is_a_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    """R-1.9: exit 1, the position in the message."""
    assert ask(capsys, "substitute --text 山①", 1)["error"]["data"] == {"position": 2, "code_point": "2460"}


@pytest.mark.parametrize("choice", ["髙", "髙=", "髙橋=高橋", "=高"])
def test_a_choice_is_one_character_and_its_substitute(capsys: pytest.CaptureFixture[str], choice: str) -> None:
    """R-1.9: CHAR=TEXT."""
    assert "--choose" in wrong(capsys, f"substitute --text 髙橋 --choose {choice}")


@pytest.mark.parametrize(
    ("question", "day", "era", "written"),
    [
        ("--date 2026-11-23", "2026-11-23", "令和8年11月23日", "520261123"),
        ("--text H1.1.8", "1989-01-08", "平成元年1月8日", "419890108"),
        ("--text 平成31年5月1日 --lenient", "2019-05-01", "令和元年5月1日", "520190501"),
    ],
)
def test_a_date_by_era(capsys: pytest.CaptureFixture[str], question: str, day: str, era: str, written: str) -> None:
    """R-8.3: a date three ways: Gregorian, by era, as a certificate writes a birth date."""
    answer = ask(capsys, f"era {question}")

    assert answer == {"date": day, "era": era, "birth_date": written, "rules": ["R-8.3"]}
    assert f"{day} = {era} ({written})" in told(capsys, f"era {question}", "ja")


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("--text 平成31年5月1日", "era.bad-date"),
        ("--date 2026-02-30", "usage.bad-value"),
        ("", "usage.arguments"),
        ("--date 2026-11-23 --text H1.1.8", "usage.arguments"),
    ],
)
def test_what_is_no_date(capsys: pytest.CaptureFixture[str], question: str, code: str) -> None:
    """R-8.3: one date, that is one."""
    assert f"[{code}]" in wrong(capsys, f"era {question}")


@pytest.mark.parametrize("pin", PinKind)
def test_the_form_of_a_pin(capsys: pytest.CaptureFixture[str], pin: PinKind) -> None:
    """R-6.1, R-6.2: five tries and letters for signing, three and digits for the others; no PIN is asked for."""
    answer, signing = ask(capsys, f"pin --kind {pin.value}"), pin is PinKind.SIGNATURE

    assert (answer["tries"], answer["good"]) == (5 if signing else 3, None)
    assert ("6 to 16" if signing else "four digits") in answer["form"]
    assert "ロックされます" in told(capsys, f"pin --kind {pin.value}", "ja")


@pytest.mark.parametrize(("line", "status"), [("ABC123", 0), ("abc123", 1), ("ABCDEF", 1)])
def test_a_pin_held_against_its_form(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, line: str, status: int
) -> None:
    """R-6.1; E-40 to E-42: from standard input alone, and never said back."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{line}\n"))

    assert main(["rules", "pin", "--kind", "signature", "--pin-stdin", "--json", "--lang", "en"]) == status
    told = capsys.readouterr()
    assert ('"good": true' in told.out) is (status == 0)
    assert line not in told.out + told.err
