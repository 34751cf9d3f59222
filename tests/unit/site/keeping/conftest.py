"""A house with both CAs and its residents, and a card, on the test databases."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from openjpki.rules.dates import civil_date
from openjpki.site.city import WAKABA
from openjpki.site.clock import SteppedClock
from openjpki.site.home import Home
from openjpki.site.house import House
from openjpki.site.seeding import seed
from tests.support.authority import OPENED
from tests.support.rows import KeptRows
from tests.unit.site.test_wiring import house

NUMBER = "123456789012345"


@dataclass(frozen=True)
class Settlement:
    """A house as it was when its people had just moved in: its home and its rows."""

    home: Path
    rows: KeptRows


_kept: list[Settlement] = []
"""The one that this test process made, if its databases can be kept."""


@pytest.fixture
def settled(
    tmp_path: Path,
    transactional_db: None,  # noqa: ARG001  -- other programs read what is committed
    tmp_path_factory: pytest.TempPathFactory,
) -> House:
    """Return a house in which people live."""
    home = tmp_path / "home"
    if _kept:
        shutil.copytree(_kept[0].home, home)
        _kept[0].rows.put_back()
        return House.of(Home.open(home), SteppedClock(OPENED))
    made = house(home)
    made.furnish()
    seed(made)
    image = made.factory.make_numbered(NUMBER, municipality=WAKABA.code, expires=civil_date(made.clock()))
    made.cards.create("taro", image)
    if rows := KeptRows.taken():
        kept = tmp_path_factory.mktemp("settled") / "home"
        shutil.copytree(home, kept)
        _kept.append(Settlement(kept, rows))
    return made
