"""Draws every limit of the package as a page: its name, its value as the code has it, where it stands, and its reason."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tools.draw_errors import WRITTEN, cell

SOURCE = Path(__file__).resolve().parent.parent / "src" / "openjpki"
LIMIT = re.compile(r"_?(?:[A-Z0-9]+_)*(?:MAX|MOST|LONGEST|PAGE|SHOWN|CHUNK|READY|UPPER_BOUNDS)(?:_[A-Z0-9]+)*")
"""What a limit is called. Whoever names one otherwise hides it from this page."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A constant that bounds something."""

    name: str
    value: str
    """As written in the code."""
    module: str
    reason: str
    """The text below it in the code; empty if there is none, which a test refuses."""


def limits() -> tuple[Limit, ...]:
    """Return every limit at the top of a module, by module and place."""
    return tuple(limit for path in sorted(SOURCE.rglob("*.py")) for limit in _limits_of(path))


def limits_page() -> str:
    """Return the page."""
    rows = [
        f"| `{limit.name}` | `{cell(limit.value)}` | `{limit.module}` | {cell(limit.reason)} |" for limit in limits()
    ]
    return "\n".join(
        (
            "# Limits",
            "",
            f"{WRITTEN}. Everything that comes from outside, or that grows with use, has a bound: a constant with its",
            "reason. What lies beyond one is refused with a code ([errors](errors.md)) or continued on a next page.",
            "",
            "| name | value | where | why |",
            "|---|---|---|---|",
            *rows,
            "",
        )
    )


def _limits_of(path: Path) -> Iterator[Limit]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    module = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
    for node, after in pairwise([*body, None]):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        names = [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
        if any(LIMIT.fullmatch(name) for name in names):
            yield Limit(name=", ".join(names), value=ast.unparse(node.value), module=module, reason=_text(after))


def _text(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return " ".join(node.value.value.split())
    return ""
