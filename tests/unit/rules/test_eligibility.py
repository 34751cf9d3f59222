from datetime import date

import pytest

from openjpki.rules.eligibility import Card, Holder, eligibility, is_represented, may_have
from openjpki.rules.kinds import Capacity, CardState, CertificateKind, Residence
from openjpki.rules.policy import Policy

NATIONAL = Policy.preset("national")
SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION
ADULT = date(1990, 6, 10)
ON = date(2026, 11, 24)
PRINCIPLE = "eligibility.ward_or_under15_principle"


@pytest.mark.parametrize("kind", list(CertificateKind))
def test_a_resident_with_a_card(kind: CertificateKind) -> None:
    """R-1.1, R-1.2; S-07: 住民登録をしており、マイナンバーカードをお持ちのかた."""
    found = eligibility(NATIONAL, kind=kind, born=ADULT, on=ON)

    assert found.eligible
    assert found.findings == ()


@pytest.mark.parametrize(
    ("born", "on", "rule", "eligible"),
    [
        ("2012-04-01", "2027-03-31", "birthday", False),
        ("2012-04-01", "2027-04-01", "birthday", True),
        ("2012-04-01", "2027-03-30", "eve", False),
        ("2012-04-01", "2027-03-31", "eve", True),
        ("2012-02-29", "2027-02-28", "birthday", False),
        ("2012-02-29", "2027-03-01", "birthday", True),
        ("2012-02-29", "2027-02-28", "eve", True),
    ],
    ids=["E-01", "E-01", "E-01 eve", "E-01 eve", "E-02", "E-02", "E-02 eve"],
)
def test_the_signature_certificate_begins_at_15(born: str, on: str, rule: str, eligible: bool) -> None:  # noqa: FBT001  -- a column of the table
    """R-1.3, R-1.4; S-08: E-01, E-02, from the birthday, or from its eve."""
    policy = NATIONAL.with_settings({"age_rule": rule})
    found = eligibility(policy, kind=SIGNATURE, born=date.fromisoformat(born), on=date.fromisoformat(on))

    assert found.eligible is eligible
    assert [finding.code for finding in found.findings] == ([] if eligible else [PRINCIPLE])


def test_the_refusal_names_the_first_day() -> None:
    """R-1.4: the message names the date, by era in Japanese."""
    refusal = eligibility(NATIONAL, kind=SIGNATURE, born=date(2012, 2, 29), on=ON).findings[0]

    assert (refusal.rule, refusal.sentence) == ("R-1.3", "S-08")
    assert "令和9年（2027年）3月1日（月）" in refusal.ja
    assert "2027-03-01" in refusal.en


@pytest.mark.parametrize("who", [{"born": date(2020, 1, 1)}, {"born": ADULT, "ward": True}], ids=["under 15", "ward"])
def test_their_authentication_certificate_is_for_the_representative(who: dict[str, object]) -> None:
    """R-1.3, R-1.7; S-09, S-10: no age floor; the legal representative applies and asks by telephone first."""
    found = eligibility(NATIONAL, kind=AUTHENTICATION, on=ON, **who)  # type: ignore[arg-type]  # one row of the table

    assert found.eligible
    assert [finding.code for finding in found.findings] == ["eligibility.representative-applies"]
    assert found.findings[0].sentence == "S-09"
    assert "S-10" in found.findings[0].also


def test_a_ward_gets_no_signature_certificate() -> None:
    """R-1.7, CF-6; S-08: refused as a principle, accompanied or not."""
    for accompanied in (False, True):
        found = eligibility(NATIONAL, kind=SIGNATURE, born=ADULT, on=ON, ward=True, accompanied=accompanied)

        assert not found.eligible
        assert [(finding.code, finding.rule) for finding in found.findings] == [(PRINCIPLE, "R-1.7")]


