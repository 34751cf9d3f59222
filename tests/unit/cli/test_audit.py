import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from openjpki.audit.models import Batch, Entry
from openjpki.cli import audit
from openjpki.cli.answer import Answer
from openjpki.cli.main import main, parser
from openjpki.errors import Kind
from openjpki.site.audit_safe import FileSafe, PublicKeyUnusable
from openjpki.site.clock import SteppedClock
from openjpki.site.house import House
from openjpki.site.opening import founded
from openjpki.site.settings import ROLES
from openjpki.window.officer import Clerk
from tests.support.audit import LINES_FOR_FILES, chain, exported, head_of
from tests.support.story import SETTINGS
from tests.unit.window.counter import HEADER

DATABASES = pytest.mark.django_db(databases=ROLES)
CLERK = Clerk("sato", "99201")


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Return a home whose window has a few acts on record."""
    with founded(tmp_path / "home", SETTINGS, SteppedClock(datetime(2026, 1, 5, tzinfo=UTC))) as made:
        for _ in range(3):
            made.window.residents.import_csv(CLERK, HEADER)
    return made


def run(home: Path, *words: str) -> Answer:
    """Run `openjpki audit …` in this home, in English; the answer is fit for JSON."""
    arguments = parser().parse_args(["audit", *words, "--home", str(home), "--lang", "en"])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    json.dumps(answer.data)
    return answer


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Run a command that is refused in one line; return status and code."""
    capsys.readouterr()
    status = main(["audit", *words, "--json", "--lang", "en"])
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    return status, json.loads(said.out)["error"]["code"]


def test_the_roles_are_those_of_the_site() -> None:
    """They are named here too, because a file is checked without the server's parts."""
    assert audit.ROLES == ROLES


@DATABASES
def test_each_role_is_sealed_and_its_head_kept(house: House) -> None:
    """Enrolling two cities and three imports: what each role recorded, and nothing on the second call."""
    home = house.home.path
    sealed = {row["role"]: row for row in run(home, "seal").data["sealed"]}

    assert {role: row["records"] for role, row in sealed.items()} == {"authority": 2, "window": 3, "staff": 0}
    assert sealed["window"]["head"] == str(FileSafe(home, "window").head())
    assert sealed["staff"]["head"] is None
    assert run(home, "seal", "--role", "window").lines == [
        f"window: newly sealed records: 0. {sealed['window']['head']}"
    ]


@DATABASES
def test_a_whole_record_is_valid(house: House) -> None:
    """Of all roles at once, or of one; a head of each may be given."""
    home = house.home.path
    run(home, "seal")
    head = str(FileSafe(home, "window").head())
    answer = run(home, "verify", "--head", head)

    assert (answer.kind, answer.data["valid"]) == (None, True)
    assert [row["role"] for row in answer.data["chains"]] == list(ROLES)
    one = run(home, "verify", "--role", "window", "--public-key", str(home / "audit" / "window.pem"))
    assert [row["records"] for row in one.data["chains"]] == [3]


@DATABASES
def test_a_broken_record_is_named(house: House) -> None:
    """Exit 1, and which record it is; with another role's key nothing is trusted."""
    home = house.home.path
    run(home, "seal")
    other = run(home, "verify", "--role", "window", "--public-key", str(home / "audit" / "staff.pem"))
    assert other.data["chains"][0]["fault"]["code"] == "audit.batch.key-unknown"

    Entry.objects.using("window").filter(sequence=2).update(actor="nobody")
    answer = run(home, "verify")
    assert (answer.kind, answer.data["valid"]) == (Kind.REFUSED, False)
    assert answer.data["chains"][1]["fault"]["record"] == 2
    assert "window: broken. Record 2 was changed after it was sealed." in answer.lines


@DATABASES
def test_a_lost_end_is_named(house: House) -> None:
    """The home keeps the last head beside the database."""
    home = house.home.path
    run(home, "seal")
    Batch.objects.using("window").all().delete()
    Entry.objects.using("window").all().delete()

    (found,) = run(home, "verify", "--role", "window").data["chains"]
    assert found["fault"]["code"] == "audit.truncated"


