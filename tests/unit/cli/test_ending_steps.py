from openjpki.authority.models import GenerationEnd
from openjpki.cli.ending_steps import AFTER


def test_the_verifiers_are_told_first() -> None:
    """After a compromise, in both languages, in the order of docs/operations.md (R-5.10); every ending has its steps."""
    assert set(AFTER) == {because.value for because in GenerationEnd}
    assert "1. 検証者への連絡" in AFTER["compromise"]["ja"][0]
    assert "1. Tell the verifiers" in AFTER["compromise"]["en"][0]
