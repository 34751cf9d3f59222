"""A home is backed up while it works, lost, made again, and works on; an old one is brought up and works on."""

import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509

from openjpki.card.imagefile import from_bytes
from openjpki.site.place import FORMAT, MARKER, read_marker
from tests.support.places import LICENCE, Place, assert_refused
from tests.support.programs import ROOT, Finished, openjpki, openjpki_command, plain_environment, tree
from tests.support.stories import AUTHENTICATION_PIN, COUNTER, SIGNATURE_PIN

pytestmark = pytest.mark.slow

FIXTURES = ROOT / "tests" / "fixtures" / "homes"
SEALED = {1: 1, 2: 0, 3: 0, 4: 0}
"""Batches that the upgrade seals: what was recorded before there was a seal; later homes seal in their own time."""
SIGNED = {
    1: "2026-11-27T15:30:00+09:00",
    2: "2026-11-28T02:00:00+09:00",
    3: "2026-11-28T05:00:00+09:00",
    4: "2026-11-28T11:00:00+09:00",
}
"""A moment after the letter of each format's home was signed."""
OLD_PIN = "FORMAT1PIN"
ROUNDS = 2


def rows(home: Path, role: str, query: str) -> list[tuple[object, ...]]:
    """Ask a home's database."""
    with closing(sqlite3.connect(home / role / "db.sqlite3")) as database:
        return list(database.execute(query))


def column(home: Path, role: str, query: str) -> set[object]:
    """Return the values of one column."""
    return {row[0] for row in rows(home, role, query)}


def serials_on_cards(home: Path) -> set[tuple[str, int]]:
    """Return kind and serial of every certificate that a card of the home holds in use."""
    found = set()
    for path in (home / "cards").glob("*.card"):
        for kind, container in from_bytes(path.read_bytes()).keys.items():
            if container.active and container.active.certificate:
                found.add((kind.value, x509.load_der_x509_certificate(container.active.certificate).serial_number))
    return found


def assert_no_effect_without_its_cause(home: Path) -> None:
    """What the window or a card holds as done, the authority knows: nothing was answered that it never saw."""
    answered = column(
        home, "window", "SELECT message_id FROM window_outboxmessage WHERE sent_at IS NOT NULL AND last_error = ''"
    )
    received = column(home, "authority", "SELECT message_id FROM authority_receipt")
    confirmed = column(home, "window", "SELECT order_id FROM window_order WHERE step IN ('confirmed', 'active')")
    activated = column(home, "authority", "SELECT order_id FROM authority_order WHERE state = 'activated'")
    certified = set(rows(home, "authority", "SELECT kind, serial FROM authority_certificate WHERE der IS NOT NULL"))

    assert answered
    assert answered <= received
    assert confirmed
    assert confirmed <= activated
    assert serials_on_cards(home) <= certified


def assert_works(home: Path, card: str, counter: tuple[str, ...]) -> None:
    """A new card is handed over and gets its certificates; what waits goes out."""
    pins = f"{SIGNATURE_PIN}\n{AUTHENTICATION_PIN}\n"
    for words in (
        ("window", "deliver", "--now"),
        ("authority", "resume"),
        ("card", "new", card),
        ("window", "hand-over", *counter, "--card", card, "--pin-stdin"),
        ("window", "issue", *counter, "--card", card, *LICENCE),
        ("status",),
    ):
        done = openjpki(*words, "--home", home, typed=pins)
        assert done.status == 0, done.text


def assert_serials_once(home: Path) -> None:
    """No serial stands in two certificates."""
    for table in ("authority_certificate", "authority_serial"):
        keys = [row[0] for row in rows(home, "authority", f"SELECT key FROM {table}")]  # noqa: S608  -- our own words
        assert len(keys) == len(set(keys))


