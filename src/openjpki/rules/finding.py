"""What a rule answers besides yes or no: a stable code, the rule, the page's sentence, and what to bring."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from openjpki.errors import Failure, Kind, Language
from openjpki.rules.era import spoken

Severity = Literal["refusal", "advice"]


class UnknownCode(Failure):
    """Nothing has that number or code."""

    code = "rules.unknown-code"
    kind = Kind.USAGE
    ja = (
        "「{code}」という番号はありません。市のページの文は S-01 から S-70、規則は R-0 から R-8(R-3.8 など)、食い違いは CF-1 から CF-14 です。"
        "ほかの番号は docs/rules.md と docs/errors.md にあります。"
    )
    en = (
        'Nothing has the number "{code}". The sentences of the page are S-01 to S-70, the rules those of R-0 to R-8 (like R-3.8), the conflicts '
        "CF-1 to CF-14; docs/rules.md and docs/errors.md list the other codes."
    )


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One finding, in the words a counter clerk can read out. In the catalogue the sentences hold `{names}` to fill."""

    code: str
    rule: str
    """The R-number that decided."""
    sentence: str
    """The S-number of the page's sentence; empty where the page is silent."""
    severity: Severity
    """`refusal`: this stands in the way. `advice`: it does not, but should be known."""
    ja: str
    en: str
    bring_ja: str = ""
    bring_en: str = ""
    also: tuple[str, ...] = ()
    """Further R- and S-numbers that say the same or what follows."""

    def message(self, language: Language) -> str:
        """Return the sentence."""
        return self.ja if language == "ja" else self.en

    def bring(self, language: Language) -> str:
        """Return what to bring or do next; empty if nothing."""
        return self.bring_ja if language == "ja" else self.bring_en

    def filled(self, **data: object) -> "Finding":
        """Return the finding with its sentences filled in; days are written as each language writes them."""
        ja, en = ({name: _told(value, language) for name, value in data.items()} for language in get_args(Language))
        return replace(
            self,
            ja=self.ja.format(**ja).strip(),
            en=self.en.format(**en).strip(),
            bring_ja=self.bring_ja.format(**ja),
            bring_en=self.bring_en.format(**en),
        )


def refusals_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return each finding once, what stands in the way before what should only be known."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.severity != "refusal"))


def _told(value: object, language: Language) -> object:
    return spoken(value, language) if isinstance(value, date) else value
