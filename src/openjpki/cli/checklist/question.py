"""One question of the interview: when it matters, how its answer is read, and which words of a command say the same."""

import argparse
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from unicodedata import normalize

from openjpki.cli.checklist.words import say
from openjpki.errors import Language
from openjpki.rules.dates import BadDay, read_day
from openjpki.rules.era import BadEraDate, Era, read_era, spoken

Matters: TypeAlias = Callable[[argparse.Namespace], bool]
Choice: TypeAlias = tuple[Any, str, str]
"""Value, Japanese, English."""

EXAMPLES = (
    "1990-06-10、1990/6/10、平成2年6月10日、H2.6.10 のような形で答えてください。",
    "Answer like 1990-06-10, 1990/6/10 or 平成2年6月10日.",
)
"""How a day is answered."""
_SHORT = {"yes": "y", "no": "n"}
_GREGORIAN = re.compile(r"([0-9]{4})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))")
_ERAS = {era.value[0]: era.value for era in Era}
_ERA_KANJI = re.compile(rf"^[{''.join(_ERAS)}](?=[0-9元])")
"""An era by its first character, as forms have it: 平2.6.10."""
_LONGEST = 11
"""Years. A card ends with the tenth birthday at the latest (R-3.7): its end, and those on it, are less than this away."""


class Again(Exception):
    """The answer cannot be read: the question is put again with this hint, and nobody is refused."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question: which answer it fills in, when it matters, and what can be answered: one of its choices, or a day."""

    name: str
    """The attribute of the arguments, None while it is unanswered."""
    option: str
    """The option that gives the same answer, or several with a comma between."""
    ja: str
    en: str
    matters: Matters
    choices: Sequence[Choice] = ()
    """Numbered from 1; none where the answer is a day."""
    past: bool = False
    """Whether the day lies no later than that of the interview."""
    must: bool = True
    """Whether there is no checklist without an answer; else no answer means the usual one."""
    leads: bool = False
    """Whether the answer only leads to the next question, and is no option of its own."""

    def read(self, text: str, language: Language, arguments: argparse.Namespace) -> Any:
        """Return the answer that a text is; raise `Again` with what could be answered."""
        given = normalize("NFKC", text).strip()
        return self._choice(given.lower(), language) if self.choices else self._day(given, language, arguments.on)

    def _choice(self, given: str, language: Language) -> Any:
        """Read a number, the word itself or its beginning that no other choice has, or what a command takes for it."""
        for number, (value, *names) in enumerate(self.choices, start=1):
            words = {str(number), str(value), *map(_plain, names)}
            if given in words | {short for name, short in _SHORT.items() if name in words}:
                return value
        meant = [value for value, *names in self.choices if given and given in map(_head, names)]
        if len(meant) == 1:
            return meant[0]
        listed = [f"{number} {say(language, ja, en)}" for number, (_, ja, en) in enumerate(self.choices, start=1)]
        possible = say(language, "、", ", ").join(listed)
        raise Again(
            say(language, f"番号か言葉で答えてください。{possible}", f"Answer with a number or a word: {possible}")
        )

    def _day(self, given: str, language: Language, latest: date) -> date:
        """Read a day of either calendar: a birth date that has been, or an end that a card can have."""
        day = _read_day(given)
        if day is None:
            raise Again(say(language, *EXAMPLES))
        if self.past and day > latest:
            raise Again(say(language, "まだ来ていない日です。", "That day is yet to come."))
        if (day.year - _LONGEST, day.month, day.day) > (latest.year, latest.month, latest.day):
            ja = f"{_LONGEST}年より先の日です。年を確かめて、もう一度答えてください。"
            raise Again(say(language, ja, f"That is more than {_LONGEST} years away: is the year right?"))
        return day

    def told(self, answer: Any, language: Language) -> str:
        """Return an answer as a person reads it."""
        if isinstance(answer, date):
            return spoken(answer, language, weekday=not self.past)
        return next(say(language, ja, en) for value, ja, en in self.choices if value == answer)

    def words(self, answer: Any, kinds: Sequence[str]) -> Iterator[str]:
        """Yield the words of a command that give the same answer; a last day is told of each certificate asked about."""
        options = self.option.split(", ")
        if isinstance(answer, bool) or self.leads:
            yield from options if answer is True and not self.leads else ()
        elif isinstance(answer, list):
            for one in answer:
                yield from (self.option, one)
        else:
            for option in options:
                if len(options) == 1 or option.removeprefix("--").removesuffix("-expires") in kinds:
                    yield from (option, str(answer))


def _plain(name: str) -> str:
    return normalize("NFKC", name).lower()


def _head(name: str) -> str:
    """Return the name of a choice without what explains it, the polite ご, and an article."""
    return re.sub(r"^(?:ご|the |an? )", "", re.split(r"[(,]", _plain(name))[0]).strip()


def _read_day(text: str) -> date | None:
    joined = "".join(text.split()).upper()
    try:
        if found := _GREGORIAN.fullmatch(joined):
            year, month, day = (part for part in found.groups() if part)
            return read_day(f"{year}-{month:0>2}-{day:0>2}")
        return read_era(_ERA_KANJI.sub(lambda era: _ERAS[era[0]], joined), strict=False)
    except (BadDay, BadEraDate):
        return None
