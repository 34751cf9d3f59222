from pathlib import Path

import pytest

from openjpki.cli.main import parser
from openjpki.site.home import Settings
from openjpki.site.opening import founded
from openjpki.site.settings import ROLES

pytestmark = pytest.mark.django_db(databases=ROLES)


@pytest.mark.parametrize("drill", ["compromise", "termination"])
def test_a_drill_says_what_comes_next(tmp_path: Path, drill: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In a sandbox: ended, published, and what whom must be told; progress on standard error."""
    home = tmp_path / "sandbox"
    with founded(home, Settings(purpose="sandbox", algorithm="p-384-sha-384")) as made:
        made.authority.ceremony()
    words = ["authority", "drill", drill, "--issuer", "signature-1", "--home", str(home), "--lang", "ja"]
    arguments = parser().parse_args(words)
    answer = arguments.run(arguments)

    assert answer.data["because"] == drill
    assert answer.data["ended"] == 0
    assert len(answer.lines) > 1
    assert "失効 0 件" in capsys.readouterr().err
