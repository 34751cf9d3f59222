from pathlib import Path

import pytest

from openjpki.authority.responding.form import DATA, Head
from openjpki.authority.responding.store import StatusWriter
from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.cli.responders import NoStore
from openjpki.site.home import Home, Settings
from openjpki.site.opening import founded
from openjpki.site.settings import ROLES


def run(home: Path, *words: str, language: str = "en") -> Answer:
    """Run `openjpki authority …` in this home."""
    arguments = parser().parse_args(["authority", *words, "--home", str(home), "--lang", language])
    answered: Answer = arguments.run(arguments)
    return answered


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with both CAs."""
    settings = Settings(purpose="sandbox", algorithm="p-384-sha-384")
    with founded(tmp_path / "home", settings) as house:
        house.authority.ceremony()
    return tmp_path / "home"


@pytest.mark.django_db(databases=ROLES)
def test_responders_are_certified_once(home: Path) -> None:
    """The first call certifies one for each CA, the next ones tell who is in force; their keys are in a folder of their own."""
    first, again = run(home, "responders"), run(home, "responders", language="ja")
    rows = first.data["responders"]

    assert [(row["issuer"], row["new"]) for row in rows] == [("authentication-1", True), ("signature-1", True)]
    assert all(line.endswith("(new)") for line in first.lines)
    assert [row["new"] for row in again.data["responders"]] == [False, False]
    assert all("JST" in line and ": No. " in line for line in first.lines)
    assert all(line.endswith(" まで") and "発行番号" in line and "令和" in line for line in again.lines)
    assert len(list((home / "responder" / "keys").glob("*-ocsp-*.pem"))) == 2
    assert list((home / "authority" / "keys").glob("*-ocsp-*.pem")) == []


def test_a_store_is_copied_whole(tmp_path: Path) -> None:
    """`copy-status` takes the last commit into another folder; without a store there is nothing to take."""
    made = Home.create(tmp_path / "home", Settings(purpose="sandbox"))
    with pytest.raises(NoStore) as refused:
        run(made.path, "copy-status", str(tmp_path / "away"))
    assert "serve follower" in refused.value.message("en")
    writer = StatusWriter(made.status)
    writer.add((), Head(position=7, complete_at=1, version=1))
    writer.close()
    answer = run(made.path, "copy-status", str(tmp_path / "away"))

    assert [path.name for path in (tmp_path / "away").iterdir()] == [DATA]
    assert answer.data == {"folder": str(tmp_path / "away")}
    copy = StatusWriter(tmp_path / "away")
    assert copy.head.position == 7
    copy.close()
