import pytest

from openjpki.rules.address_protection import disclosure
from openjpki.rules.kinds import Applicant, CertificateKind
from openjpki.rules.policy import Policy

NATIONAL = Policy.preset("national")
OTHERS = [Applicant.LEGAL_REPRESENTATIVE, Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD]


@pytest.mark.parametrize("to", OTHERS)
def test_nobody_else_learns_the_address(to: Applicant) -> None:
    """支援措置 (docs/divergences.md): no address to who comes for the holder, nor the copy of a certificate that has it."""
    found = disclosure(NATIONAL, protected=True, to=to)

    assert not found.address
    assert found.copies == {CertificateKind.AUTHENTICATION}
    assert [finding.code for finding in found.findings] == ["address.withheld"]
    assert "ご本人" in found.findings[0].bring_ja


def test_the_holder_sees_all_and_is_warned() -> None:
    """R-0.3: the holder sees the own address, and is told that a signature carries it to whoever gets it."""
    found = disclosure(NATIONAL, protected=True, to=Applicant.SELF)

    assert found.address
    assert found.copies == set(CertificateKind)
    assert [finding.code for finding in found.findings] == ["address.in-the-certificate"]


@pytest.mark.parametrize("to", list(Applicant))
def test_without_protection_nothing_is_held_back(to: Applicant) -> None:
    """Who is under no 支援措置 is served as ever, without a word."""
    found = disclosure(NATIONAL, protected=False, to=to)

    assert found.address
    assert found.copies == set(CertificateKind)
    assert found.findings == ()


def test_a_municipality_may_trust_legal_representatives() -> None:
    """`protected_address_to_legal_representative` opens it to them alone."""
    policy = NATIONAL.with_settings({"protected_address_to_legal_representative": "true"})

    assert [to for to in OTHERS if disclosure(policy, protected=True, to=to).address] == [
        Applicant.LEGAL_REPRESENTATIVE
    ]
