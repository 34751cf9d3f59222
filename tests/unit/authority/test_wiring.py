from pathlib import Path

import pytest

from openjpki.authority import wiring
from openjpki.authority.wiring import NotInstalled, current, install
from openjpki.errors import Kind
from tests.support.authority import Scene


@pytest.fixture(autouse=True)
def _own_holder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty holder and the process its own back."""
    monkeypatch.setattr(wiring, "_installed", [])


def test_without_an_authority_the_views_are_unavailable() -> None:
    """A process that serves other roles has no authority to ask."""
    with pytest.raises(NotInstalled) as refusal:
        current()
    assert refusal.value.kind is Kind.UNAVAILABLE


def test_the_last_one_installed_answers(tmp_path: Path) -> None:
    """The composition root installs one; installing again replaces it."""
    folders = (tmp_path / "one", tmp_path / "two")
    for folder in folders:
        folder.mkdir()
        install(Scene(folder).authority)

    assert current().public == tmp_path / "two" / "public"
