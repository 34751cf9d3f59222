import json
from pathlib import Path

import pytest

from openjpki.authority.generations.profile_records import NeedsApproval, ProfilesOther
from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.errors import Kind
from openjpki.site.home import Settings
from openjpki.site.house import House
from openjpki.site.opening import founded
from openjpki.site.place import MARKER
from openjpki.site.settings import ROLES
from tests.support.operators import SATO, SUZUKI, TANAKA
from tests.unit.cli.operating import Run, held, house, run

__all__ = ["held", "house", "run"]
pytestmark = pytest.mark.django_db(databases=ROLES)


def move(home: Path, number: int) -> None:
    """Have a home served at another port, which stands in its holders' certificates."""
    marker = json.loads((home / MARKER).read_text())
    (home / MARKER).write_text(json.dumps({**marker, "port": number}))


def test_a_sandbox_takes_a_change_at_one_operators_word(tmp_path: Path) -> None:
    """It says what differs and what to do; the digest that is named must be the one there is."""
    with founded(tmp_path / "home", Settings(purpose="sandbox", algorithm="p-384-sha-384")) as made:
        made.authority.ceremony()

    def profile(*words: str | Path, language: str = "en") -> Answer:
        common = ["--home", str(tmp_path / "home"), "--lang", language]
        arguments = parser().parse_args(["authority", "profile", *map(str, words), *common])
        answer = arguments.run(arguments)
        assert isinstance(answer, Answer)
        return answer

    before = profile("check", "--specimens", tmp_path / "out")
    assert (before.kind, before.data["recorded"]) == (None, before.data["digest"])
    assert len(before.data["specimens"]) == 7
    move(tmp_path / "home", 8799)
    after = profile("check")
    digest = after.data["digest"]

    assert after.kind is Kind.REFUSED
    assert {one["profile"] for one in after.data["profiles"] if not one["as_recorded"]} == {
        "signature",
        "authentication",
    }
    assert after.lines[-1] == f"To change them: openjpki authority profile record --digest {digest}"
    assert any(
        "not as recorded; lint finds nothing, pkilint finds nothing, openssl finds nothing" in one
        for one in after.lines
    )
    assert "記録と異なる" in "".join(profile("check", language="ja").lines)
    with pytest.raises(ProfilesOther):
        profile("record", "--digest", before.data["digest"])
    assert digest in profile("record", "--digest", digest).lines[0]
    assert profile("check").kind is None


def test_elsewhere_it_takes_three_operators(held: Run, house: House) -> None:
    """Proposed with the digest, approved by two others, carried out: then certificates are issued again."""
    move(house.home.path, 8799)
    answer = held("profile", "check")
    digest = answer.data["digest"]
    assert "propose profile-change" in answer.lines[-1]
    (problem, _) = held("check").data["problems"]
    assert (problem["code"], problem["subject"]) == ("check.profiles.differ", "profile:signature")

    with pytest.raises(NeedsApproval):
        held("profile", "record", "--digest", digest)
    number = held("propose", "profile-change", "--digest", digest, by=SATO).data["act"]["number"]
    held("approve", str(number), by=TANAKA)
    held("approve", str(number), by=SUZUKI)
    assert held("carry-out", str(number)).data["act"]["state"] == "done"

    assert held("profile", "check").kind is None
    assert held("check").data["sound"]


def test_before_the_first_ceremony_nothing_is_recorded(run: Run) -> None:
    """There is nothing to differ from."""
    answer = run("profile", "check")

    assert (answer.kind, answer.data["recorded"]) == (None, None)
    assert answer.lines[0].endswith("nothing")
    assert run("profile", "check", language="ja").lines[0] == "記録: なし"
