"""Finding by words: sentences of the page, rules, conflicts, findings and settings, the most fitting first.

Both languages are searched, whatever the language of the answer. Width, case and the two kana make no difference.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from unicodedata import normalize

from openjpki.errors import Language
from openjpki.rules.book import RULES
from openjpki.rules.catalogue import CATALOGUE
from openjpki.rules.conflicts import CONFLICTS
from openjpki.rules.everyday import EVERYDAY
from openjpki.rules.finding import Finding
from openjpki.rules.page import SENTENCES
from openjpki.rules.policy import SETTINGS
from openjpki.rules.subjects import SUBJECTS

Register = Literal["rule", "sentence", "finding", "conflict", "setting"]

MOST_WORDS = 8
"""Words of a question that are looked at: what follows adds nothing."""

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_RUN = re.compile(r"[一-鿿々]{2,}|[゠-ヿ]{2,}|[A-Za-z0-9-]{2,}")
"""What carries the sense in a sentence without blanks: a run of kanji, of katakana, of letters."""
_LITTLE = frozenset(
    {
        "a",
        "an",
        "and",
        "are",
        "by",
        "can",
        "do",
        "does",
        "for",
        "get",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "me",
        "my",
        "of",
        "on",
        "or",
        "the",
        "to",
        "what",
        "when",
        "who",
        "with",
    }
)
"""English words that are in every sentence."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One entry that was found: its number or name, its register, and what it says in both languages."""

    number: str
    register: Register
    ja: str
    en: str

    def says(self, language: Language) -> str:
        """Return what the entry says."""
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True, kw_only=True)
class _Entry:
    hit: Hit
    head: str
    """Its number and what it says, folded."""
    rest: str
    """What else is written in it, folded."""


@dataclass(frozen=True, kw_only=True)
class _Term:
    """What one word is looked for as: itself, and what the registers say for it; all folded."""

    own: str
    others: tuple[str, ...]


def search(text: str, findings: Mapping[str, Finding] = CATALOGUE) -> tuple[Hit, ...]:
    """Return the entries that fit a text, the most fitting first; none if no word is in any.

    What has more of the text's words comes first. A word in what an entry says counts for more than one further down, and
    the word itself for more than what the registers say for it (`rules.everyday`).
    """
    entries = tuple(_entries(findings))
    return next(filter(None, (_fitting(entries, terms) for terms in _readings(text))), ())


def stands_for(text: str) -> tuple[str, ...]:
    """Return what the registers say for the everyday words of a text; empty if it has none."""
    terms = (term for reading in _readings(text) for term in reading)
    return tuple(dict.fromkeys(other for term in terms for other in _EVERYDAY.get(term.own, ())))


def _readings(text: str) -> Iterator[tuple[_Term, ...]]:
    """Return how a text can be read, the closest first: as one everyday word, as words, as what is inside the words."""
    whole = normalize("NFKC", text)
    words = whole.split()
    if _fold(whole) in _EVERYDAY:
        yield (_term(whole),)
    yield tuple(_term(word) for word in ([word for word in words if _fold(word) not in _LITTLE] or words)[:MOST_WORDS])
    runs = [_term(run) for run in _RUN.findall(whole) if _fold(run) not in _LITTLE]
    inside = [_term(known) for known in _EVERYDAY if not known.isascii() and known in _fold(whole)]
    yield tuple((*inside, *runs)[:MOST_WORDS])


@lru_cache(maxsize=4096)  # the registers have some two thousand texts, which every search folds
def _fold(text: str) -> str:
    """Return a text without differences of width, case, kana and blanks."""
    return " ".join(normalize("NFKC", text).casefold().translate(_KATAKANA_TO_HIRAGANA).split())


_EVERYDAY = {_fold(word): terms for word, terms in EVERYDAY.items()}


def _term(word: str) -> _Term:
    own = _fold(word)
    return _Term(own=own, others=tuple(map(_fold, _EVERYDAY.get(own, ()))))


def _fitting(entries: Iterable[_Entry], terms: Sequence[_Term]) -> tuple[Hit, ...]:
    """Return what has any of the terms: by how many, then by how well; what is alike stays in the order of the registers."""
    found = [(entry.hit, [_score(entry, term) for term in terms]) for entry in entries]
    found.sort(key=lambda one: (-sum(score > 0 for score in one[1]), -sum(one[1])))
    return tuple(hit for hit, scores in found if any(scores))


def _score(entry: _Entry, term: _Term) -> int:
    """Return how well an entry has a term: 0 if not at all."""
    if term.own in {_fold(entry.hit.ja), _fold(entry.hit.en)}:
        return 5
    if _has(entry.head, term.own):
        return 4
    if any(_has(entry.head, other) for other in term.others):
        return 3
    if _has(entry.rest, term.own):
        return 2
    return int(any(_has(entry.rest, other) for other in term.others))


def _has(text: str, word: str) -> bool:
    """Say whether a folded text has a word; one in Latin letters at the beginning of a word only: `move`, not `remove`."""
    if not word.isascii():
        return word in text
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}", text) is not None


def _entries(findings: Mapping[str, Finding]) -> Iterator[_Entry]:
    """Yield every entry of the registers, rules and sentences of the page first."""
    for rule in RULES.values():
        yield _entry(Hit(number=rule.number, register="rule", ja=rule.ja, en=rule.en))
    for sentence in SENTENCES.values():
        yield _entry(Hit(number=sentence.number, register="sentence", ja=sentence.ja, en=sentence.en))
    for code, finding in findings.items():
        hit = Hit(number=code, register="finding", ja=finding.ja, en=finding.en)
        yield _entry(hit, finding.bring_ja, finding.bring_en)
    for number, conflict in CONFLICTS.items():
        hit = Hit(number=number, register="conflict", ja=conflict.ja, en=conflict.en)
        yield _entry(hit, conflict.ruling_ja, conflict.ruling_en, conflict.letter_ja, conflict.letter_en)
    for name, setting in SETTINGS.items():
        about = [RULES[number] for number in setting.rule.split(", ") if number in RULES]
        titles = [title for rule in about for title in (rule.ja, rule.en)]
        hit = Hit(number=name, register="setting", ja=SUBJECTS[name].ja, en=SUBJECTS[name].en)
        yield _entry(hit, name.replace("_", " "), setting.source, *titles)


def _entry(hit: Hit, *rest: str) -> _Entry:
    return _Entry(hit=hit, head=_fold(f"{hit.number} {hit.ja} {hit.en}"), rest=" ".join(map(_fold, rest)))
