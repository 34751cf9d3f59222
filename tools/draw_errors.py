"""Draws every declared refusal as a page: code, exit status, both sentences."""

import importlib
import os
import pkgutil
import re

import django

import openjpki
from openjpki.errors import Failure, Kind, declared

STATUS = {
    Kind.REFUSED: "refused",
    Kind.USAGE: "usage",
    Kind.INDETERMINATE: "indeterminate",
    Kind.UNAVAILABLE: "unavailable",
}
WRITTEN = "This page is written by `tools/make_docs.py`"
_SPOKEN = re.compile(":(ja|en)}")
STARTED_BY_A_SERVER = "openjpki.site.wsgi"
"""It opens a home when it is imported."""


def import_everything() -> None:
    """Import every module of the package, so that every declaration is known."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openjpki.site.settings")
    django.setup()
    for module in pkgutil.walk_packages(openjpki.__path__, "openjpki."):
        started = module.name == STARTED_BY_A_SERVER or module.name.endswith("__main__")
        if not started and ".migrations." not in module.name:
            importlib.import_module(module.name)


def failures() -> tuple[type[Failure], ...]:
    """Return every declared refusal of the package."""
    import_everything()
    return tuple(failure for failure in declared() if failure.__module__.startswith("openjpki."))


def cell(text: str) -> str:
    """Return a text as it may stand in a cell of a Markdown table; how a day is spoken is left out of its braces."""
    return _SPOKEN.sub("}", text).replace("|", "\\|").replace("\n", " ")


def errors_page() -> str:
    """Return `docs/errors.md`: every refusal with its code, exit status and both sentences."""
    lines = [
        "# Errors",
        "",
        f"Every refusal of OpenJPKI, by its stable code. {WRITTEN}; words in braces are filled in.",
        "",
        "| code | exit | 日本語 | English |",
        "|---|---|---|---|",
    ]
    for failure in failures():
        status = f"{failure.kind.value} {STATUS[failure.kind]}"
        lines.append(f"| `{failure.code}` | {status} | {cell(failure.ja)} | {cell(failure.en)} |")
    return "\n".join(lines) + "\n"