def test_a_home_is_saved_while_it_works(lab: Path, tmp_path: Path) -> None:
    """Backups taken under load are each of one state: whatever was answered is there, and a new order goes through."""
    home = Path(shutil.copytree(lab, tmp_path / "home"))
    stop = tmp_path / "stop"
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.support.load", home, stop],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=plain_environment(),
        text=True,
    )
    try:
        taken = [openjpki("backup", "--out", tmp_path / f"{number}.tar.gz", "--home", home) for number in range(ROUNDS)]
    finally:
        stop.touch()
        said = writer.communicate(timeout=120)
    assert writer.returncode == 0, said[1]
    assert [done.status for done in taken] == [0] * ROUNDS, taken
    counts = re.findall(r"\d+", said[0])
    assert all(int(count) > 0 for count in counts), said[0]
    again = tmp_path
    for number in range(ROUNDS):
        again = tmp_path / f"again-{number}"
        restored = openjpki("restore", tmp_path / f"{number}.tar.gz", "--home", again)
        assert restored.status == 0, restored.text
        assert_no_effect_without_its_cause(again)
        assert_record_goes_on(again)
        assert_card_answers(again)
    assert_works(again, "hanako", ("--municipality", "99201", "--resident", "99201000022"))
    assert_serials_once(again)


def assert_record_goes_on(home: Path) -> None:
    """Each role's record is whole up to the head that was kept, says that it was restored, and can be sealed on."""
    for act in ("verify", "seal", "verify"):
        done = openjpki("audit", act, "--home", home)
        assert done.status == 0, done.text
    for role in ("authority", "window", "staff"):
        assert rows(home, role, "SELECT verb, sequence FROM audit_entry WHERE verb = 'audit.restored'")
        assert column(home, role, "SELECT COUNT(*) FROM audit_entry WHERE sequence IS NULL") == {0}


LATE = """
INSERT INTO audit_entry (recorded_at, written_at, actor, verb, subject, data, commitments, leaf)
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2500)
SELECT datetime('now', '-1 hour'), datetime('now', '-1 hour'), 'sato', 'resident.read', 'resident:99201/' || n, '{}', '{}', ''
FROM numbers
"""
"""Acts of an hour ago that no seal has reached: more than one batch."""


@pytest.mark.parametrize(
    "sealed_before",
    [pytest.param(True, id="sealed late"), pytest.param(False, id="not sealed", marks=pytest.mark.thorough)],
)
def test_a_sealer_that_came_late_leaves_a_home_that_can_be_restored(
    place: Place,
    tmp_path: Path,
    sealed_before: bool,  # noqa: FBT001  -- pytest draws it
) -> None:
    """More rows than a batch waited for an hour, as without `serve`: the record is whole, in the home and from each backup."""
    assert rows(place.home, "window", "SELECT COUNT(*) FROM audit_batch") == [(0,)]
    with closing(sqlite3.connect(place.home / "window" / "db.sqlite3")) as database, database:
        database.execute(LATE)
    if sealed_before:
        assert place.run(("audit", "seal")).status == 0
    home, backup = place.home, tmp_path / "0.tar.gz"
    for number in range(2):
        done = openjpki("backup", "--out", backup, "--home", home, "--json")
        assert (done.status, done.json["restorable"]) == (0, True), done.text
        home = tmp_path / f"again-{number}"
        restored = openjpki("restore", backup, "--home", home)
        assert restored.status == 0, restored.text
        assert_record_goes_on(home)
        backup = tmp_path / f"{number + 1}.tar.gz"
    assert rows(home, "window", "SELECT COUNT(*) >= 3 FROM audit_batch") == [(1,)]


def assert_card_answers(home: Path) -> None:
    """The card that was in use has certificates written to it again, once what was left half done is at an end."""
    assert openjpki("authority", "resume", "--home", home).status == 0
    resumed = openjpki("window", "resume", "--card", "taro", "--home", home)
    assert resumed.status in {0, 1}, resumed.text
    done = openjpki("window", "reissue", *COUNTER, "--card", "taro", *LICENCE, "--home", home)
    assert done.status == 0, done.text


