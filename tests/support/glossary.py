"""What the glossary says of words, for the tests that hold sentences against it."""

from pathlib import Path

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"


def not_said() -> list[str]:
    """Return the words that the glossary keeps from residents."""
    table = GLOSSARY.read_text(encoding="utf-8").partition("| not said to a resident |")[2]
    return [word for row in table.splitlines()[2:] for word in row.split("|")[1].strip().split(", ")]
