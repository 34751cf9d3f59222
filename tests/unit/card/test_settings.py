import re
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest

from openjpki.card import common, jpki, juki, text, visual
from openjpki.card.card import APPLICATIONS, ATR, ISSUER_DOMAIN_AID
from openjpki.card.objects import OBJECTS
from openjpki.card.personalisation import FactorySettings
from openjpki.card.settings import CardSettings
from openjpki.card.status import SW

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "card.md").read_text(encoding="utf-8")


def first_column(heading: str) -> list[str]:
    """Return the first cells, without their quotes, of the table under a heading of docs/card.md."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


@pytest.mark.parametrize(
    ("heading", "settings"), [("Settings", CardSettings()), ("Factory settings", FactorySettings())]
)
def test_every_setting_is_documented_with_its_default(heading: str, settings: CardSettings | FactorySettings) -> None:
    """A choice where no source settles a fact is written down, or it is a secret."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", section, re.MULTILINE))

    assert list(rows) == [field.name for field in fields(settings)]
    for name, told in rows.items():
        value = getattr(settings, name)
        expected = {True: "yes", False: "no"}.get(value) if isinstance(value, bool) else None
        expected = expected or (f"`{value:04X}`" if isinstance(value, SW) else f"`{value}`")
        assert told.startswith(expected), name


@pytest.mark.parametrize(
    ("name", "table"),
    [("JPKI", jpki), ("common", common), ("住基", juki), ("text", text), ("visual", visual)],
)
def test_every_file_is_documented(name: str, table: ModuleType) -> None:
    """The table of files is the card's table of files."""
    told = first_column(f"Files of the {name} application")

    assert told == [f"{number:04X}" for number in sorted(table.FILES)]


def test_every_object_of_get_data_is_documented() -> None:
    """By its tag."""
    assert all(f"`{tag:04X}`" in PAGE for tag in OBJECTS)


def test_every_status_word_is_documented() -> None:
    """What the card can answer, in words; 6282 is only tolerated by the terminal."""
    told = set(first_column("Status words"))

    assert told == {f"{sw:04X}" for sw in SW if sw is not SW.END_OF_FILE} | {"63Cx"}


@pytest.mark.parametrize("label", ["X" * 33, "日本"])
def test_a_label_fits_its_file(label: str) -> None:
    """EF 0006 has 32 bytes for it, in ASCII."""
    with pytest.raises(ValueError, match="32 ASCII characters"):
        CardSettings(token_label=label)


@pytest.mark.parametrize("limit", [0, 256])
def test_failures_are_counted_in_a_byte(limit: int) -> None:
    """The administration blocks after one failed authentication at least, and after 255 at most."""
    with pytest.raises(ValueError, match="1 to 255"):
        CardSettings(administration_failures=limit)


def test_the_identifiers_are_documented() -> None:
    """AIDs and ATR as in the code."""
    for octets in (*(table.aid for table in APPLICATIONS), ISSUER_DOMAIN_AID):
        assert f"`{octets.hex().upper()}`" in PAGE
    assert f"`{ATR.hex(' ').upper()}`" in PAGE
