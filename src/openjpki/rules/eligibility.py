"""Who may have which certificate (R-1.1 to R-1.8, R-1.11, R-2.15)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from openjpki.rules.catalogue import find
from openjpki.rules.dates import day_of_age
from openjpki.rules.era import spoken
from openjpki.rules.finding import Finding, refusals_first
from openjpki.rules.kinds import Capacity, CardState, CertificateKind, Residence
from openjpki.rules.policy import Policy

SIGNATURE_AGE = 15
"""原則: no signature certificate below (R-1.3, S-08). The authentication certificate has no age floor."""

ABROAD_SINCE = date(2024, 5, 27)
"""From this day Japanese nationals abroad (国外転出者) apply at the municipality of their 附票 (R-1.1)."""

Card = CardState | Literal["juki"]
"""The state of the My Number card, or a 住民基本台帳カード in its place."""

_ABROAD = frozenset({Residence.ABROAD_HERE, Residence.ABROAD_ELSEWHERE})
_CARD_FINDINGS: dict[Card, str] = {
    CardState.EXPIRED: "eligibility.card-expired",
    CardState.SUSPENDED: "eligibility.card-suspended",
    CardState.ABOLISHED: "eligibility.card-abolished",
    "juki": "eligibility.juki-card",
}
_TOGETHER_JA = "本人と法定代理人がそろって来庁した場合に限り発行します。"


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The person a certificate is for, as far as the rules ask."""

    born: date = field(repr=False)
    residence: Residence = Residence.HERE
    japanese: bool = True
    capacity: Capacity = Capacity.FULL
    card: Card = CardState.ACTIVE
    face_card: bool = False
    """Whether the card is a 顔認証マイナンバーカード, which has no PIN (R-1.11)."""


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
    holder = Holder(
        born=born,
        residence=Residence.HERE if resident else Residence.ELSEWHERE,
        capacity=Capacity.GUARDIANSHIP if ward else Capacity.FULL,
        card=card,
    )
    return may_have(policy, holder, kind=kind, on=on, accompanied=accompanied)


def may_have(
    policy: Policy, holder: Holder, *, kind: CertificateKind, on: date, accompanied: bool = False
) -> Eligibility:
    """Say whether a holder may have a certificate of a kind on a day (R-1.1 to R-1.8, R-1.11; S-07 to S-10, S-58).

    From 15 on a person who is no adult ward applies alone, whatever other help in law they have (R-1.6).
    """
    findings = [*residence_findings(policy, holder, on)]
    if holder.card in _CARD_FINDINGS:
        findings.append(find(_CARD_FINDINGS[holder.card]))
    ward = holder.capacity is Capacity.GUARDIANSHIP
    young = is_under_15(policy, holder, on)
    if kind is CertificateKind.SIGNATURE:
        if holder.face_card:
            findings.append(find("eligibility.face-card"))
        if young:
            findings.append(_under_15(policy, holder.born, accompanied=accompanied))
        if ward:
            findings.append(_ward(policy, accompanied=accompanied))
    elif young or ward:
        findings.append(find("eligibility.representative-applies"))
    refused = any(finding.severity == "refusal" for finding in findings)
    return Eligibility(eligible=not refused, findings=refusals_first(findings))


def is_under_15(policy: Policy, holder: Holder, on: date) -> bool:
    """Say whether the holder is under 15 on a day, as `age_rule` counts it (R-1.3, R-1.4)."""
    return on < day_of_age(holder.born, SIGNATURE_AGE, policy)


def is_represented(policy: Policy, holder: Holder, on: date) -> bool:
    """Say whether the legal representative applies in the holder's place: under 15, or an adult ward (R-1.6, S-09)."""
    return is_under_15(policy, holder, on) or holder.capacity is Capacity.GUARDIANSHIP


def residence_findings(policy: Policy, holder: Holder, on: date) -> Iterator[Finding]:
    """Tell whether the person applies here, as of the day of the procedure (R-1.1, R-1.8; S-07, S-57, S-58)."""
    elsewhere = not policy.accept_via_other_municipality
    if holder.residence in _ABROAD:
        yield _abroad(holder, on, elsewhere=elsewhere)
    elif holder.residence is Residence.MOVED_OUT and elsewhere:
        yield find("eligibility.moved-out")
    elif holder.residence is not Residence.HERE and elsewhere:
        yield find("eligibility.not-resident")
    elif not holder.japanese:
        yield find("eligibility.period-of-stay")


def _abroad(holder: Holder, on: date, *, elsewhere: bool) -> Finding:
    """Serve a Japanese national abroad where the 附票 is kept (R-1.1)."""
    if not holder.japanese:
        return find("eligibility.abroad-nationality")
    if on < ABROAD_SINCE:
        return find("eligibility.abroad-not-yet", since=ABROAD_SINCE)
    if holder.residence is Residence.ABROAD_ELSEWHERE and elsewhere:
        return find("eligibility.abroad-other-municipality")
    return find("eligibility.abroad")


def _under_15(policy: Policy, born: date, *, accompanied: bool) -> Finding:
    """Refuse the signature certificate below 15, naming the first eligible day (R-1.3, R-1.4; S-08).

    Nothing is added by itself on that day: it is a new issue, asked for at the window (R-1.5).
    """
    if policy.under15_sign_if_accompanied and accompanied:
        return find("eligibility.accompanied")
    together = policy.under15_sign_if_accompanied
    first = day_of_age(born, SIGNATURE_AGE, policy)
    refusal = find(
        "eligibility.ward_or_under15_principle",
        detail_ja=f"{spoken(first, 'ja')}から申請できます。その日に自動で追加されることはありません。"
        + (_TOGETHER_JA if together else ""),
        detail_en=f"This person can apply from {spoken(first, 'en')}; nothing is added by itself on that day."
        + (" Before it is issued only if holder and legal representative come together." if together else ""),
    )
    return replace(refusal, also=("R-1.4", "R-1.5"))


def _ward(policy: Policy, *, accompanied: bool) -> Finding:
    """Refuse the signature certificate of an adult ward, unless the municipality takes both together (R-1.7; S-08)."""
    if policy.ward_sign_if_accompanied and accompanied:
        return find("eligibility.accompanied")
    together = policy.ward_sign_if_accompanied
    refusal = find(
        "eligibility.ward_or_under15_principle",
        detail_ja=_TOGETHER_JA if together else "",
        detail_en="It is issued only if the ward and the legal representative come together." if together else "",
    )
    return replace(refusal, rule="R-1.7", also=())
