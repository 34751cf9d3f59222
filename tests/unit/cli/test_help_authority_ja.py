from openjpki.cli.help_authority_ja import AUTHORITY, SERVE
from openjpki.cli.help_ja import HELP_JA


def test_both_tables_are_in_the_help_and_say_different_texts() -> None:
    """Of `authority` and `serve`: a text that both print is written once, and the command line finds each."""
    assert not AUTHORITY.keys() & SERVE.keys()
    assert {**SERVE, **AUTHORITY}.items() <= HELP_JA.items()
