"""By what right a legal representative acts, and which paper proves it (R-1.6, R-1.7, R-2.22)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from openjpki.rules.catalogue import find
from openjpki.rules.documents import DocumentKind
from openjpki.rules.eligibility import Holder, is_under_15
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import Capacity, Power
from openjpki.rules.policy import Policy

_OVER_A_CHILD = frozenset({Power.PARENT, Power.MINORS_GUARDIAN})
_BY_LIST = frozenset({Power.CURATOR, Power.ASSISTANT, Power.VOLUNTARY_GUARDIAN})
"""They act only as far as the 代理行為目録 or 代理権目録 of the 登記事項証明書 goes (R-1.6)."""
_BY_CAPACITY: Mapping[Capacity, frozenset[Power]] = {
    Capacity.FULL: frozenset(),
    Capacity.GUARDIANSHIP: frozenset({Power.GUARDIAN}),
    Capacity.CURATORSHIP: frozenset({Power.CURATOR}),
    Capacity.ASSISTANCE: frozenset({Power.ASSISTANT}),
    Capacity.VOLUNTARY_GUARDIANSHIP: frozenset({Power.VOLUNTARY_GUARDIAN}),
}


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a representative's power rests on, and what the registers and the 登記事項証明書 say of it."""

    power: Power
    covered: bool = False
    """Whether the 代理行為目録 or 代理権目録 names this application."""
    same_household: bool = False
    """Whether the 住民票 shows parent and child in one household."""
    register_here: bool = False
    """Whether this municipality keeps the 戸籍 (本籍) and can look it up."""


def powers_over(policy: Policy, holder: Holder, on: date) -> frozenset[Power]:
    """Return the powers by which somebody can act for a holder on a day (R-1.6, R-1.7; S-09).

    None over a person of 15 or more in full capacity: 15 to 17 they act alone, no parent is needed. Under 15, who cannot
    come in person where a list of acts ends, nobody acts by such a list.
    """
    by_capacity = _BY_CAPACITY[holder.capacity]
    return _OVER_A_CHILD | (by_capacity - _BY_LIST) if is_under_15(policy, holder, on) else by_capacity


def representation(
    policy: Policy, *, holder: Holder, claim: Claim, papers: frozenset[DocumentKind], on: date
) -> tuple[Finding, ...]:
    """Return what stands in the way of acting for a holder; nothing if the power is proven (R-1.6, R-2.22).

    `papers`: the kinds that count on the day, as `documents.examine` sorts them out.
    """
    powers = powers_over(policy, holder, on)
    if not powers:
        return (find("representative.acts-alone"),)
    if claim.power not in powers:
        return (find("representative.other-power"),)
    return tuple(_unproven(claim, papers))


def _unproven(claim: Claim, papers: frozenset[DocumentKind]) -> Iterator[Finding]:
    if claim.power in _OVER_A_CHILD:
        if not _on_record(claim, papers) and DocumentKind.FAMILY_REGISTER_CERTIFICATE not in papers:
            yield find("representative.family-register")
        return
    if claim.power in _BY_LIST and not claim.covered:
        yield find("representative.not-covered")
    if DocumentKind.GUARDIANSHIP_CERTIFICATE not in papers:
        yield find("representative.guardianship-certificate")


def _on_record(claim: Claim, papers: frozenset[DocumentKind]) -> bool:
    """Say whether the municipality's own registers show the power, so that no 戸籍 is to be brought (R-2.22).

    One household shows parent and child; who is a minor's guardian stands in the 戸籍 alone.
    """
    if claim.power is Power.PARENT and (claim.same_household or DocumentKind.RESIDENT_RECORD in papers):
        return True
    return claim.register_here
