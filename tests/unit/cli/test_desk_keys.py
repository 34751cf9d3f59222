import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from openjpki.authority.desk.desk_keys import DeskKeyUnknown
from openjpki.authority.register.municipalities import MunicipalityUnknown
from openjpki.cli import desk_keys
from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.site.clock import SteppedClock
from openjpki.site.opening import founded
from openjpki.site.settings import ROLES
from tests.support.story import SETTINGS

pytestmark = pytest.mark.django_db(databases=ROLES)

SATO = ("--municipality", "99201", "--officer", "sato")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home in which Sato and the city itself have spoken."""
    with founded(tmp_path / "home", SETTINGS, SteppedClock(datetime(2026, 1, 5, tzinfo=UTC))) as made:
        made.desk.key_of("99201", "sato")
        made.desk.key_of("99201", "")
    return tmp_path / "home"


def run(home: Path, *words: str, language: str = "en") -> Answer:
    """Run `openjpki authority desk-key …`; the answer is fit for JSON."""
    arguments = parser().parse_args(["authority", "desk-key", *words, "--home", str(home), "--lang", language])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    json.dumps(answer.data)
    return answer


def test_the_list_names_signers_and_shows_no_key(home: Path) -> None:
    """Whose, the fingerprint, since when: the key itself is nobody's business."""
    answer = run(home, "list")

    assert [(key["municipality"], key["officer"]) for key in answer.data["keys"]] == [("99201", ""), ("99201", "sato")]
    assert all(key["revoked_at"] is None and len(key["fingerprint"]) == 64 for key in answer.data["keys"])
    assert "(itself)" in answer.lines[0]
    assert "in force" in answer.lines[2]
    assert answer.lines[3].strip() == answer.data["keys"][1]["fingerprint"]
    assert "使用中" in run(home, "list", language="ja").lines[2]


def test_a_revoked_key_is_listed_as_one(home: Path) -> None:
    """Revoked once; a second time there is nothing in force."""
    answer = run(home, "revoke", *SATO)
    assert answer.data["key"]["revoked_at"] is not None
    assert "revoked" in answer.lines[0]
    assert "失効" in run(home, "list", language="ja").lines[2]

    with pytest.raises(DeskKeyUnknown):
        run(home, "revoke", *SATO)


def test_a_signer_is_renewed(home: Path) -> None:
    """A new key in force, the old one kept in the list; nobody of an unknown municipality."""
    before = run(home, "list").data["keys"][1]["fingerprint"]
    run(home, "revoke", *SATO)
    renewed = run(home, "renew", *SATO).data["key"]

    assert renewed["fingerprint"] != before
    assert renewed["revoked_at"] is None
    assert len(run(home, "list").data["keys"]) == 3
    with pytest.raises(MunicipalityUnknown):
        run(home, "renew", "--municipality", "99999")


def test_an_empty_list_says_so(tmp_path: Path) -> None:
    """A home in which nobody has spoken yet."""
    with founded(tmp_path / "home", SETTINGS, SteppedClock(datetime(2026, 1, 5, tzinfo=UTC))):
        pass

    assert run(tmp_path / "home", "list").lines == ["No key is enrolled."]
    assert run(tmp_path / "home", "list", language="ja").lines == ["登録された鍵はありません。"]


def test_they_belong_to_the_authority() -> None:
    """`openjpki authority desk-key list`, `revoke`, `renew`."""
    for word, function in (("revoke", desk_keys.revoke), ("renew", desk_keys.renew)):
        assert parser().parse_args(["authority", "desk-key", word, *SATO]).run is function
    assert parser().parse_args(["authority", "desk-key", "list"]).run is desk_keys.show
