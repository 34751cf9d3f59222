"""What belongs to a number: the rules, conflicts, findings and settings behind a sentence, a rule or a conflict.

A reader who knows the page finds by S-nn what carries it out; by R-x.y where a rule comes from; by CF-n how it is settled.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from openjpki.errors import Language
from openjpki.rules.book import RULES
from openjpki.rules.catalogue import CATALOGUE
from openjpki.rules.conflicts import CONFLICTS
from openjpki.rules.finding import Finding
from openjpki.rules.page import SENTENCES
from openjpki.rules.policy import SETTINGS


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A number with everything that belongs to it, each in the order of its own register."""

    number: str
    sentences: tuple[str, ...]
    rules: tuple[str, ...]
    conflicts: tuple[str, ...]
    settings: tuple[str, ...]
    findings: tuple[str, ...]


def is_number(text: str) -> bool:
    """Say whether a text is the number of a sentence, a rule or a conflict."""
    return text in SENTENCES or text in RULES or text in CONFLICTS


def gist(number: str, language: Language) -> str:
    """Return what a sentence says, a rule is about or a conflict is between, in our own words."""
    found = SENTENCES.get(number) or RULES.get(number) or CONFLICTS[number]
    return found.ja if language == "ja" else found.en


def reference(number: str, findings: Mapping[str, Finding] = CATALOGUE) -> Reference:
    """Return what belongs to the number of a sentence, a rule or a conflict; `KeyError` if there is none.

    Of a sentence: its rules and conflicts, the settings that hold one of these, the findings that cite it. Of a rule: the
    sentences it carries out, their conflicts that name it, the settings and findings that cite it. Of a conflict: its own.
    """
    sentences: tuple[str, ...]
    if number in SENTENCES:
        sentence = SENTENCES[number]
        sentences, rules, conflicts = (number,), sentence.rules, sentence.conflicts
        held, cited = {*rules, *conflicts}, {number}
    elif number in RULES:
        carried = [one for one in SENTENCES.values() if number in one.rules]
        sentences, rules = tuple(one.number for one in carried), (number,)
        conflicts = tuple(one for one, conflict in CONFLICTS.items() if number in conflict.rules)
        held = cited = {number}
    else:
        conflict = CONFLICTS[number]
        sentences, rules, conflicts = conflict.sentences, conflict.rules, (number,)
        held, cited = {number}, set(sentences)
    return Reference(
        number=number,
        sentences=sentences,
        rules=rules,
        conflicts=conflicts,
        settings=tuple(name for name, setting in SETTINGS.items() if held & set(setting.rule.split(", "))),
        findings=tuple(code for code, finding in findings.items() if cited & set(_cited(finding))),
    )


def _cited(finding: Finding) -> Iterable[str]:
    return (finding.rule, finding.sentence, *finding.also)
