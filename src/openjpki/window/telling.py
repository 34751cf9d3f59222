"""Many sentences in one refusal."""

from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

SHOWN = 20
"""Sentences spelt out in one message; the rest is counted, so that a broken file of 50,000 lines stays readable."""


class Said(Protocol):
    """Something with a sentence in both languages."""

    @property
    def ja(self) -> str:
        """Return the Japanese sentence."""
        ...

    @property
    def en(self) -> str:
        """Return the English sentence."""
        ...


_S = TypeVar("_S", bound=Said)


class Told(Generic[_S]):
    """Things said to a person; `{told:ja}` and `{told:en}` in a failure's template spell them out."""

    def __init__(self, things: Iterable[_S]) -> None:
        self.things = tuple(things)

    def __str__(self) -> str:
        """Return the English sentences, as logs and JSON have them."""
        return format(self, "en")

    def __format__(self, language: str) -> str:
        """Return the sentences in "ja" or "en", joined; what is over `SHOWN` is counted."""
        rest = len(self.things) - SHOWN
        if language == "ja":
            more = (f"ほか{rest}件。",) if rest > 0 else ()
            return "".join((*(thing.ja for thing in self.things[:SHOWN]), *more))
        more = (f"And {rest} more.",) if rest > 0 else ()
        return " ".join((*(thing.en for thing in self.things[:SHOWN]), *more))
