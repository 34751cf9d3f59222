import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction

from openjpki.audit.chain import BATCH_LIMIT
from openjpki.audit.models import Entry
from openjpki.audit.record import record
from openjpki.audit.verbs import Verb
from openjpki.authority.cards.keys import NAME
from openjpki.site.home import Home, HomeOfOtherVersion
from openjpki.site.keeping.integrity import records_whole
from openjpki.site.keeping.upgrade import UPGRADES, beside, bring_up, upgrade
from openjpki.site.opening import assemble
from openjpki.site.place import FORMAT, MARKER, HomeDamaged, HomeInUse, HomeMissing, locked, read_marker
from openjpki.site.settings import ROLES
from tests.support.programs import ROOT, tree
from tests.support.story import SETTINGS

pytestmark = pytest.mark.django_db(databases=ROLES, transaction=True)
NOW = datetime(2026, 11, 27, 3, 4, 5, tzinfo=UTC)
STEPS = (
    "2-provisions",
    "2-tables",
    "2-cards",
    "2-records",
    "3-tables",
    "4-provisions",
    "4-cards",
    "5-provisions",
    "5-tables",
    "5-profiles",
)
CARD = (ROOT / "tests" / "vectors" / "card-image-version-1.card").read_bytes()


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a home of format 1 that lacks what came later, with a card and a row of that time."""
    path = Home.create(tmp_path / "home", SETTINGS).path
    remark(path, 1)
    (path / "secret").unlink()
    shutil.rmtree(path / "audit")
    for role in ROLES:
        (path / role / "audit.key").unlink()
    (path / "authority" / "keys" / f"{NAME}.key").unlink()
    (path / "cards" / "taro.card").write_bytes(CARD)
    with transaction.atomic(using="authority"):
        record("authority", at=NOW, actor="sato", verb=Verb.PURGED, subject="thing:1")
    return path


def remark(path: Path, number: object) -> None:
    """Say that a home is of another format."""
    marker = read_marker(path) | {"format": number}
    (path / MARKER).write_text(json.dumps(marker), encoding="utf-8")


class Cut(Exception):
    """The power went."""


def cut_at(step: str) -> "Cutter":
    """Return a checkpoint at which the power goes."""
    return Cutter(step)


class Cutter:
    """Raises after one step."""

    def __init__(self, step: str) -> None:
        self._step = step
        self.passed: list[str] = []

    def __call__(self, step: str) -> None:
        """Note the step, and perhaps end there."""
        self.passed.append(step)
        if step == self._step:
            raise Cut


def test_an_upgrade_goes_step_by_step_and_marks_last(old: Path, tmp_path: Path) -> None:
    """Backup, provisions, tables, cards, records, marker: the settings stay as they were."""
    watch = Cutter("")
    done = upgrade(old, NOW, backup=tmp_path / "b.tar.gz", checkpoint=watch)

    assert watch.passed == ["backup", *STEPS]
    assert (done.found, done.steps) == (1, STEPS)
    assert done.backup is not None
    assert done.backup.manifest.home_format == 1
    assert (old / "secret").exists()
    assert Home.open(old).settings == SETTINGS
    assert next(iter(read_marker(old))) == "format"


def test_a_home_of_this_format_is_left_as_it_is(tmp_path: Path) -> None:
    """An upgrade may be run at any time; without need there is no backup either."""
    path = Home.create(tmp_path / "home", SETTINGS).path
    with locked(path, exclusive=False):
        pass
    before = tree(tmp_path)

    assert upgrade(path, NOW, backup=tmp_path / "b.tar.gz").steps == ()
    assert tree(tmp_path) == before


@pytest.mark.parametrize("step", ["backup", *STEPS])
def test_an_upgrade_is_repeatable_from_every_step(old: Path, tmp_path: Path, step: str) -> None:
    """Until the marker is written the home is of its old format, and the next run finishes it."""
    with pytest.raises(Cut):
        upgrade(old, NOW, backup=tmp_path / "first.tar.gz", checkpoint=cut_at(step))
    with pytest.raises(HomeOfOtherVersion, match="openjpki upgrade"):
        Home.open(old)

    assert upgrade(old, NOW, backup=None).backup is None
    house = assemble(Home.open(old))
    assert house.home.settings == SETTINGS
    assert house.cards.look("taro").channel.keys == house.factory.keys.of(house.cards.look("taro").number)
    assert [(ledger.unsealed(), ledger.verify().fault) for ledger in house.ledgers] == [(0, None)] * len(ROLES)
    assert house.ledgers[0].safe.head() is not None


def test_more_rows_than_a_batch_become_a_whole_record(old: Path) -> None:
    """They were recorded over years and are sealed at once: several batches of one sealing, and none is back-dated."""
    years_ago = NOW - timedelta(days=1000)
    Entry.objects.using("window").bulk_create(
        Entry(
            recorded_at=years_ago + timedelta(hours=number), actor="sato", verb="thing.done", subject=f"thing:{number}"
        )
        for number in range(2 * BATCH_LIMIT + 1)
    )
    upgrade(old, NOW, backup=None)
    house = assemble(Home.open(old))
    verdicts = {ledger.role: ledger.verify() for ledger in house.ledgers}

    assert {role: verdict.fault for role, verdict in verdicts.items()} == dict.fromkeys(ROLES)
    assert (verdicts["window"].batches, verdicts["window"].records) == (3, 2 * BATCH_LIMIT + 1)
    assert records_whole(house) == ()


def test_nothing_changes_if_the_backup_fails(old: Path, tmp_path: Path) -> None:
    """First the backup: without it no step is taken."""
    (tmp_path / "b.tar.gz").touch()
    with locked(old, exclusive=False):
        pass
    before = tree(old)

    with pytest.raises(Exception, match=r"backup\.exists"):
        upgrade(old, NOW, backup=tmp_path / "b.tar.gz")
    assert tree(old) == before


@pytest.mark.parametrize(
    ("number", "refusal"), [(0, HomeOfOtherVersion), (FORMAT + 1, HomeOfOtherVersion), ("1", HomeDamaged)]
)
def test_what_no_earlier_version_made_is_refused(old: Path, number: object, refusal: type[Exception]) -> None:
    """It does not go down, and does not guess; not even a lock is left."""
    remark(old, number)
    before = tree(old)

    with pytest.raises(refusal):
        upgrade(old, NOW, backup=None)
    assert tree(old) == before


def test_an_upgrade_has_the_home_alone(old: Path, tmp_path: Path) -> None:
    """Somebody works there: nothing is touched. Nobody lives there: nothing is made."""
    with locked(old, exclusive=False), pytest.raises(HomeInUse):
        upgrade(old, NOW, backup=None)
    with pytest.raises(HomeMissing):
        upgrade(tmp_path / "nowhere", NOW, backup=None)
    assert not (tmp_path / "nowhere").exists()


def test_every_format_has_its_steps() -> None:
    """From 1 to this format without a gap, in order; a home of this format takes none of them."""
    assert [number for number, _ in UPGRADES] == list(range(2, FORMAT + 1))
    assert bring_up(Home(Path("/nowhere"), SETTINGS), FORMAT) == ()


def test_a_backup_goes_beside_the_home(tmp_path: Path) -> None:
    """Named after the home and the moment, so that a second try saves its own state."""
    assert beside(tmp_path / "home", NOW) == tmp_path / f"home-before-format-{FORMAT}-20261127T030405Z.tar.gz"
