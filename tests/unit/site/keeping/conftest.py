"""A house with both CAs and its residents, and a card, on the test databases."""

from pathlib import Path

import pytest

from openjpki.rules.dates import civil_date
from openjpki.site.city import WAKABA
from openjpki.site.house import House
from openjpki.site.seeding import seed
from tests.unit.site.test_wiring import house

NUMBER = "123456789012345"


@pytest.fixture
def settled(tmp_path: Path, transactional_db: None) -> House:  # noqa: ARG001  -- other programs read what is committed
    """Return a house in which people live."""
    made = house(tmp_path / "home")
    made.furnish()
    seed(made)
    image = made.factory.make_numbered(NUMBER, municipality=WAKABA.code, expires=civil_date(made.clock()))
    made.cards.create("taro", image)
    return made
