"""A house with both CAs and its residents, and a card, on the test databases."""

from pathlib import Path

import pytest

from openjpki.card.administration import personalise
from openjpki.rules.dates import civil_date
from openjpki.site.city import WAKABA
from openjpki.site.entropy import entropy
from openjpki.site.house import House
from openjpki.site.seeding import seed
from tests.unit.site.test_wiring import house


@pytest.fixture
def settled(tmp_path: Path, transactional_db: None) -> House:  # noqa: ARG001  -- other programs read what is committed
    """Return a house in which people live."""
    made = house(tmp_path / "home")
    made.furnish()
    seed(made)
    image = personalise(
        number="123456789012345", municipality=WAKABA.code, expires=civil_date(made.clock()), entropy=entropy
    )
    made.cards.create("taro", image)
    return made
