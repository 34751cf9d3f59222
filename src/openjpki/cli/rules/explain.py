"""`openjpki rules explain …`: what a code, a sentence of the page, a rule, a conflict or a setting means; or which ones fit a word."""

import argparse
import contextlib
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from unicodedata import normalize

from openjpki.cli.answer import Answer, Run, language_of
from openjpki.cli.rules.arguments import policy_of
from openjpki.errors import Failure, Kind, Language, declared
from openjpki.rules.book import RULES
from openjpki.rules.catalogue import CATALOGUE, find
from openjpki.rules.conflicts import CONFLICTS
from openjpki.rules.finding import Finding, Severity, UnknownCode
from openjpki.rules.page import SENTENCES
from openjpki.rules.policy import FORMS, SETTINGS, Policy
from openjpki.rules.references import gist, is_number, reference
from openjpki.rules.search import Hit, Register, search, stands_for
from openjpki.rules.subjects import SUBJECTS
from openjpki.rules.written import written
from openjpki.site.opening import ServerNotInstalled, start_django
from openjpki.window.findings import FINDINGS as COUNTERS_FINDINGS

_NUMBER = re.compile(r"(S|R|CF)-?([0-9]{1,2}(?:\.[0-9]{1,2})?)")
_FIELD = re.compile(r"\{\w+(?::[^}]*)?\}")
_CODE = re.compile(r"[a-z]+(\.[a-z0-9_-]+)+")
_SLIM_ROOMS = ("rules", "pki", "card", "readers", "documents", "desk", "cli")
_SERVER_ROOMS = ("audit", "staff", "authority", "window", "story")
_MOST_HITS = 10
"""Entries told of one search: who does not find it among them asks with another word."""
_VALUE = 40
"""Characters told of a setting's value in a list: enough for all but tables, calendars and addresses."""
_REGISTERS: Mapping[Register, tuple[str, str]] = {
    "rule": ("規則", "rule"),
    "sentence": ("市のページの文", "sentence"),
    "finding": ("案内", "finding"),
    "conflict": ("食い違い", "conflict"),
    "setting": ("設定", "setting"),
}
_SEVERITIES: Mapping[Severity, tuple[str, str]] = {
    "refusal": ("お受けできない理由", "refusal"),
    "advice": ("お知らせ", "advice"),
}
_FINDINGS = {**CATALOGUE, **COUNTERS_FINDINGS}


class NothingFound(Failure):
    """No entry of the registers has any of the words."""

    code = "rules.nothing-found"
    kind = Kind.REFUSED
    ja = "「{words}」にあたるものは見つかりませんでした。ほかの言葉(更新、手数料、代理人など)か、番号(S-33、R-3.8 など)でたずねてください。"
    en = 'Nothing was found for "{words}". Ask with another word (renewal, fee, agent, …) or with a number (S-33, R-3.8, …).'


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "code",
        nargs="+",
        metavar="CODE|WORD",
        help="the code of a finding or a refusal, S-33, R-3.8, CF-2, the name of a setting; or words to search for",
    )


def _explain(arguments: argparse.Namespace) -> Answer:
    policy, language, code = policy_of(arguments), language_of(arguments), " ".join(arguments.code).strip()
    number = _as_number(code)
    if is_number(number):
        return _number(policy, number, language)
    if code in SETTINGS:
        return _setting(policy, code, language)
    if code in _FINDINGS:
        return _finding(_FINDINGS[code], language)
    if _NUMBER.fullmatch(number):
        raise UnknownCode(code=number)
    if _CODE.fullmatch(code):
        failure = _refusal(code, arguments.home)
        return _finding(find(code), language) if failure is None else _failure(failure, language)
    return _found(policy, code, language)


def _found(policy: Policy, text: str, language: Language) -> Answer:
    """Tell what fits some words, the most fitting first; raises `NothingFound`."""
    hits, others = search(text, _FINDINGS), _others(text)
    if not hits or not any(map(str.isalnum, text)):
        raise NothingFound(words=text)
    told, more = hits[:_MOST_HITS], len(hits) - _MOST_HITS
    data = {
        "words": text,
        "also": others,
        "hits": [_hit_data(policy, one) for one in told],
        "more": max(more, 0),
    }
    return Answer(data=data, lines=tuple(_hit_lines(policy, text, told, more, language)))


def _others(text: str) -> list[str]:
    """Return what else is looked for: what stands for the words of a text and is not in it."""
    given = normalize("NFKC", text).casefold()
    return [other for other in stands_for(text) if other.casefold() not in given]


def _hit_data(policy: Policy, hit: Hit) -> dict[str, str]:
    data = {"code": hit.number, "kind": hit.register, "ja": hit.ja, "en": hit.en}
    return data | ({"value": written(getattr(policy, hit.number))} if hit.register == "setting" else {})