@DATABASES
def test_an_export_is_written_and_checked(house: House, tmp_path: Path) -> None:
    """For its owner only; a file that is there stays; what is half written goes."""
    home, out = house.home.path, tmp_path / "window.jsonl"
    run(home, "seal")
    answer = run(home, "export", "--role", "window", "--out", str(out))

    assert answer.lines == [f"Exported to {out}.", answer.data["head"]]
    assert out.stat().st_mode & 0o777 == 0o600
    assert run(tmp_path, "verify", "--file", str(out)).data["chains"][0]["records"] == 3
    with pytest.raises(audit.FileExists):
        run(home, "export", "--role", "window", "--out", str(out))
    (home / "audit" / "staff.pem").unlink()
    with pytest.raises(PublicKeyUnusable):
        run(home, "export", "--role", "staff", "--out", str(tmp_path / "staff.jsonl"))
    assert not (tmp_path / "staff.jsonl").exists()
    assert run(home, "export", "--role", "authority", "--out", str(tmp_path / "a"), "--with-personal").data["head"]


@DATABASES
def test_purging_keeps_what_the_law_asks_for(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is ten years old yet; a younger day is refused, also where it is a typing error."""
    home = house.home.path
    run(home, "seal")
    words = ("purge", "--role", "window", "--home", str(home))

    assert run(home, "purge", "--role", "window").data["records"] == 0
    assert run(home, "purge", "--role", "window", "--personal-only", "--before", "2999-01-01").data["personal"] == 0
    assert refusal(capsys, *words, "--before", "2026-01-01") == (1, "audit.too-young")
    assert refusal(capsys, *words, "--before", "01.01.2010") == (2, "usage.bad-value")


FILES = {
    "absent": (None, 4, "storage.failed"),
    "empty": (b"", 1, "audit.file.not-an-archive"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3", 1, "audit.file.not-an-archive"),
    "cut off": (exported(chain(3))[:-40], 1, "audit.file.truncated"),
    "a huge line": (LINES_FOR_FILES + b"x" * 5_000_000, 1, "audit.file.line-too-long"),
    "a broken line": (LINES_FOR_FILES + b"{}\n", 1, "audit.file.line-unreadable"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_one_line_and_a_stable_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Whatever is in it; no home is needed."""
    content, status, code = FILES[name]
    path = tmp_path / "file.jsonl"
    if content is not None:
        path.write_bytes(content)

    assert refusal(capsys, "verify", "--file", str(path), "--home", str(tmp_path / "nowhere")) == (status, code)


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("--role", "staff"), 1, "audit.other-role"),
        (("--role", "mayor"), 2, "usage.arguments"),
        (("--head", "staff:1:" + "0" * 64), 1, "audit.other-role"),
        (("--head", "the last one"), 2, "audit.bad-head"),
        (("--public-key", "/nowhere/key.pem"), 4, "audit.public-key-unusable"),
    ],
)
def test_a_file_is_held_against_what_was_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], status: int, code: str
) -> None:
    """Another role's, a head of another, a key that is not there."""
    path = tmp_path / "file.jsonl"
    path.write_bytes(exported(chain(3)))

    assert refusal(capsys, "verify", "--file", str(path), *words) == (status, code)


def test_a_file_by_itself_proves_little(tmp_path: Path) -> None:
    """Without a key from elsewhere the answer says so; with a later head it is cut off."""
    groups = chain(2, 3)
    path = tmp_path / "file.jsonl"
    path.write_bytes(exported(groups[:1]))
    answer = run(tmp_path, "verify", "--file", str(path))
    found: dict[str, Any] = answer.data["chains"][0]

    assert answer.data["valid"]
    assert [remark["code"] for remark in found["remarks"]] == ["audit.key-untrusted"]
    cut = run(tmp_path, "verify", "--file", str(path), "--head", str(head_of(groups)))
    assert (cut.kind, cut.data["chains"][0]["fault"]["record"]) == (Kind.REFUSED, 3)


@pytest.mark.parametrize("words", [("seal",), ("verify",), ("purge", "--role", "window")])
def test_they_need_a_home(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    """Nothing to seal, check or purge: exit 4."""
    assert refusal(capsys, *words, "--home", str(tmp_path / "nowhere")) == (4, "home.missing")


def test_a_head_of_a_role_that_is_not_checked_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would hold nothing, and seem to."""
    words = ("verify", "--role", "window", "--head", "staff:1:" + "0" * 64, "--home", str(tmp_path))

    assert refusal(capsys, *words) == (2, "usage.bad-value")
