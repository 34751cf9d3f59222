"""Holds that every sentence of the municipal page is traced: sentence → rule → code → test. Prints what lacks, exits 1.

Run it as `python -m tools.traceability`, or by `make traceability`; `docs/traceability.md` shows the whole trace.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from openjpki.rules.book import RULES
from openjpki.rules.page import SENTENCES, Sentence
from tools.citations import Citation, citations_of_code, citations_of_tests

Places = Mapping[str, tuple[str, ...]]
"""A number → who cites it."""


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Which code and which tests cite each number."""

    code: Places
    tests: Places

    def gaps(self) -> tuple[str, ...]:
        """Return what is missing, one line each; empty if everything is traced."""
        return (*self._unknown(), *self._rules(), *self._sentences())

    def _unknown(self) -> Iterable[str]:
        for number in sorted({*self.code, *self.tests} - {*RULES, *SENTENCES}):
            places = (*self.code.get(number, ()), *self.tests.get(number, ()))
            yield f"{number}: no such number (cited by {', '.join(places)})"

    def _rules(self) -> Iterable[str]:
        for rule in RULES.values():
            for kind, places in (("code", self.code), ("test", self.tests)):
                if not places.get(rule.number):
                    yield f"{rule.number} ({rule.en}): no {kind}"

    def _sentences(self) -> Iterable[str]:
        for sentence in SENTENCES.values():
            if not sentence.rules:
                yield f"{sentence.number} ({sentence.en}): no rule"
            for kind, places in (("code", self.code), ("test", self.tests)):
                if not any(places.get(number) for number in (sentence.number, *sentence.rules)):
                    yield f"{sentence.number} ({sentence.en}): no {kind}"


def reached(sentence: Sentence, places: Places) -> tuple[str, ...]:
    """Return who cites a sentence or one of its rules, the former first."""
    return tuple(
        dict.fromkeys(place for number in (sentence.number, *sentence.rules) for place in places.get(number, ()))
    )


@cache
def trace() -> Trace:
    """Return the trace of this repository."""
    return Trace(code=_by_number(citations_of_code()), tests=_by_number(citations_of_tests()))


def _by_number(citations: Iterable[Citation]) -> Places:
    found: dict[str, list[str]] = defaultdict(list)
    for citation in citations:
        for number in citation.numbers:
            found[number].append(citation.place)
    return {number: tuple(places) for number, places in found.items()}


def main() -> int:
    """Print what lacks; return 1 if something does."""
    gaps = trace().gaps()
    for gap in gaps:
        print(gap)
    print(f"{len(SENTENCES)} sentences, {len(RULES)} rules, {len(gaps)} gaps")
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main())