def numbers(home: Path) -> dict[str, int]:
    """Return the number of each list in the public folder."""
    found = {}
    for path in (home / "authority" / "public" / "crl").glob("*.crl"):
        crl = x509.load_der_x509_crl(path.read_bytes())
        found[path.name] = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    return found


def test_no_number_goes_back(place: Place, tmp_path: Path) -> None:
    """RFC 5280 §5.2.3, §4.1.2.2: what the lost home published and signed after its backup is not numbered again."""
    assert place.run(("backup", "--out", str(tmp_path / "b.tar.gz"))).status == 0
    for _ in range(3):
        assert place.run(("authority", "publish")).status == 0
    issued = place.run(("window", "reissue", *COUNTER, "--card", "taro", *LICENCE))
    assert issued.status == 0, issued.text
    seen = numbers(place.home)
    serials = column(place.home, "authority", "SELECT key FROM authority_serial")
    again = tmp_path / "again"
    done = openjpki("restore", tmp_path / "b.tar.gz", "--home", again, "--json")
    assert done.status == 0, done.text
    restored = column(again, "authority", "SELECT key FROM authority_serial")
    assert_works(again, "hanako", ("--municipality", "99201", "--resident", "99201000022"))
    later = column(again, "authority", "SELECT key FROM authority_serial") - restored

    assert set(numbers(again)) == set(seen)
    assert all(numbers(again)[name] > number for name, number in seen.items())
    assert later
    assert not later & serials
    assert done.json["skipped_serials"] > 1_000_000


# --- what must not happen ----------------------------------------------------------------------------------------


