import ast
import re
import string
import sys
from collections import Counter
from pathlib import Path

import pytest

from openjpki.cli.main import as_data
from openjpki.documents.findings import ToldMoment
from openjpki.errors import Failure
from openjpki.rules import era
from tools.draw_errors import failures
from tools.make_docs import ROOT

DOTTED = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)+")
PASSED_ON = ("{ja}", "{en}")
"""The sentences of a refusal that another one's are passed on by."""
EXAMPLE = re.compile(r"令和\d+年\d+月\d+日")
"""A day by era, as an English sentence may show one."""
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠々]")


@pytest.mark.parametrize("failure", failures(), ids=lambda failure: failure.code)
def test_a_failure_has_a_dotted_code_and_two_sentences(failure: type[Failure]) -> None:
    """A code is dotted words of lower-case letters, digits and single hyphens; each sentence is in its own language."""
    assert DOTTED.fullmatch(failure.code)
    assert failure.__doc__
    if (failure.ja, failure.en) != PASSED_ON:
        assert JAPANESE.search(failure.ja)
        assert not JAPANESE.search(EXAMPLE.sub("", failure.en))


def subclasses(family: type[Failure]) -> list[type[Failure]]:
    """Return every failure of the package, those that share a code included."""
    below = [one for child in family.__subclasses__() for one in (child, *subclasses(child))]
    return [one for one in below if one.__module__.startswith("openjpki.")]


def test_no_code_is_declared_twice() -> None:
    """A stable code names one refusal."""
    codes = Counter(failure.code for failure in subclasses(Failure) if "code" in vars(failure))

    assert len(codes) == len(failures()) > 100
    assert {code: count for code, count in codes.items() if count > 1} == {}


def calls(path: Path) -> list[tuple[str, int, frozenset[str]]]:
    """Return every call in a file with the name that is called, its line and its keywords; `**` ones are left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and all(keyword.arg for keyword in node.keywords):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            found.append((name, node.lineno, frozenset(str(keyword.arg) for keyword in node.keywords)))
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name):
            found.append((node.exc.id, node.lineno, frozenset()))
    return found


def speaks(keyword: ast.keyword) -> bool:
    """Tell whether what is passed was put into words already."""
    called = [node.func for node in ast.walk(keyword.value) if isinstance(node, ast.Call)]
    return any(isinstance(one, ast.Name) and one.id in {"spoken", "in_era"} for one in called)


def test_no_refusal_carries_a_day_in_words() -> None:
    """In JSON a day is ISO 8601 for programs; a sentence speaks it itself, by `era.Told` and `findings.ToldMoment`."""
    failures()
    spoken = []
    for path in sorted((ROOT / "src").rglob("*.py")):
        module = sys.modules.get(".".join(path.relative_to(ROOT / "src").with_suffix("").parts))
        if getattr(module, "spoken", None) is not era.spoken:  # `documents.findings.spoken` speaks reasons and words
            continue
        spoken += [
            f"{path.name}:{node.lineno}"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and isinstance(called := getattr(module, node.func.id, None), type)
            and issubclass(called, Failure)
            and any(map(speaks, node.keywords))
        ]

    assert spoken == []


def test_a_days_sentences_speak_it_and_its_data_do_not() -> None:
    """Every refusal that names a day by `{…:ja}` and `{…:en}` is told so in its own language, and carries ISO."""
    day, moment = era.Told(2026, 11, 23), ToldMoment("2026-11-23T03:00:00Z")
    told = [
        failure
        for failure in failures()
        if any(
            spec in {"ja", "en"} and name not in {"pin", "state", "event", "kind", "act_kind"}
            for _, name, spec, _ in string.Formatter().parse(failure.ja)
        )  # words are told by `words.Told`
    ]
    assert len(told) >= 8
    for failure in told:
        of_moments = failure.code == "sign.certificate-revoked"
        made = failure(**dict.fromkeys(failure.fields(), moment if of_moments else day))
        ja, en = (
            ("2026-11-23 12:00:00 JST",) * 2 if of_moments else ("令和8年（2026年）11月23日（月）", "2026-11-23 (Mon)")
        )
        assert ja in made.message("ja")
        assert en in made.message("en")
        assert set(as_data(made)["data"].values()) == {str(moment if of_moments else day)}
    assert (str(day), f"{day}", f"{day:%Y}") == ("2026-11-23", "2026-11-23", "2026")


def test_each_refusal_is_raised_with_the_data_of_its_sentences() -> None:
    """What a sentence names is passed wherever the refusal is made: a missing word would turn a refusal into a fault."""
    failures()
    made = 0
    lacking = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        module = sys.modules.get(".".join(path.relative_to(ROOT / "src").with_suffix("").parts))
        for name, line, passed in calls(path):
            called = getattr(module, name, None)
            if not (isinstance(called, type) and issubclass(called, Failure)) or "__init__" in vars(called):
                continue
            made += 1
            if hasattr(called, "ja") and called.fields() - passed:
                lacking[f"{path.name}:{line}"] = called.fields() - passed

    assert made > 200
    assert lacking == {}
