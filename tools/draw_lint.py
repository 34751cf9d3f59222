"""Draws every rule of the lint as a page: code, what it holds, how sure its clause is, and the clause."""

from collections.abc import Iterable, Iterator
from typing import Any

from openjpki.pki.lint import external
from openjpki.pki.lint.answers import ANSWER_RULES
from openjpki.pki.lint.finding import Rule
from openjpki.pki.lint.lists import LIST_RULES
from openjpki.pki.lint.rules import RULES
from openjpki.pki.lint.signed import SIGNED_RULES
from openjpki.pki.profiles import Profile
from tools.draw_errors import WRITTEN, cell

NAMES = {
    frozenset(Profile): "all",
    frozenset({Profile.SIGNATURE_CA, Profile.AUTHENTICATION_CA}): "CA",
    frozenset(set(Profile) - {Profile.OCSP_RESPONDER}): "CA, signature, authentication",
    frozenset(
        {Profile.SIGNATURE, Profile.AUTHENTICATION, Profile.OCSP_RESPONDER}
    ): "signature, authentication, responder",
    frozenset({Profile.SIGNATURE, Profile.AUTHENTICATION}): "signature, authentication",
    frozenset({Profile.SIGNATURE}): "signature",
    frozenset({Profile.AUTHENTICATION}): "authentication",
    frozenset({Profile.OCSP_RESPONDER}): "responder",
}
OF_ALL = (
    ("lint.malformed", "all", "D", "RFC 5280 §4.1: the bytes are a certificate, and the issuer's are one."),
    ("lint.list.malformed", "list", "D", "RFC 5280 §5.1: the bytes are a list in DER, to the very end of its entries."),
    ("lint.answer.malformed", "answer", "D", "RFC 6960 §4.2.1: the bytes are a successful BasicOCSPResponse."),
    (external.CODE, "all, where the setting `external_lint` is on", "D", external.CLAUSE),
    ("lint.unexamined", "all", "D", "A rule failed while looking: it was not found right, so it is not signed."),
)
"""What is found before there is anything to hold a rule against."""
Row = tuple[str, str, str, str]


def rows() -> Iterator[Row]:
    """Give code, what it holds, mark and clause of every rule."""
    certificate = {rule.code: rule for profile in Profile for rule in RULES[profile]}
    for code, rule in certificate.items():
        held = frozenset(profile for profile in Profile if rule in RULES[profile])
        yield (code, NAMES[held], rule.mark, sentence(rule))
    yield from _of(SIGNED_RULES, "all, once signed")
    yield from _of(LIST_RULES, "list")
    yield from _of(ANSWER_RULES, "answer")
    yield from OF_ALL


def _of(rules: Iterable[Rule[Any]], held: str) -> Iterator[Row]:
    return ((rule.code, held, rule.mark, sentence(rule)) for rule in rules)


def sentence(rule: Rule[Any]) -> str:
    """Return the clause in one line."""
    return " ".join(rule.clause.split("\n\n")[0].split())


def lint_page() -> str:
    """Return `docs/lint.md`."""
    return "\n".join(
        (
            "# Lint",
            "",
            f"{WRITTEN}. Every rule that certificates, revocation lists and OCSP answers are held against, one for each",
            'clause of [certificates.md](certificates.md) ("Profile §3" is its §3). Certificates are held before they are signed and',
            "again in `openjpki authority check`; lists and answers in `openjpki authority check`.",
            "",
            "The mark says how sure anybody can be that the real service's certificates follow the same clause: C confirmed by a public source,",
            "I inferred, U unknown or conflicting (ours is a setting or a divergence), D a design of ours by an RFC. Two letters: parts of",
            "the clause differ. The sources stand at the clause.",
            "",
            "| code | holds | mark | rule |",
            "|---|---|---|---|",
            *(f"| `{code}` | {held} | {mark} | {cell(clause)} |" for code, held, mark, clause in rows()),
            "",
        )
    )
