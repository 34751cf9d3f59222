"""`openjpki rules explain …`: what a code, a sentence of the page, a rule, a conflict or a setting means."""

import argparse
import contextlib
import importlib
import pkgutil
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from openjpki.cli.answer import Answer, Run, language_of
from openjpki.cli.rules.arguments import policy_of
from openjpki.errors import Failure, Language, declared
from openjpki.rules.book import RULES
from openjpki.rules.catalogue import CATALOGUE, find
from openjpki.rules.conflicts import CONFLICTS
from openjpki.rules.finding import Finding
from openjpki.rules.page import SENTENCES
from openjpki.rules.policy import FORMS, SETTINGS
from openjpki.rules.references import gist, is_number, reference
from openjpki.site.opening import ServerNotInstalled, start_django
from openjpki.window.findings import FINDINGS as COUNTERS_FINDINGS

_NUMBER = re.compile(r"(S|R|CF)-?([0-9]{1,2}(?:\.[0-9]{1,2})?)")
_FIELD = re.compile(r"\{\w+\}")
_SLIM_ROOMS = ("rules", "pki", "card", "readers", "documents", "desk", "cli")
_SERVER_ROOMS = ("staff", "authority", "window", "story")
_FINDINGS = {**CATALOGUE, **COUNTERS_FINDINGS}


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="the code of a finding or a refusal, S-33, R-3.8, CF-2, or the name of a setting")


def _explain(arguments: argparse.Namespace) -> Answer:
    policy_of(arguments)  # refuses a bad setting; no code depends on one
    language, code = language_of(arguments), arguments.code
    number = _as_number(code)
    if is_number(number):
        return _number(number, language)
    if code in SETTINGS:
        return _setting(code, language)
    failure = None if code in _FINDINGS else _refusal(code, arguments.home)
    if failure is not None:
        return _failure(failure, language)
    return _finding(_FINDINGS.get(code) or find(code), language)


def _as_number(text: str) -> str:
    """Return a number as the registers write it, in small letters or without hyphen and leading zero too."""
    found = _NUMBER.fullmatch(text.strip().upper())
    if found is None:
        return text.upper()
    letters, digits = found.groups()
    return f"{letters}-{digits:0>2}" if letters == "S" else f"{letters}-{digits}"


def _blank(text: str) -> str:
    """Return a sentence of the catalogue with dots where a case fills something in."""
    return _FIELD.sub("…", text)


def _finding(finding: Finding, language: Language) -> Answer:
    cited = [finding.rule, *filter(None, (finding.sentence,)), *finding.also]
    data = {
        "code": finding.code,
        "kind": finding.severity,
        "rule": finding.rule,
        "sentence": finding.sentence,
        "page": gist(finding.sentence, language) if finding.sentence else "",
        "also": list(finding.also),
        "ja": finding.ja,
        "en": finding.en,
        "bring_ja": finding.bring_ja,
        "bring_en": finding.bring_en,
    }
    lines = (
        f"{finding.code} ({finding.severity}; {', '.join(cited)})",
        _blank(finding.message(language)),
        _blank(finding.bring(language)),
        *(_line(number, language) for number in cited),
    )
    return Answer(data=data, lines=tuple(filter(None, lines)))


def _failure(failure: type[Failure], language: Language) -> Answer:
    data = {"code": failure.code, "kind": failure.kind.name.lower(), "ja": failure.ja, "en": failure.en}
    sentence = failure.ja if language == "ja" else failure.en
    return Answer(data=data, lines=(f"{failure.code} (exit {failure.kind.value})", sentence))


def _setting(name: str, language: Language) -> Answer:
    setting, takes = SETTINGS[name], FORMS[name].expected
    rules = setting.rule.split(", ")
    data = {
        "code": name,
        "kind": "setting",
        "rules": [rule for rule in rules if rule in RULES],
        "conflicts": [rule for rule in rules if rule in CONFLICTS],
        "mark": setting.mark,
        "source": setting.source,
        "takes": takes,
    }
    lines = (
        f"{name} (setting; {setting.rule}; {setting.mark})",
        f"--policy {name}={takes}",
        setting.source,
        *(_line(number, language) for number in rules),
    )
    return Answer(data=data, lines=lines)


def _number(number: str, language: Language) -> Answer:
    found = reference(number, _FINDINGS)
    kind = "sentence" if number in SENTENCES else "rule" if number in RULES else "conflict"
    data: dict[str, Any] = {"code": number, "kind": kind, "ja": gist(number, "ja"), "en": gist(number, "en")}
    lines = [f"{number} ({kind})", gist(number, language)]
    if number in RULES:
        data["mark"] = RULES[number].mark
        lines[0] = f"{number} ({kind}; {RULES[number].mark})"
    if number in CONFLICTS:
        data |= _ruling(number)
        lines += _ruling_lines(number, language)
    data |= {
        "sentences": [{"number": one, "page": gist(one, language)} for one in found.sentences],
        "rules": [{"number": one, "title": gist(one, language), "mark": RULES[one].mark} for one in found.rules],
        "conflicts": [{"number": one, **_ruling(one)} for one in found.conflicts],
        "settings": [{"name": one, "rule": SETTINGS[one].rule, "takes": FORMS[one].expected} for one in found.settings],
        "findings": [{"code": one, "says": _FINDINGS[one].message(language)} for one in found.findings],
    }
    others = (one for one in (*found.sentences, *found.rules, *found.conflicts) if one != number)
    lines += [_line(one, language) for one in others]
    lines += [f"  {one} = {FORMS[one].expected}" for one in found.settings]
    lines += [f"  {one}: {_blank(_FINDINGS[one].message(language))}" for one in found.findings]
    return Answer(data=data, lines=lines)


def _ruling(number: str) -> dict[str, str]:
    conflict = CONFLICTS[number]
    return {
        "ruling_ja": conflict.ruling_ja,
        "ruling_en": conflict.ruling_en,
        "letter_ja": conflict.letter_ja,
        "letter_en": conflict.letter_en,
    }


def _ruling_lines(number: str, language: Language) -> list[str]:
    conflict = CONFLICTS[number]
    letter = conflict.letter(language) or ("同じ" if language == "ja" else "the same")
    return [f"  national: {conflict.ruling(language)}", f"  page: {letter}"]


def _line(number: str, language: Language) -> str:
    ruling = f" → {CONFLICTS[number].ruling(language)}" if number in CONFLICTS else ""
    return f"  {number}: {gist(number, language)}{ruling}"


def _import(rooms: Sequence[str]) -> None:
    """Import rooms, so that their refusals are declared."""
    for room in rooms:
        package = importlib.import_module(f"openjpki.{room}")
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            with contextlib.suppress(ImportError):  # a reader's driver may be absent
                importlib.import_module(module.name)


def _refusal(code: str, home: Path) -> type[Failure] | None:
    """Return the refusal with a code: first from the rooms that work without a server, then from the others."""
    _import(_SLIM_ROOMS)
    refusals = {failure.code: failure for failure in declared()}
    if code not in refusals:
        with contextlib.suppress(ServerNotInstalled):
            start_django(home)
            _import(_SERVER_ROOMS)
        refusals = {failure.code: failure for failure in declared()}
    return refusals.get(code)


QUESTIONS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None], Run]] = {
    "explain": ("what a code, a sentence of the page, a rule, a conflict or a setting means", _add_explain, _explain),
}
"""The question of `openjpki rules`: what it says, its arguments, its answer."""
