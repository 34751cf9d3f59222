"""Holds that every sentence of the municipal page is traced: sentence → rule → code → test. Prints what lacks, exits 1.

Rules of the rule book that no code carries out, or no test covers, are told beside it.

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
        """Return what is missing for the page, one line each; empty if every sentence is traced."""
        return (*self._unknown(), *self._sentences())

    def open_rules(self) -> tuple[str, ...]:
        """Return the rules without code or without a test: told, and no failure where every sentence is traced."""
        return tuple(
            f"{rule.number} ({rule.en}): no {kind}"
            for rule in RULES.values()
            for kind, places in (("code", self.code), ("test", self.tests))
            if not places.get(rule.number)
        )

    def _unknown(self) -> Iterable[str]:
        for number in sorted({*self.code, *self.tests} - {*RULES, *SENTENCES}):
            places = (*self.code.get(number, ()), *self.tests.get(number, ()))
            yield f"{number}: no such number (cited by {', '.join(places)})"

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
    """Print what lacks, and what is open; return 1 if something lacks."""
    gaps, rest = trace().gaps(), trace().open_rules()
    for line in (*gaps, *(f"open: {line}" for line in rest)):
        print(line)
    print(f"{len(SENTENCES)} sentences, {len(RULES)} rules, {len(gaps)} gaps, {len(rest)} open")
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main())
