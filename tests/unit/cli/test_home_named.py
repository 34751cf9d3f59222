from pathlib import Path

import pytest

from openjpki.cli.home_named import home_named, in_this_home
from openjpki.cli.main import main, parser


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ((), "Run `openjpki serve`, or `openjpki card list`."),
        (("--home", "lab"), "Run `openjpki serve --home lab`, or `openjpki card list --home lab`."),
        (("--home=my lab",), "Run `openjpki serve --home 'my lab'`, or `openjpki card list --home 'my lab'`."),
        (("--home", "a", "--home", "lab"), "Run `openjpki serve --home lab`, or `openjpki card list --home lab`."),
    ],
)
def test_the_next_command_is_for_the_same_home(words: tuple[str, ...], line: str) -> None:
    """What is told to be run next runs where this one did; without `--home` it stays short."""
    typed = ["card", "list", *words]
    arguments = parser().parse_args(typed)
    arguments.words = typed

    assert in_this_home("Run `openjpki serve`, or `openjpki card list`.", typed) == line
    assert home_named(arguments) == bool(words)


@pytest.mark.parametrize(
    "line",
    [
        "`openjpki rules documents`",
        "`openjpki authority ceremony --help`",
        "`openjpki init --home x`",
        "`make lab`",
        "no command",
    ],
)
def test_what_asks_no_home_stays_as_it_is(line: str) -> None:
    """Rules ask no home, and one that is named already is meant."""
    assert in_this_home(line, ["card", "list", "--home", "lab"]) == line
    assert in_this_home(line, ["card", "list", "--home"]) == line


def test_a_refusal_names_the_home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """There is no home: the commands that make one are for this place. The sentences in JSON stay as they are declared."""
    home = tmp_path / "lab"
    assert main(["card", "list", "--home", str(home), "--lang", "en", "--json"]) != 0
    told = capsys.readouterr()

    assert f"`openjpki init --home {home}`" in told.err
    assert "`openjpki init`" in told.out