def test_a_municipality_may_serve_a_ward_who_is_accompanied() -> None:
    """R-1.7, CF-6: `ward_sign_if_accompanied` needs both present; alone the ward is refused and told so."""
    policy = NATIONAL.with_settings({"ward_sign_if_accompanied": "true"})
    together = eligibility(policy, kind=SIGNATURE, born=ADULT, on=ON, ward=True, accompanied=True)
    alone = eligibility(policy, kind=SIGNATURE, born=ADULT, on=ON, ward=True)

    assert together.eligible
    assert [finding.code for finding in together.findings] == ["eligibility.accompanied"]
    assert not alone.eligible
    assert "そろって" in alone.findings[0].ja


def test_a_municipality_may_serve_a_child_who_is_accompanied() -> None:
    """R-1.7: `under15_sign_if_accompanied` is a switch of its own."""
    policy = NATIONAL.with_settings({"under15_sign_if_accompanied": "true"})
    child = date(2015, 1, 1)

    assert eligibility(policy, kind=SIGNATURE, born=child, on=ON, accompanied=True).eligible
    assert not eligibility(policy, kind=SIGNATURE, born=child, on=ON).eligible
    assert not eligibility(policy, kind=SIGNATURE, born=child, on=ON, ward=True, accompanied=True).eligible


def test_residence_is_judged_on_the_day() -> None:
    """R-1.1; S-57, S-58: who moved out applies where they live now, unless the policy takes others."""
    found = eligibility(NATIONAL, kind=SIGNATURE, born=ADULT, on=ON, resident=False)
    open_house = NATIONAL.with_settings({"accept_via_other_municipality": "true"})

    assert [finding.code for finding in found.findings] == ["eligibility.not-resident"]
    assert found.findings[0].sentence == "S-57"
    assert eligibility(open_house, kind=SIGNATURE, born=ADULT, on=ON, resident=False).eligible


@pytest.mark.parametrize(
    ("card", "code", "sentence"),
    [
        (CardState.EXPIRED, "eligibility.card-expired", "S-07"),
        (CardState.SUSPENDED, "eligibility.card-suspended", "S-07"),
        (CardState.ABOLISHED, "eligibility.card-abolished", "S-07"),
        ("juki", "eligibility.juki-card", "S-29"),
    ],
)
def test_a_valid_my_number_card_is_needed(card: Card, code: str, sentence: str) -> None:
    """R-1.2, R-2.15; S-07, S-29, S-30, S-55, CF-8: expired, suspended, abolished, or a 住民基本台帳カード."""
    found = eligibility(NATIONAL, kind=AUTHENTICATION, born=ADULT, on=ON, card=card)

    assert not found.eligible
    assert [(finding.code, finding.sentence) for finding in found.findings] == [(code, sentence)]
    assert found.findings[0].bring_ja


def test_all_reasons_are_told_refusals_first() -> None:
    """Nobody is sent away twice: every reason is told at once, refusals before advice."""
    found = eligibility(
        NATIONAL, kind=AUTHENTICATION, born=date(2020, 1, 1), on=ON, resident=False, card=CardState.EXPIRED
    )

    assert [finding.severity for finding in found.findings] == ["refusal", "refusal", "advice"]


def _residence(residence: Residence, *, japanese: bool = True, on: date = ON, other: str = "false") -> list[str]:
    policy = NATIONAL.with_settings({"accept_via_other_municipality": other})
    holder = Holder(born=ADULT, residence=residence, japanese=japanese)
    found = may_have(policy, holder, kind=SIGNATURE, on=on)
    refused = any(finding.severity == "refusal" for finding in found.findings)

    assert found.eligible is not refused
    return [finding.code.removeprefix("eligibility.") for finding in found.findings]


@pytest.mark.parametrize(
    ("residence", "other", "codes"),
    [
        (Residence.HERE, "false", []),
        (Residence.MOVED_OUT, "false", ["moved-out"]),
        (Residence.MOVED_OUT, "true", []),
        (Residence.ELSEWHERE, "false", ["not-resident"]),
        (Residence.ELSEWHERE, "true", []),
        (Residence.ABROAD_HERE, "false", ["abroad"]),
        (Residence.ABROAD_ELSEWHERE, "false", ["abroad-other-municipality"]),
        (Residence.ABROAD_ELSEWHERE, "true", ["abroad"]),
    ],
)
def test_where_the_holder_is_recorded(residence: Residence, other: str, codes: list[str]) -> None:
    """R-1.1; S-07, S-57, S-58: here on the day; abroad at the 附票管理市町村; elsewhere only if the policy takes others."""
    assert _residence(residence, other=other) == codes


