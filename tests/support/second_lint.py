"""A program that finds something in everything, or in nothing: what stands for pkilint where its own rules are not the point."""

from dataclasses import dataclass, field

from openjpki.pki.lint.finding import Findings, LintFinding
from openjpki.pki.profiles import Profile


@dataclass(frozen=True)
class SecondLint:
    """An `ExternalLint` that notes what it was shown."""

    finds: bool
    seen: list[Profile] = field(default_factory=list)
    name: str = "a second lint"

    def examine(self, profile: Profile, to_be_signed: bytes, issuer_key: bytes, issuer: bytes | None) -> Findings:
        """Return one finding, or none."""
        assert to_be_signed
        assert issuer_key
        assert (issuer is None) == (profile.ca_kind is not None)
        self.seen.append(profile)
        return Findings([LintFinding("lint.external", "a clause", "something")] if self.finds else [])