def _hit_lines(policy: Policy, text: str, told: Sequence[Hit], more: int, language: Language) -> Iterator[str]:
    japanese = language == "ja"
    also = [other for other in _others(text) if other.isascii() is not japanese]
    count = len(told) + max(more, 0)
    heading = f"「{text}」: {count}件" if japanese else f'"{text}": {count} found'
    searched = f"({'、'.join(also)} も探しました)" if japanese else f" (searched too: {', '.join(also)})"
    yield heading + (searched if also else "")
    for one in told:
        if one.register == "setting":
            yield _setting_line(policy, one.number, language)
        else:
            yield f"  {one.number} ({_REGISTERS[one.register][not japanese]}): {_blank(one.says(language))}"
    if more > 0:
        yield f"  … ほか{more}件" if japanese else f"  … and {more} more"
    again = "くわしくは" if japanese else "More:"
    yield f"{again} `openjpki rules explain {told[0].number}`"


def _as_number(text: str) -> str:
    """Return a number as the registers write it, in small letters or without hyphen and leading zero too."""
    text = normalize("NFKC", text)
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
        f"{finding.code} ({_SEVERITIES[finding.severity][language != 'ja']}; {', '.join(cited)})",
        _blank(finding.message(language)),
        _blank(finding.bring(language)),
        *(_line(number, language) for number in cited),
    )
    return Answer(data=data, lines=tuple(filter(None, lines)))


def _failure(failure: type[Failure], language: Language) -> Answer:
    data = {"code": failure.code, "kind": failure.kind.name.lower(), "ja": failure.ja, "en": failure.en}
    sentence = _blank(failure.ja if language == "ja" else failure.en)
    status = f"終了状態 {failure.kind.value}" if language == "ja" else f"exit {failure.kind.value}"
    return Answer(data=data, lines=(f"{failure.code} ({status})", sentence))


def _setting(policy: Policy, name: str, language: Language) -> Answer:
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
        "value": written(getattr(policy, name)),
        "ja": SUBJECTS[name].ja,
        "en": SUBJECTS[name].en,
    }
    lines = (
        f"{name} ({_REGISTERS['setting'][language != 'ja']}; {setting.rule}; {setting.mark})",
        SUBJECTS[name].says(language),
        f"{name} = {data['value']}",
        f"--policy {name}={takes}",
        setting.source,
        *(_line(number, language) for number in rules),
    )
    return Answer(data=data, lines=lines)


def _setting_data(policy: Policy, name: str) -> dict[str, str]:
    value = written(getattr(policy, name))
    return {"name": name, "rule": SETTINGS[name].rule, "takes": FORMS[name].expected, "value": value}


def _setting_line(policy: Policy, name: str, language: Language) -> str:
    """Tell a setting among others: its name, what it is about, and the beginning of its value under the policy."""
    value = written(getattr(policy, name))
    value = value if len(value) <= _VALUE else f"{value[:_VALUE]}…"
    return f"  {name} ({_REGISTERS['setting'][language != 'ja']}): {SUBJECTS[name].says(language)} = {value}"


def _number(policy: Policy, number: str, language: Language) -> Answer:
    found = reference(number, _FINDINGS)
    kind: Register = "sentence" if number in SENTENCES else "rule" if number in RULES else "conflict"
    kind_told = _REGISTERS[kind][language != "ja"]
    data: dict[str, Any] = {"code": number, "kind": kind, "ja": gist(number, "ja"), "en": gist(number, "en")}
    lines = [f"{number} ({kind_told})", gist(number, language)]
    if number in RULES:
        data["mark"] = RULES[number].mark
        lines[0] = f"{number} ({kind_told}; {RULES[number].mark})"
    if number in CONFLICTS:
        data |= _ruling(number)
        lines += _ruling_lines(number, language)
    data |= {
        "sentences": [{"number": one, "page": gist(one, language)} for one in found.sentences],
        "rules": [{"number": one, "title": gist(one, language), "mark": RULES[one].mark} for one in found.rules],
        "conflicts": [{"number": one, **_ruling(one)} for one in found.conflicts],
        "settings": [_setting_data(policy, one) for one in found.settings],
        "findings": [{"code": one, "says": _FINDINGS[one].message(language)} for one in found.findings],
    }
    others = (one for one in (*found.sentences, *found.rules, *found.conflicts) if one != number)
    lines += [_line(one, language) for one in others]
    lines += [_setting_line(policy, one, language) for one in found.settings]
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
    """Import rooms with the rooms inside them, so that their refusals are declared."""
    for room in rooms:
        package = importlib.import_module(f"openjpki.{room}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
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
    "explain": (
        "what a code, a sentence of the page, a rule, a conflict or a setting means; which of them fit a word",
        _add_explain,
        _explain,
    ),
}
"""The question of `openjpki rules`: what it says, its arguments, its answer."""
