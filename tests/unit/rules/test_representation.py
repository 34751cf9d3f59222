from datetime import date

import pytest

from openjpki.rules.documents import DocumentKind
from openjpki.rules.eligibility import Holder
from openjpki.rules.kinds import Capacity, Power
from openjpki.rules.policy import Policy
from openjpki.rules.representation import Claim, powers_over, representation

NATIONAL = Policy.preset("national")
ON = date(2026, 11, 24)
CHILD = Holder(born=date(2020, 1, 1))
ADULT = date(1950, 6, 10)
FAMILY_REGISTER = DocumentKind.FAMILY_REGISTER_CERTIFICATE
REGISTRATION = DocumentKind.GUARDIANSHIP_CERTIFICATE


def _against(holder: Holder, claim: Claim, *papers: DocumentKind) -> list[str]:
    found = representation(NATIONAL, holder=holder, claim=claim, papers=frozenset(papers), on=ON)
    return [finding.code.removeprefix("representative.") for finding in found]


@pytest.mark.parametrize(
    ("born", "capacity", "powers"),
    [
        ("2011-11-25", Capacity.FULL, {Power.PARENT, Power.MINORS_GUARDIAN}),
        ("2011-11-25", Capacity.CURATORSHIP, {Power.PARENT, Power.MINORS_GUARDIAN}),
        ("2011-11-25", Capacity.GUARDIANSHIP, {Power.PARENT, Power.MINORS_GUARDIAN, Power.GUARDIAN}),
        ("2011-11-24", Capacity.FULL, set()),
        ("2009-01-01", Capacity.FULL, set()),
        ("1950-06-10", Capacity.FULL, set()),
        ("1950-06-10", Capacity.GUARDIANSHIP, {Power.GUARDIAN}),
        ("1950-06-10", Capacity.CURATORSHIP, {Power.CURATOR}),
        ("1950-06-10", Capacity.ASSISTANCE, {Power.ASSISTANT}),
        ("1950-06-10", Capacity.VOLUNTARY_GUARDIANSHIP, {Power.VOLUNTARY_GUARDIAN}),
    ],
)
def test_who_can_act_for_whom(born: str, capacity: Capacity, powers: set[Power]) -> None:
    """R-1.6, R-1.7; S-09: parents up to the day before 15; from then on only who helps by law, each by the own title."""
    holder = Holder(born=date.fromisoformat(born), capacity=capacity)

    assert powers_over(NATIONAL, holder, ON) == powers


def test_from_15_nobody_is_a_parent_at_the_window() -> None:
    """R-1.6: 15 to 17 a minor acts alone; a parent is told to act as voluntary agent, if at all."""
    refusal = representation(
        NATIONAL,
        holder=Holder(born=date(2011, 11, 24)),
        claim=Claim(power=Power.PARENT, same_household=True),
        papers=frozenset(),
        on=ON,
    )[0]

    assert (refusal.code, refusal.rule) == ("representative.acts-alone", "R-1.6")
    assert "ご本人から頼まれた代理人" in refusal.bring_ja


@pytest.mark.parametrize(
    ("holder", "power"),
    [
        (CHILD, Power.GUARDIAN),
        (Holder(born=ADULT, capacity=Capacity.GUARDIANSHIP), Power.PARENT),
        (Holder(born=ADULT, capacity=Capacity.CURATORSHIP), Power.GUARDIAN),
        (Holder(born=ADULT, capacity=Capacity.ASSISTANCE), Power.CURATOR),
    ],
)
def test_another_power_is_none(holder: Holder, power: Power) -> None:
    """R-1.6, R-2.22: the power must be one over this holder, whatever papers lie there."""
    assert _against(holder, Claim(power=power, covered=True), FAMILY_REGISTER, REGISTRATION) == ["other-power"]


@pytest.mark.parametrize(
    ("claim", "papers", "against"),
    [
        (Claim(power=Power.PARENT), [FAMILY_REGISTER], []),
        (Claim(power=Power.PARENT), [DocumentKind.RESIDENT_RECORD], []),
        (Claim(power=Power.PARENT, same_household=True), [], []),
        (Claim(power=Power.PARENT, register_here=True), [], []),
        (Claim(power=Power.PARENT), [], ["family-register"]),
        (Claim(power=Power.PARENT), [REGISTRATION], ["family-register"]),
        (Claim(power=Power.MINORS_GUARDIAN), [FAMILY_REGISTER], []),
        (Claim(power=Power.MINORS_GUARDIAN, register_here=True), [], []),
        (Claim(power=Power.MINORS_GUARDIAN, same_household=True), [], ["family-register"]),
        (Claim(power=Power.MINORS_GUARDIAN), [DocumentKind.RESIDENT_RECORD], ["family-register"]),
    ],
)
def test_a_childs_representative(claim: Claim, papers: list[DocumentKind], against: list[str]) -> None:
    """R-2.22: 戸籍全部事項証明書, waived for a parent in the same household and with the 本籍 here."""
    assert _against(CHILD, claim, *papers) == against


def test_an_adult_wards_guardian() -> None:
    """R-1.7, R-2.22: the 登記事項証明書 and nothing else; a guardian needs no list of acts."""
    ward = Holder(born=ADULT, capacity=Capacity.GUARDIANSHIP)
    claim = Claim(power=Power.GUARDIAN, same_household=True, register_here=True)

    assert _against(ward, claim, REGISTRATION) == []
    assert _against(ward, claim, FAMILY_REGISTER, DocumentKind.RESIDENT_RECORD) == ["guardianship-certificate"]


@pytest.mark.parametrize(
    ("capacity", "power"),
    [
        (Capacity.CURATORSHIP, Power.CURATOR),
        (Capacity.ASSISTANCE, Power.ASSISTANT),
        (Capacity.VOLUNTARY_GUARDIANSHIP, Power.VOLUNTARY_GUARDIAN),
    ],
)
def test_the_list_of_acts_must_cover_the_application(capacity: Capacity, power: Power) -> None:
    """R-1.6: 被保佐人, 被補助人, 任意被後見人 are represented only as far as the 代理行為目録 or 代理権目録 goes."""
    holder = Holder(born=ADULT, capacity=capacity)

    assert _against(holder, Claim(power=power, covered=True), REGISTRATION) == []
    assert _against(holder, Claim(power=power), REGISTRATION) == ["not-covered"]
    assert _against(holder, Claim(power=power)) == ["not-covered", "guardianship-certificate"]
