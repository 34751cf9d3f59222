from pathlib import Path

import pytest

from openjpki.pki.lint import external
from openjpki.pki.lint.external import Pkilint
from openjpki.site.home import Home, Settings
from openjpki.site.linting import ExternalLintMissing, external_lint
from openjpki.site.place import HomeDamaged
from openjpki.site.signing import guard_of


def home(path: Path, setting: str) -> Home:
    """Return a home with a setting."""
    return Home.create(path / "home", Settings(purpose="sandbox", external_lint=setting))


def test_the_setting_says_what_is_asked(tmp_path: Path) -> None:
    """Off unless somebody says otherwise; where it is on, the signing process asks it too."""
    off, on = home(tmp_path / "off", "off"), home(tmp_path / "on", "pkilint")

    assert external_lint(off) is None
    assert guard_of(off).external is None
    assert isinstance(external_lint(on), Pkilint)
    assert isinstance(guard_of(on).external, Pkilint)
    assert "external_lint" not in (off.path / "openjpki.json").read_text()
    assert Home.open(on.path).settings.external_lint == "pkilint"


def test_a_program_that_is_not_installed_is_missed_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever opens the home is told, not whoever orders the first certificate."""
    monkeypatch.setattr(external, "find_spec", lambda _: None)

    assert external_lint(home(tmp_path / "off", "off")) is None
    with pytest.raises(ExternalLintMissing):
        external_lint(home(tmp_path / "on", "pkilint"))


def test_no_other_program_is_known(tmp_path: Path) -> None:
    """A typing error is no setting."""
    with pytest.raises(HomeDamaged):
        Home.open(home(tmp_path, "zlint").path)
