"""Reads which part of the code, and which test, cites which rule and which sentence of the municipal page.

A citation is a number in a docstring: of a module, a class, a function, a constant or a field; or one that the code
itself gives as the reason for what it decides (`rules=("R-3.8",)`). Settings cite what their register says, findings what
they show to people. "R-2.20 to R-2.25" and "S-46 – S-54" cite everything between; a range across chapters is too
wide to mean it. A test cites by its docstring alone.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from openjpki.rules.book import RULES
from openjpki.rules.catalogue import CATALOGUE
from openjpki.rules.page import SENTENCES
from openjpki.rules.policy import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
_NUMBER = r"\b(?:R-\d+\.\d+|S-\d+)\b"
_CITED = re.compile(rf"({_NUMBER})(?: ?(?:to|–) ?({_NUMBER}))?")
_GIVEN = re.compile(_NUMBER)
_REGISTERED = re.compile(r"rules\.catalogue\.\w+\.FINDINGS|rules\.policy\.Policy\.\w+")
"""What is named by its finding's code or its setting's name instead."""
_ORDER = [*RULES, *SENTENCES]


@dataclass(frozen=True, kw_only=True)
class Citation:
    """Who cites, and what."""

    place: str
    """A dotted name, `setting NAME`, `finding CODE`, or a test as pytest names it, below tests/."""
    numbers: frozenset[str]


def cited(text: str) -> frozenset[str]:
    """Return the numbers that a text cites, ranges filled; a number that nobody knows is returned as it stands."""
    found: set[str] = set()
    for first, last in _CITED.findall(text):
        ends = [number for number in (first, last) if number]
        found.update(ends)
        if len(ends) > 1 and all(number in _ORDER for number in ends) and _chapter(first) == _chapter(last):
            found.update(_ORDER[_ORDER.index(first) : _ORDER.index(last) + 1])
    return frozenset(found)


def _chapter(number: str) -> str:
    return number.partition(".")[0] if number.startswith("R") else "S"


def citations_of_code(source: Path = ROOT / "src" / "openjpki") -> tuple[Citation, ...]:
    """Return what the code cites, by place: definitions in the order of the files, then settings, then findings."""
    defined = (
        Citation(place=".".join(filter(None, (_module(path, source), name))), numbers=cited(text) | given)
        for path in sorted(source.rglob("*.py"))
        if "migrations" not in path.parts
        for name, text, given in definitions(ast.parse(path.read_text(encoding="utf-8")))
    )
    settings = (
        Citation(place=f"setting {name}", numbers=cited(f"{setting.rule}, {setting.source}"))
        for name, setting in SETTINGS.items()
    )
    findings = (
        Citation(place=f"finding {code}", numbers=cited(", ".join((finding.rule, finding.sentence, *finding.also))))
        for code, finding in CATALOGUE.items()
    )
    others = (citation for citation in defined if not _REGISTERED.fullmatch(citation.place))
    return tuple(citation for citation in (*others, *settings, *findings) if citation.numbers)


def citations_of_tests(tests: Path = ROOT / "tests") -> tuple[Citation, ...]:
    """Return what the tests cite, by test, in the order of the files."""
    found = (
        Citation(place=f"{path.relative_to(tests)}::{name}", numbers=cited(text))
        for path in sorted(tests.rglob("test_*.py"))
        for name, text, _ in definitions(ast.parse(path.read_text(encoding="utf-8")))
        if name.rpartition(".")[2].startswith("test_")
    )
    return tuple(citation for citation in found if citation.numbers)


def definitions(node: ast.Module | ast.ClassDef, name: str = "") -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield name, docstring and numbers given of a module or class and of all it defines, documented fields too."""
    yield name, ast.get_docstring(node) or "", frozenset()
    for inner, after in pairwise([*node.body, None]):
        if isinstance(inner, ast.ClassDef):
            yield from definitions(inner, _within(name, inner.name))
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
            yield _within(name, inner.name), ast.get_docstring(inner) or "", _given(inner)
        elif isinstance(inner, ast.Assign | ast.AnnAssign):
            target = inner.target if isinstance(inner, ast.AnnAssign) else inner.targets[0]
            yield _within(name, ast.unparse(target)), _text(after), _given(inner)


def _within(outer: str, name: str) -> str:
    return f"{outer}.{name}" if outer else name


def _given(node: ast.AST) -> frozenset[str]:
    texts = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str))
    return frozenset(text for text in texts if _GIVEN.fullmatch(text))


def _text(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return ""


def _module(path: Path, source: Path) -> str:
    parts = path.relative_to(source).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__") or "openjpki"
