"""Who may have which certificate (R-1.1 to R-1.4, R-1.7, R-2.15)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from openjpki.rules.catalogue import find
from openjpki.rules.dates import day_of_age
from openjpki.rules.era import in_era
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import CardState, CertificateKind
from openjpki.rules.policy import Policy

SIGNATURE_AGE = 15
"""原則: no signature certificate below (R-1.3, S-08). The authentication certificate has no age floor."""

Card = CardState | Literal["juki"]
"""The state of the My Number card, or a 住民基本台帳カード in its place."""

_CARD_FINDINGS: dict[Card, str] = {
    CardState.EXPIRED: "eligibility.card-expired",
    CardState.SUSPENDED: "eligibility.card-suspended",
    CardState.ABOLISHED: "eligibility.card-abolished",
    "juki": "eligibility.juki-card",
}


@dataclass(frozen=True, kw_only=True)
class Eligibility:
    """Whether a person may have a certificate; refusals come before advice."""

    eligible: bool
    findings: tuple[Finding, ...]


def eligibility(
    policy: Policy,
    *,
    kind: CertificateKind,
    born: date,
    on: date,
    resident: bool = True,
    card: Card = CardState.ACTIVE,
    ward: bool = False,
    accompanied: bool = False,
) -> Eligibility:
    """Say whether a person may have a certificate of a kind on a day (R-1.1 to R-1.4, R-1.7; S-07 to S-10, S-29, S-57).

    `ward`: 成年被後見人; `accompanied`: the holder and the legal representative both came.
    """
    findings: list[Finding] = []
    if not resident and not policy.accept_via_other_municipality:
        findings.append(find("eligibility.not-resident"))
    if card in _CARD_FINDINGS:
        findings.append(find(_CARD_FINDINGS[card]))
    young = on < day_of_age(born, SIGNATURE_AGE, policy)
    if kind is CertificateKind.SIGNATURE:
        if young:
            findings.append(_under_15(policy, born, accompanied=accompanied))
        if ward:
            findings.append(_ward(policy, accompanied=accompanied))
    elif young or ward:
        findings.append(find("eligibility.representative-applies"))
    refused = any(finding.severity == "refusal" for finding in findings)
    return Eligibility(eligible=not refused, findings=tuple(_refusals_first(findings)))


def _under_15(policy: Policy, born: date, *, accompanied: bool) -> Finding:
    """Refuse the signature certificate below 15, naming the first eligible day (R-1.3, R-1.4; S-08)."""
    if policy.under15_sign_if_accompanied and accompanied:
        return find("eligibility.accompanied")
    first = day_of_age(born, SIGNATURE_AGE, policy)
    refusal = find(
        "eligibility.ward_or_under15_principle",
        detail_ja=f"{in_era(first)}から申請できます。",
        detail_en=f"This person can apply from {first}.",
    )
    return replace(refusal, also=("R-1.4",))


def _ward(policy: Policy, *, accompanied: bool) -> Finding:
    """Refuse the signature certificate of an adult ward, unless the municipality takes both together (R-1.7; S-08)."""
    if policy.ward_sign_if_accompanied and accompanied:
        return find("eligibility.accompanied")
    together = policy.ward_sign_if_accompanied
    refusal = find(
        "eligibility.ward_or_under15_principle",
        detail_ja="本人と法定代理人がそろって来庁した場合に限り発行します。" if together else "",
        detail_en="It is issued only if the ward and the legal representative come together." if together else "",
    )
    return replace(refusal, rule="R-1.7", also=())


def _refusals_first(findings: list[Finding]) -> Iterator[Finding]:
    yield from (finding for finding in findings if finding.severity == "refusal")
    yield from (finding for finding in findings if finding.severity == "advice")
