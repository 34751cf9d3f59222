"""What a rule of the profile says about a certificate, and how a rule is declared."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

S = TypeVar("S")
"""What is under examination: a certificate, a list or an answer. The check yields one short English detail for each
violation; never a personal datum."""


@dataclass(frozen=True)
class LintFinding:
    """One violation of the profile."""

    code: str
    """Dotted and stable: `lint.…`."""
    clause: str
    """The sentence of the profile with its source."""
    detail: str
    """What was found, without personal data."""

    def __str__(self) -> str:
        """Say code and detail."""
        return f"{self.code} ({self.detail})"


class Findings(tuple[LintFinding, ...]):
    """All findings about one certificate, in the order of the rules; empty means none."""

    __slots__ = ()

    def __str__(self) -> str:
        """List them for a person."""
        return "; ".join(map(str, self))

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes alone."""
        return frozenset(finding.code for finding in self)


@dataclass(frozen=True)
class Rule(Generic[S]):
    """One clause of the profile and the check that holds a certificate, a list or an answer against it."""

    code: str
    mark: str
    """How sure anybody can be of the clause: letters of docs/certificates.md, C, I, U or D; of its parts, where they differ."""
    check: Callable[[S], Iterator[str]]

    @property
    def clause(self) -> str:
        """Return the sentence of the profile: the check's docstring."""
        return (self.check.__doc__ or "").strip()

    def __call__(self, specimen: S) -> Iterable[LintFinding]:
        """Return the findings of this rule; what it cannot examine is a finding too."""
        try:
            return [LintFinding(self.code, self.clause, detail) for detail in self.check(specimen)]
        except Exception as error:  # noqa: BLE001  -- whatever goes wrong, it was not found right
            return [LintFinding("lint.unexamined", self.clause, f"{self.code}: {type(error).__name__}")]


def rule(code: str, mark: str) -> Callable[[Callable[[S], Iterator[str]]], Rule[S]]:
    """Declare a check as the rule of this code; `mark` says how sure its clause is."""
    return lambda check: Rule(code, mark, check)


def findings(rules: Sequence[Rule[S]], specimen: S) -> Findings:
    """Return what every rule finds, in their order."""
    return Findings(finding for each in rules for finding in each(specimen))
