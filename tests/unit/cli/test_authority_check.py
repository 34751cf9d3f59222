import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openjpki.authority.checking.fetching import BadServedAddress
from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.errors import Kind
from openjpki.site.clock import SteppedClock
from openjpki.site.house import House
from openjpki.site.opening import founded
from openjpki.site.settings import ROLES
from tests.support.story import SETTINGS

pytestmark = pytest.mark.django_db(databases=ROLES)

OPENED = datetime(2026, 1, 5, 0, 0, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Return a home with both CAs, closed again."""
    with founded(tmp_path / "home", SETTINGS, SteppedClock(OPENED)) as made:
        made.authority.ceremony()
    return made


def run(home: Path, *words: str, language: str = "en") -> Answer:
    """Run `openjpki authority …` in this home; the answer is fit for JSON."""
    arguments = parser().parse_args(["authority", *words, "--home", str(home), "--lang", language])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    json.dumps(answer.data)
    return answer


def test_check_finds_nothing_in_good_order(house: House) -> None:
    """Exit 0, and what was looked at, in both languages."""
    run(house.home.path, "publish")
    answer = run(house.home.path, "check")

    assert answer.kind is None
    assert answer.data == {
        "sound": True,
        "looked_at": {"authorities": 2, "certificates": 0, "lists": 6},
        "found": 0,
        "problems": [],
    }
    assert answer.lines == ["Nothing is wrong (CAs and responders: 2, revocation lists: 6)."]
    assert run(house.home.path, "check", language="ja").lines[0].startswith("問題は見つかりませんでした")


def test_check_names_what_is_wrong(house: House) -> None:
    """Exit 1: each problem with its code, subject and both sentences."""
    run(house.home.path, "publish")
    path = house.home.public / "ca" / "signature-1.cer"
    path.write_bytes(path.read_bytes()[:-1])
    answer = run(house.home.path, "check")
    (problem,) = answer.data["problems"]

    assert answer.kind is Kind.REFUSED
    assert (problem["code"], problem["subject"]) == ("check.folder.differs", "ca/signature-1.cer")
    assert answer.lines[0] == "1 problem (CAs and responders: 2, revocation lists: 6)."
    assert answer.lines[1] == f"[check.folder.differs] {problem['en']}"
    assert problem["ja"] in run(house.home.path, "check", language="ja").lines[1]


def test_check_tells_silence_from_a_wrong_word(house: House) -> None:
    """Exit 4 if nobody answers at `--served` and nothing else is wrong; no address is wrong usage."""
    run(house.home.path, "publish")
    answer = run(house.home.path, "check", "--served", "http://127.0.0.1:1")

    assert answer.kind is Kind.UNAVAILABLE
    assert {problem["code"] for problem in answer.data["problems"]} == {"check.served.unreachable"}
    with pytest.raises(BadServedAddress):
        run(house.home.path, "check", "--served", "127.0.0.1")


class Terminal(io.StringIO):
    """Somebody looks at it."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_check_says_how_far_it_has_come_where_somebody_looks(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal's stderr, never in a file or a pipe."""
    run(house.home.path, "publish")
    screen, file = Terminal(), io.StringIO()
    for stream in (screen, file):
        monkeypatch.setattr(sys, "stderr", stream)
        run(house.home.path, "check")

    assert "revocation lists: 6" in screen.getvalue()
    assert file.getvalue() == ""
