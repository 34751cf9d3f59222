import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from openjpki.cli import authority, authority_check
from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.site.clock import SteppedClock
from openjpki.site.house import House
from openjpki.site.opening import founded
from openjpki.site.place import HomeInUse, HomeMissing, locked
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


def test_publish_makes_a_new_list_of_every_partition(house: House) -> None:
    """Two CAs, each with two cities and its own certificate: six lists with the next number, in the folder and in the answer (RFC 5280 §5.2.3)."""
    first = run(house.home.path, "publish")
    second = run(house.home.path, "publish")
    rows = second.data["published"]

    assert {(row["issuer"], row["municipality"]) for row in rows} == {
        (issuer, city) for issuer in ("signature-1", "authentication-1") for city in ("99201", "99202", "ca")
    }
    assert [row["number"] for row in first.data["published"]] == [1] * 6
    assert [row["number"] for row in rows] == [2] * 6
    for row in rows:
        path = house.home.public / "crl" / f"{row['issuer']}-{row['municipality']}.crl"
        listed = x509.load_der_x509_crl(path.read_bytes())
        assert listed.last_update_utc == datetime.fromisoformat(row["this_update"])
        assert listed.next_update_utc == datetime.fromisoformat(row["next_update"])


def test_publish_says_where(house: House) -> None:
    """How many lists, and the folder, in both languages."""
    folder = house.home.public / "crl"

    assert run(house.home.path, "publish").lines == [f"Published 6 revocation lists in {folder}."]
    assert run(house.home.path, "publish", language="ja").lines == [f"失効リスト 6 件を {folder} に公開しました。"]


def test_resume_has_nothing_to_do_in_good_order(house: House) -> None:
    """No order is half done: four empty lists, four zeros."""
    answer = run(house.home.path, "resume")

    assert answer.data == {"signed": [], "activated": [], "waiting": [], "closed": []}
    assert answer.lines == ["orders: signed 0, activated 0, waiting for delivery 0, closed 0"]
    assert "配達待ち 0" in run(house.home.path, "resume", language="ja").lines[0]


@pytest.mark.parametrize("word", ["publish", "resume", "check"])
def test_they_need_a_home_that_nobody_is_replacing(tmp_path: Path, house: House, word: str) -> None:
    """No home, or one that a story holds: refused before anything is signed."""
    with pytest.raises(HomeMissing):
        run(tmp_path / "nowhere", word)
    with locked(house.home.path, exclusive=True), pytest.raises(HomeInUse):
        run(house.home.path, word)


def test_they_are_commands_of_one_group() -> None:
    """`openjpki authority publish`, `resume` and `check`."""
    for word, function in (
        ("publish", authority.publish),
        ("resume", authority.resume),
        ("check", authority_check.check),
    ):
        assert parser().parse_args(["authority", word]).run is function