def test_who_moved_out_after_the_notice_is_sent_on() -> None:
    """R-1.1; S-58: 有効期限通知書受領後に転出された場合は、現在のお住まいの市区町村で."""
    moved = Holder(born=ADULT, residence=Residence.MOVED_OUT)
    refusal = may_have(NATIONAL, moved, kind=AUTHENTICATION, on=ON).findings[0]

    assert (refusal.rule, refusal.sentence) == ("R-1.1", "S-58")
    assert "現在お住まいの市区町村" in refusal.bring_ja


@pytest.mark.parametrize(
    ("on", "codes"), [("2024-05-26", ["abroad-not-yet"]), ("2024-05-27", ["abroad"]), ("2026-11-24", ["abroad"])]
)
def test_abroad_since_the_law_says_so(on: str, codes: list[str]) -> None:
    """R-1.1: 国外転出者 since 2024-05-27; the refusal before names the day."""
    assert _residence(Residence.ABROAD_HERE, on=date.fromisoformat(on)) == codes


@pytest.mark.parametrize("residence", [Residence.ABROAD_HERE, Residence.ABROAD_ELSEWHERE])
def test_abroad_for_japanese_nationals_only(residence: Residence) -> None:
    """R-1.1: 日本国籍を有する国外転出者."""
    assert _residence(residence, japanese=False) == ["abroad-nationality"]
    assert _residence(residence, japanese=False, other="true") == ["abroad-nationality"]


def test_a_foreigner_with_a_resident_record() -> None:
    """R-1.8, R-3.7: as anybody; that a period of stay ends the certificates is told."""
    assert _residence(Residence.HERE, japanese=False) == ["period-of-stay"]


@pytest.mark.parametrize("capacity", [Capacity.CURATORSHIP, Capacity.ASSISTANCE, Capacity.VOLUNTARY_GUARDIANSHIP])
@pytest.mark.parametrize("kind", list(CertificateKind))
def test_assisted_persons_apply_alone(kind: CertificateKind, capacity: Capacity) -> None:
    """R-1.6: 被保佐人, 被補助人, 任意被後見人 may have both certificates and need nobody."""
    holder = Holder(born=ADULT, capacity=capacity)

    assert may_have(NATIONAL, holder, kind=kind, on=ON).findings == ()
    assert not is_represented(NATIONAL, holder, ON)


@pytest.mark.parametrize(
    ("born", "capacity", "represented"),
    [
        ("2011-11-25", Capacity.FULL, "yes"),
        ("2011-11-24", Capacity.FULL, "no"),
        ("1950-01-01", Capacity.GUARDIANSHIP, "yes"),
    ],
)
def test_who_is_represented(born: str, capacity: Capacity, represented: str) -> None:
    """R-1.3, R-1.6; S-09: under 15, and adult wards; from the 15th birthday on nobody else."""
    holder = Holder(born=date.fromisoformat(born), capacity=capacity)

    assert is_represented(NATIONAL, holder, ON) is (represented == "yes")


def test_nothing_is_added_at_15() -> None:
    """R-1.5: the refusal before says so; on the day it is an application like any other."""
    child = Holder(born=date(2012, 4, 1))
    before = may_have(NATIONAL, child, kind=SIGNATURE, on=date(2027, 3, 31)).findings[0]

    assert "自動で追加されることはありません" in before.ja
    assert "R-1.5" in before.also
    assert may_have(NATIONAL, child, kind=SIGNATURE, on=date(2027, 4, 1)).findings == ()


def test_a_child_alone_is_told_that_both_may_come() -> None:
    """R-1.7: where `under15_sign_if_accompanied` is on, the refusal of one alone says who must come."""
    policy = NATIONAL.with_settings({"under15_sign_if_accompanied": "true"})
    refusal = may_have(policy, Holder(born=date(2015, 1, 1)), kind=SIGNATURE, on=ON).findings[0]

    assert "そろって" in refusal.ja
    assert "together" in refusal.en