def limited(home: Path, out: Path, size: int) -> Finished:
    """Take a backup where no file may grow beyond so many bytes, as on a disk that is full."""
    command = " ".join(f"'{word}'" for word in openjpki_command("backup", "--out", out, "--home", home))
    done = subprocess.run(
        ["sh", "-c", f"trap '' XFSZ; ulimit -f {size // 512}; exec {command}"],
        env=plain_environment(),
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("size", [50 * 1024, 200 * 1024])
def test_a_full_disk_leaves_nothing(place: Place, tmp_path: Path, size: int) -> None:
    """Cut off in the first database or in a later one: status 4, no file, no half of one, and the home is as before."""
    folder = tmp_path / "backups"
    folder.mkdir()
    before = {name: kind for name, kind in tree(place.home).items() if "db.sqlite3" not in name}
    done = limited(place.home, folder / "b.tar.gz", size)

    assert done.status == 4, done.text
    assert done.codes[0] in {"storage.failed", "backup.database-failed"}
    assert tree(folder) == {}
    assert {name: kind for name, kind in tree(place.home).items() if "db.sqlite3" not in name} == before


def test_a_backup_replaces_nothing_and_stays_outside(place: Place, tmp_path: Path) -> None:
    """An earlier backup is kept; the home itself is no place for one; the file is its owner's alone."""
    out = tmp_path / "b.tar.gz"
    assert openjpki("backup", "--out", out, "--home", place.home, umask=0).status == 0

    assert out.stat().st_mode & 0o777 == 0o600
    assert_refused(place.run(("backup", "--out", str(out))), "backup.exists", 1)
    assert_refused(place.run(("backup", "--out", str(place.home / "b.tar.gz"))), "backup.inside-home", 2)
    assert_refused(place.run(("backup", "--out", str(tmp_path / "no" / "b"))), "storage.failed", 4)


def test_a_restore_fills_only_what_is_empty(place: Place, tmp_path: Path) -> None:
    """A home in use, a folder with something in it, a file that is no backup: nothing changes."""
    out = tmp_path / "b.tar.gz"
    assert place.run(("backup", "--out", str(out))).status == 0
    before = tree(place.home)

    assert_refused(place.run(("restore", str(out))), "home.not-empty", 1)
    assert tree(place.home) == before
    for name, code in (("letter.txt", "restore.no-archive"), ("missing", "storage.failed")):
        elsewhere = tmp_path / "elsewhere"
        done = openjpki("restore", place.files / name, "--home", elsewhere)
        assert done.codes == [code], done.text
        assert not elsewhere.exists()


def repacked(source: Path, target: Path, change: dict[str, bytes]) -> None:
    """Pack a backup anew with other contents and a manifest that agrees with them."""
    with tarfile.open(source) as old:
        contents = {member.name: (old.extractfile(member) or io.BytesIO()).read() for member in old}
    manifest = json.loads(contents.pop("manifest.json"))
    contents |= change
    for member in manifest["members"]:
        content = contents[member["name"]]
        member |= {"size": len(content), "sha256": sha256(content).hexdigest()}
    with tarfile.open(target, "w:gz", format=tarfile.GNU_FORMAT) as new:
        for name, content in {"manifest.json": json.dumps(manifest).encode(), **contents}.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            new.addfile(header, io.BytesIO(content))


def test_a_home_that_does_not_hold_together_is_none(place: Place, tmp_path: Path) -> None:
    """A manifest can be made to agree with anything: keys, cards, databases and marker are asked themselves."""
    out = tmp_path / "b.tar.gz"
    assert place.run(("backup", "--out", str(out))).status == 0
    other_marker = (place.home / MARKER).read_bytes().replace(f'"format": {FORMAT}'.encode(), b'"format": 1')
    for name, content, code in (
        ("home/authority/passphrase", b"another", "restore.unsound"),
        ("home/cards/taro.card", b"{}", "restore.unsound"),
        ("databases/authority.sqlite3", b"SQLite format 3\0" + bytes(4096), "home.database-silent"),
        (f"home/{MARKER}", other_marker, "home.damaged"),
        (f"home/{MARKER}", b"{", "home.damaged"),
    ):
        bad = tmp_path / "bad.tar.gz"
        repacked(out, bad, {name: content})
        done = openjpki("restore", bad, "--home", tmp_path / "again")

        assert done.codes == [code], done.text
        assert set(tree(tmp_path / "again")) == {"lock"}


# --- from earlier formats ----------------------------------------------------------------------------------------


@pytest.fixture
def found(request: pytest.FixtureRequest) -> int:
    """Return the format that the old home has; the first, unless a test asks for others."""
    return getattr(request, "param", 1)


@pytest.fixture
def old(tmp_path: Path, found: int) -> Path:
    """Return a home of an earlier format, as the version of that time made it."""
    with tarfile.open(FIXTURES / f"format-{found}.tar.xz") as packed:
        packed.extractall(tmp_path / "old", filter="tar")
    return tmp_path / "old" / "home"


@pytest.mark.parametrize("found", range(1, FORMAT), indirect=True)
def test_an_old_home_is_brought_up(old: Path, found: int) -> None:
    """It says so until it is; then residents, cards, what waits and what was signed are there, and it issues anew."""
    before = tree(old)
    refused = openjpki("window", "residents", "--municipality", "99201", "--home", old)
    assert (refused.status, refused.codes) == (4, ["home.other-version"])
    assert "openjpki upgrade" in refused.err
    assert tree(old) == before

    done = openjpki("upgrade", "--home", old, "--json")
    assert done.status == 0, done.text
    assert read_marker(old)["format"] == FORMAT
    assert done.json["found"] == found
    assert openjpki("upgrade", "--home", old, "--json").json["steps"] == []

    residents = openjpki("window", "residents", "--municipality", "99201", "--home", old, "--json").json["residents"]
    assert {resident["resident_code"] for resident in residents} >= {"99201000011", "99201000022"}
    waiting = column(old, "window", "SELECT message_id FROM window_outboxmessage WHERE sent_at IS NULL")
    still_open = column(old, "window", "SELECT receipt FROM window_application WHERE state = 'ready'")
    assert len(waiting) == 1
    assert still_open
    letter = openjpki("verify", old.parent / "letter.p7s", "--home", old, "--at", SIGNED[found], "--json")
    assert letter.status == 0, letter.text
    assert openjpki("authority", "publish", "--home", old).status == 0
    assert openjpki("audit", "verify", "--home", old).status == 0
    for role in ("authority", "window", "staff"):
        sealed, last = rows(old, role, "SELECT COUNT(sequence), COALESCE(MAX(sequence), 0) FROM audit_entry")[0]
        assert sealed == last
    assert rows(old, "authority", "SELECT COUNT(*) FROM audit_batch") == [(SEALED[found],)]
    anew = openjpki("window", "reissue", *COUNTER, "--card", "taro", *LICENCE, "--home", old)
    assert anew.status == 0, anew.text
    assert "99201" in openjpki("authority", "desk-key", "list", "--home", old).text
    assert_works(old, "tsubomi", ("--municipality", "99201", "--resident", "99201000044"))
    assert column(old, "window", "SELECT message_id FROM window_outboxmessage WHERE sent_at IS NULL") == set()
    answered = column(old, "authority", "SELECT message_id FROM authority_receipt")
    assert waiting <= answered


def test_the_backup_before_an_upgrade_can_be_restored(old: Path, tmp_path: Path) -> None:
    """What it saved is a home of the old format; a restore brings it up on the way."""
    backup = tmp_path / "before.tar.gz"
    done = openjpki("upgrade", "--home", old, "--backup", backup, "--json")
    assert (done.status, done.json["backup"]) == (0, str(backup)), done.text
    again = tmp_path / "again"
    restored = openjpki("restore", backup, "--home", again)

    assert restored.status == 0, restored.text
    assert read_marker(again)["format"] == FORMAT
    assert openjpki("status", "--home", again).status == 0
    assert_record_goes_on(again)
    anew = openjpki("window", "reissue", *COUNTER, "--card", "taro", *LICENCE, "--home", again)
    assert anew.status == 0, anew.text


CRASH = """
import sys
from pathlib import Path
from openjpki.site.clock import real_moment
from openjpki.site.keeping.upgrade import upgrade

def crash(step):
    if step == sys.argv[2]:
        raise SystemExit(9)

upgrade(Path(sys.argv[1]), real_moment(), backup=Path(sys.argv[3]), checkpoint=crash)
"""


@pytest.mark.parametrize(
    "step",
    [
        *(pytest.param(step, marks=pytest.mark.thorough) for step in ("backup", "2-provisions", "2-cards")),
        "2-tables",
        "2-records",
    ],
)
def test_an_upgrade_that_is_cut_off_is_run_again(old: Path, tmp_path: Path, step: str) -> None:
    """Wherever it stops, the home is still of its old format; the next run finishes it."""
    command = [sys.executable, "-c", CRASH, str(old), step, str(tmp_path / "first.tar.gz")]
    cut = subprocess.run(command, env=plain_environment(), capture_output=True, check=False, timeout=120)
    assert cut.returncode == 9, cut.stderr
    assert read_marker(old)["format"] == 1
    assert openjpki("window", "deliver", "--home", old).codes == ["home.other-version"]

    assert openjpki("upgrade", "--home", old, "--without-backup").status == 0
    assert read_marker(old)["format"] == FORMAT
    assert openjpki("window", "deliver", "--home", old).status == 0


def test_an_upgrade_changes_nothing_in_a_home_that_is_in_use_or_of_a_later_version(old: Path) -> None:
    """It needs the home alone, and does not go down."""
    marker = old / MARKER
    marker.write_bytes(marker.read_bytes().replace(b'"format": 1', b'"format": 99'))
    before = tree(old.parent)

    assert openjpki("upgrade", "--home", old).codes == ["home.other-version"]
    assert tree(old.parent) == before
