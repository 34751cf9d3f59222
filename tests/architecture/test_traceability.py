import re
from dataclasses import replace
from pathlib import Path

import pytest

from openjpki.rules.book import RULES
from openjpki.rules.page import SENTENCES
from tools import traceability
from tools.citations import citations_of_code, citations_of_tests, cited
from tools.draw_traceability import traceability_page
from tools.traceability import Trace, main, reached, trace

WHOLE = Trace(
    code=dict.fromkeys(RULES, ("rules.somewhere.decide",)),
    tests=dict.fromkeys(RULES, ("unit/rules/test_somewhere.py::test_it",)),
)
"""A trace without a gap: every rule is cited by a function and by a test."""


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("who may (R-1.1 to R-1.3, R-1.7; S-07).", "R-1.1 R-1.2 R-1.3 R-1.7 S-07"),
        ("S-61 – S-63", "S-61 S-62 S-63"),
        ("R-2.14 to R-2.20", "R-2.14 R-2.15 R-2.20"),
        ("R-1.9 to R-1.11", "R-1.9 R-1.10 R-1.11"),
        ("R-1.9 to R-2.1", "R-1.9 R-2.1"),
        ("R-8.1 step 4, S-12 and S-38", "R-8.1 S-12 S-38"),
        ("R-3.1 (b), E-20, CF-4", "R-3.1"),
        ("chapter R-7, RS-12, SHA-256", ""),
        ("R-9.9, S-71", "R-9.9 S-71"),
        ("R-3.1 to R-9.9", "R-3.1 R-9.9"),
        ("", ""),
    ],
)
def test_what_a_text_cites(text: str, numbers: str) -> None:
    """A range inside a chapter cites everything between; a number that nobody knows is kept, so that it is found out."""
    assert cited(text) == set(numbers.split())


def test_where_citations_are_found(tmp_path: Path) -> None:
    """In docstrings of modules, classes, functions, fields and constants, and in numbers given; not in other texts."""
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "__init__.py").write_text('"""R-1.1."""\n')
    (tmp_path / "room" / "act.py").write_text(
        '"""No number."""\n'
        'LIMIT = 3\n"""R-1.2."""\n'
        'class Case:\n    """R-1.3."""\n    field: int = 0\n    """R-1.4."""\n'
        '    def told(self):\n        """R-1.5."""\n'
        'def decide():\n    """Decides."""\n    # R-8.8\n    return Result(rules=("R-1.6", "R-1.7 and more"))\n'
    )
    found = {citation.place: citation.numbers for citation in citations_of_code(tmp_path)}

    assert {place: numbers for place, numbers in found.items() if place.startswith("room")} == {
        "room": {"R-1.1"},
        "room.act.LIMIT": {"R-1.2"},
        "room.act.Case": {"R-1.3"},
        "room.act.Case.field": {"R-1.4"},
        "room.act.Case.told": {"R-1.5"},
        "room.act.decide": {"R-1.6"},
    }
    assert found["setting age_rule"] == {"R-1.4"}
    assert found["finding eligibility.juki-card"] == {"R-2.15", "S-29", "S-30"}


def test_a_test_cites_by_its_docstring(tmp_path: Path) -> None:
    """Helpers cite nothing, nor do the values of a test."""
    (tmp_path / "unit").mkdir()
    (tmp_path / "unit" / "test_act.py").write_text(
        'def helper():\n    """R-1.1."""\n'
        'def test_one():\n    """R-1.2, S-08: so."""\n    assert "R-1.3"\n'
        'class TestTwo:\n    def test_three(self):\n        """R-1.4."""\n'
    )

    assert {citation.place: citation.numbers for citation in citations_of_tests(tmp_path)} == {
        "unit/test_act.py::test_one": {"R-1.2", "S-08"},
        "unit/test_act.py::TestTwo.test_three": {"R-1.4"},
    }


def test_a_whole_trace_has_no_gap() -> None:
    """Every sentence is reached through its rules, and every rule is carried out and covered."""
    assert WHOLE.gaps() == WHOLE.open_rules() == ()


def test_what_is_missing_is_named() -> None:
    """A rule without code or test, a sentence without either, and a number that stands for nothing."""
    code = {number: places for number, places in WHOLE.code.items() if number != "R-2.30"}
    tests = {number: places for number, places in WHOLE.tests.items() if number != "R-2.30"} | {"R-9.9": ("a test",)}

    broken = replace(WHOLE, code=code, tests=tests)

    assert broken.gaps() == (
        "R-9.9: no such number (cited by a test)",
        "S-47 (come in person if possible): no code",
        "S-47 (come in person if possible): no test",
    )
    assert broken.open_rules() == (
        "R-2.30 (the holder should come in person): no code",
        "R-2.30 (the holder should come in person): no test",
    )


def test_every_sentence_of_the_page_is_traced() -> None:
    """Nothing is missing here: each of S-01 to S-70 has its rule, code and test."""
    assert trace().gaps() == ()


def test_a_sentence_can_be_cited_itself() -> None:
    """Who cites a sentence comes before who cites one of its rules."""
    places = {"S-20": ("own",), "R-3.1": ("by rule", "own"), "R-3.2": ("not of S-20",)}

    assert reached(SENTENCES["S-20"], places) == ("own", "by rule")


def test_the_page_shows_every_sentence_and_rule() -> None:
    """One row each, in order, and what is missing at the end."""
    page = traceability_page()

    assert re.findall(r"^\| (S-\d\d|R-\d+\.\d+) \|", page, re.MULTILINE) == [*SENTENCES, *RULES]
    assert re.findall(r"^\* (.+)$", page, re.MULTILINE) == [*trace().gaps(), *trace().open_rules()]
    assert page.count("rules.renewal.renewal_window") > 0


def test_the_command_fails_where_something_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It prints each gap, each open rule and a line that counts; its status is 1 where there is a gap, and else 0."""
    status = main()
    lines = capsys.readouterr().out.splitlines()
    rest = [f"open: {line}" for line in trace().open_rules()]

    assert (status, lines) == (0, [*rest, f"70 sentences, 104 rules, 0 gaps, {len(rest)} open"])

    code = {number: places for number, places in trace().code.items() if number != "R-3.8"}
    monkeypatch.setattr(traceability, "trace", lambda: Trace(code=code, tests={}))
    assert main() == 1
    assert "S-33 (an early notice opens nothing): no test" in capsys.readouterr().out
