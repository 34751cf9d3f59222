import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from openjpki.site.house import House
from openjpki.site.keeping.backup import LEFT_OUT
from openjpki.site.settings import ROLES
from openjpki.site.watching.health import CHECKS
from openjpki.site.watching.logs import EVENTS, FIELDS
from openjpki.site.watching.metrics import Measures
from tests.unit.site.keeping.conftest import settled
from tools.make_docs import ROOT

__all__ = ["settled"]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def first_column(heading: str) -> list[str]:
    """Return the names in the first column of the tables of a section."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def test_every_log_field_is_documented() -> None:
    """The page names exactly the fields that are allowed, and every event."""
    assert first_column("Logs") == list(FIELDS)
    assert [event for event in EVENTS if f"`{event}`" not in PAGE] == []


def test_every_check_is_documented() -> None:
    """In the order in which they are asked."""
    assert [name for name in first_column("Health") if name in CHECKS] == list(CHECKS)


@pytest.mark.django_db(databases=ROLES, transaction=True)
def test_every_metric_is_documented(settled: House) -> None:
    """The page names exactly the metrics that are told, each with its labels."""
    families = text_string_to_metric_families(Measures(settled).text().decode())
    told = {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in families
        if not family.name.endswith("_created")
    }

    assert set(first_column("Metrics")) == told


def test_what_is_left_out_of_a_backup_is_documented() -> None:
    """Nobody should find out on the worst day."""
    line = next(line for line in PAGE.splitlines() if "half-written files" in line and line.endswith("| no |"))

    assert [name for name in LEFT_OUT if f"`{name}" not in line] == []
