"""One error family: every refusal a person can meet has a stable code, a kind and a sentence in two languages.

A room declares its refusals as subclasses in the module that raises them. One table, here, maps a kind to the exit
status of the command line; web edges map the same kinds to HTTP. Whatever is not a `Failure` is a bug and stays a
traceback.
"""

import string
import traceback
from enum import Enum, unique
from typing import ClassVar, Literal

Language = Literal["ja", "en"]


@unique
class Kind(Enum):
    """What a failure means to the caller; the value is the exit status of the command line."""

    REFUSED = 1
    """The answer is no: a rule, a wrong PIN, an invalid signature, a person or a card that is not there."""
    USAGE = 2
    """The question was malformed: a wrong date, an option that there is not, a name that cannot be one."""
    INDETERMINATE = 3
    """There is not enough evidence to say yes or no."""
    UNAVAILABLE = 4
    """Something needed is absent or busy; the same call may succeed later."""


class Failure(Exception):
    """A refusal with a stable code. Subclasses set the four class variables and nothing else.

    The sentences are `str.format` templates over the keyword arguments of the constructor. Never pass a PIN, a key or
    a passphrase: the data are shown to people and written to logs.
    """

    code: ClassVar[str]
    kind: ClassVar[Kind]
    ja: ClassVar[str]
    en: ClassVar[str]

    def __init__(self, **data: object) -> None:
        self.data = data
        super().__init__(f"{self.code}: {self.message('en')}")

    def message(self, language: Language) -> str:
        """Return the sentence a person reads, filled with this failure's data."""
        template = self.ja if language == "ja" else self.en
        return template.format(**self.data)

    @classmethod
    def fields(cls) -> frozenset[str]:
        """Return the names of the data that both sentences may use (a test holds them equal to what is passed)."""
        parsed = (string.Formatter().parse(cls.ja), string.Formatter().parse(cls.en))
        return frozenset(name for sentence in parsed for _, name, _, _ in sentence if name)


def trace(error: BaseException) -> str:
    """Return where a bug happened, its causes first, to be shown to people and reported by them.

    What an exception says is told only of a `Failure` and of the operating system: any other may quote what it choked
    on, a PIN or a person (PostgreSQL names the values of a row that stands twice).
    """
    chain: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in chain:
        chain.append(found)
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    lines: list[str] = []
    for link in reversed(chain):
        said = f": {link}" if isinstance(link, Failure | OSError) else ""
        where = traceback.format_tb(link.__traceback__)
        lines += ["Traceback (most recent call last):\n", *where, f"{type(link).__qualname__}{said}\n"]
    return "".join(lines)


def declared(family: type[Failure] = Failure) -> tuple[type[Failure], ...]:
    """Return every declared failure of the imported rooms, in the order of their codes."""
    found: dict[str, type[Failure]] = {}
    waiting = list(family.__subclasses__())
    while waiting:
        failure = waiting.pop()
        waiting.extend(failure.__subclasses__())
        if "code" in vars(failure):
            found[failure.code] = failure
    return tuple(found[code] for code in sorted(found))
