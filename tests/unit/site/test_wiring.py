from dataclasses import replace
from pathlib import Path

import pytest

from openjpki.site import wiring
from openjpki.site.clock import SteppedClock
from openjpki.site.home import Home
from openjpki.site.house import House
from tests.support.authority import OPENED
from tests.support.story import SETTINGS


def house(path: Path) -> House:
    """Put a house together that nobody lives in."""
    return House.of(Home.create(path, SETTINGS), SteppedClock(OPENED))


def test_the_views_show_the_house_installed_last(tmp_path: Path) -> None:
    """One process shows one house; another takes its place."""
    first = house(tmp_path)
    second = replace(first, clock=SteppedClock(OPENED))
    wiring.install(first)
    wiring.install(second)

    assert wiring.current() is second


def test_a_view_without_a_house_is_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is shown by chance: without a house the view fails."""
    monkeypatch.setattr(wiring, "_standing", [])

    with pytest.raises(IndexError):
        wiring.current()
