import pytest

from openjpki.cli.home_named import home_named, next_command
from openjpki.cli.main import parser


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ((), "openjpki serve"),
        (("--home", "lab"), "openjpki serve --home lab"),
        (("--home=my lab",), "openjpki serve --home 'my lab'"),
    ],
)
def test_the_next_command_is_for_the_same_home(words: tuple[str, ...], command: str) -> None:
    """What is told to be run next runs where this one did; without `--home` it stays short."""
    typed = ["card", "list", *words]
    arguments = parser().parse_args(typed)
    arguments.words = typed

    assert next_command("openjpki serve", arguments) == command
    assert home_named(arguments) == bool(words)
