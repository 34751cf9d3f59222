"""What a rule of the profile says about a certificate, and how a rule is declared."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from openjpki.pki.lint.specimen import Specimen

Check = Callable[[Specimen], Iterator[str]]
"""Yields one short English detail for each violation; never a personal datum."""


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
class Rule:
    """One clause of the profile and the check that holds a certificate against it."""

    code: str
    check: Check

    @property
    def clause(self) -> str:
        """Return the sentence of the profile: the check's docstring."""
        return (self.check.__doc__ or "").strip()

    def __call__(self, specimen: Specimen) -> Iterable[LintFinding]:
        """Return the findings of this rule; a certificate that it cannot examine is a finding too."""
        try:
            return [LintFinding(self.code, self.clause, detail) for detail in self.check(specimen)]
        except Exception as error:  # noqa: BLE001  -- whatever goes wrong, the certificate was not found right
            return [LintFinding("lint.unexamined", self.clause, f"{self.code}: {type(error).__name__}")]


def rule(code: str) -> Callable[[Check], Rule]:
    """Declare a check as the rule of this code."""
    return lambda check: Rule(code, check)
