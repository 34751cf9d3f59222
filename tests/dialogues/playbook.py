"""Playbooks: dialogues with a card as data files, read into steps.

```
# The fact this dialogue shows.
source C myna-card: what it says     who says it, by the marks of docs/card.md; one line for each
card ordinary                        the image in cards/ (or `blank`) on which it begins
set reselect_clears no               a field of CardSettings: yes, no, four hexadecimal digits, or a word
>> 00 A4 04 0C 0A D392F000260100000001
<< 9000                              the whole answer; {000A 0..256} stands for a part of what a file holds,
                                     {text 0001 0..17} for one of another application than JPKI's
power                                the card loses its power and gets it back
```

A line that begins with a blank goes on with the line before it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openjpki.card import jpki, visual
from openjpki.card import text as text_application
from openjpki.card.card import Card
from openjpki.card.files import DataFile
from openjpki.card.image import CardImage
from openjpki.card.settings import CardSettings
from openjpki.card.status import SW
from tests.unit.card.cards import Bench, blank, stored

FOLDER = Path(__file__).resolve().parent
SUFFIX = ".apdu"
_HEADER = 8
"""Hexadecimal digits of class, instruction, P1 and P2."""
_FILE_PART = re.compile(r"\{(?:(text|visual) )?([0-9A-F]{4}) ([0-9]+)\.\.([0-9]+)\}")
_TABLES = {None: jpki.FILES, "text": text_application.FILES, "visual": visual.FILES}
_SOURCE = re.compile(r"([CIRUX])(?: |: )(.+)")
_HEX = re.compile(r"[0-9A-F]+")


class BadPlaybook(ValueError):
    """A playbook is not of the grammar."""


@dataclass(frozen=True)
class Line:
    """One statement: its line number, its word, and what follows."""

    number: int
    word: str
    rest: str


@dataclass(frozen=True)
class Source:
    """How sure a fact is, by the mark of docs/card.md, and who says what of it."""

    mark: str
    said: str


@dataclass(frozen=True)
class Playbook:
    """One dialogue."""

    name: str
    fact: str
    sources: tuple[Source, ...]
    card: str
    settings: CardSettings
    lines: tuple[Line, ...]

    def instructions(self) -> frozenset[int]:
        """Return the instruction bytes of the commands that are long enough to have one."""
        said = (line.rest.replace(" ", "") for line in self.lines if line.word == ">>")
        return frozenset(int(text[2:4], 16) for text in said if len(text) >= _HEADER)

    def image(self) -> CardImage:
        """Return the image the dialogue begins on."""
        return blank() if self.card == "blank" else stored(self.card)


def read(path: Path) -> Playbook:
    """Read one playbook; raise `BadPlaybook`."""
    lines = list(_lines(path))
    fact = " ".join(line.rest for line in lines if line.word == "#")
    cards = [line.rest for line in lines if line.word == "card"]
    wishes = dict(line.rest.split(maxsplit=1) for line in lines if line.word == "set")
    talk = tuple(line for line in lines if line.word in {">>", "<<", "power"})
    sources = tuple(_source(line, path) for line in lines if line.word == "source")
    unknown = {line.word for line in lines} - {"#", "source", "card", "set", ">>", "<<", "power"}
    if not fact or not sources or len(cards) != 1 or unknown:
        message = f"{path.name}: needs a fact, a source and one card; unknown words: {sorted(unknown)}"
        raise BadPlaybook(message)
    settings = CardSettings(**{name: _value(text) for name, text in wishes.items()})  # type: ignore[arg-type]  # the file names real fields, or the constructor refuses
    return Playbook(path.stem, fact, sources, cards[0], settings, talk)


def _source(line: Line, path: Path) -> Source:
    found = _SOURCE.fullmatch(line.rest)
    if found is None:
        message = f"{path.name}:{line.number}: a source is a mark of docs/card.md and what is said"
        raise BadPlaybook(message)
    return Source(found[1], found[2])


def perform(playbook: Playbook) -> int:
    """Hold the dialogue, asserting every answer; return how many commands it had."""
    card = Bench(playbook.image(), playbook.settings)
    answer: str | None = None
    commands = 0
    for line in playbook.lines:
        place = f"{playbook.name}{SUFFIX}:{line.number}"
        if line.word == "power":
            card.power_on_again()
        elif line.word == ">>":
            assert answer is None, f"{place}: the answer before was not looked at"
            answer = card.ask(_hex(line.rest, place))
            commands += 1
        else:
            expected = _hex(_FILE_PART.sub(lambda part: _part(card.card, playbook, part), line.rest), place)
            assert answer == expected, f"{place}: {answer}"
            answer = None
    assert answer is None, f"{playbook.name}: the last answer was not looked at"
    return commands


def _lines(path: Path) -> Iterator[Line]:
    pending: Line | None = None
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if raw.startswith(" ") and pending is not None:
            pending = Line(pending.number, pending.word, f"{pending.rest} {raw.strip()}")
            continue
        if pending is not None:
            yield pending
        word, _, rest = raw.strip().partition(" ")
        pending = Line(number, word, rest.strip()) if word else None
    if pending is not None:
        yield pending


def _hex(text: str, place: str) -> str:
    joined = text.replace(" ", "").upper()
    if not _HEX.fullmatch(joined) or len(joined) % 2:
        message = f"{place}: not hexadecimal"
        raise BadPlaybook(message)
    return joined


def _part(card: Card, playbook: Playbook, part: re.Match[str]) -> str:
    file = _TABLES[part[1]][int(part[2], 16)]
    assert isinstance(file, DataFile)
    content = file.content(card.image, playbook.settings)
    assert content is not None
    return content[int(part[3]) : int(part[4])].hex()


def _value(text: str) -> object:
    if text in {"yes", "no"}:
        return text == "yes"
    return SW(int(text, 16)) if re.fullmatch("[0-9A-F]{4}", text) else text
