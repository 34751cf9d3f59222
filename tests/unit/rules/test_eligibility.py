from datetime import date

import pytest

from openjpki.rules.eligibility import Card, eligibility
from openjpki.rules.kinds import CardState, CertificateKind
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
    assert "令和9年3月1日" in refusal.ja
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
