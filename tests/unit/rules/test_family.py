from datetime import date

import pytest

from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.eligibility import Holder
from openjpki.rules.family import decide_together, serves_for_all
from openjpki.rules.identity import decide
from openjpki.rules.kinds import Applicant, CertificateKind, Power, Procedure
from openjpki.rules.policy import Policy
from openjpki.rules.representation import Claim
from openjpki.rules.visit import Visit

NATIONAL = Policy.preset("national")
ON = date(2026, 11, 24)
LICENCE = ShownDocument(kind=DocumentKind.DRIVERS_LICENCE)
FAMILY_REGISTER = ShownDocument(kind=DocumentKind.FAMILY_REGISTER_CERTIFICATE)


def _alone(born: str, **more: object) -> Visit:
    return Visit(
        procedure=Procedure.NEW,
        applicant=Applicant.SELF,
        on=ON,
        kinds=frozenset(CertificateKind),
        holder=Holder(born=date.fromisoformat(born)),
        **more,  # type: ignore[arg-type]  # one column of the family
    )


def _child(born: str, *kinds: CertificateKind) -> Visit:
    return Visit(
        procedure=Procedure.NEW,
        applicant=Applicant.LEGAL_REPRESENTATIVE,
        on=ON,
        kinds=frozenset(kinds or [CertificateKind.AUTHENTICATION]),
        holder=Holder(born=date.fromisoformat(born)),
        claim=Claim(power=Power.PARENT),
    )


def test_one_set_of_papers_serves_for_all() -> None:
    """R-2.20, R-2.22: the mother's licence is her own document and proves who acts; one register serves for both children."""
    visits = {"mother": _alone("1990-06-10"), "elder": _child("2015-01-01"), "younger": _child("2019-01-01")}
    found = decide_together(NATIONAL, visits, came="mother", shown=[LICENCE, FAMILY_REGISTER])

    assert {name: one.route for name, one in found.routes.items()} == dict.fromkeys(visits, "same_day")
    assert found.shared == (LICENCE.kind, FAMILY_REGISTER.kind)
    assert "戸籍全部事項証明書" in found.findings[0].ja


def test_each_member_is_judged_alone() -> None:
    """R-1.3, R-1.6: one member's refusal is nobody else's; a child of 15 acts alone, with a document of its own."""
    visits = {
        "mother": _alone("1990-06-10"),
        "child": _child("2015-01-01", *CertificateKind),
        "minor": _child("2011-01-01"),
        "father": _alone("1988-01-01"),
        "grandfather": _alone("1950-01-01", documents=(ShownDocument(kind=DocumentKind.NURSING_INSURANCE_CARD),)),
    }
    found = decide_together(NATIONAL, visits, came="mother", shown=[LICENCE, FAMILY_REGISTER])
    routes = {name: one.route for name, one in found.routes.items()}

    assert routes == {
        "mother": "same_day",
        "child": "refused",
        "minor": "refused",
        "father": "inquiry",
        "grandfather": "same_day",
    }
    assert found.routes["father"] == decide(NATIONAL, visits["father"])
    assert [one.findings[0].code for name, one in found.routes.items() if name in {"child", "minor"}] == [
        "eligibility.ward_or_under15_principle",
        "representative.acts-alone",
    ]


def test_a_parent_who_comes_for_the_children_only() -> None:
    """R-2.22: the parent need not apply themself for the papers to serve."""
    visits = {"elder": _child("2015-01-01"), "younger": _child("2019-01-01")}
    found = decide_together(NATIONAL, visits, came="mother", shown=[LICENCE, FAMILY_REGISTER])

    assert {one.route for one in found.routes.values()} == {"same_day"}
    assert found.shared


def test_for_one_person_nothing_is_shared() -> None:
    """Who comes alone is told nothing about a family."""
    found = decide_together(NATIONAL, {"mother": _alone("1990-06-10")}, came="mother", shown=[LICENCE])

    assert found.routes["mother"].route == "same_day"
    assert (found.shared, found.findings) == ((), ())


@pytest.mark.parametrize(
    ("kind", "serves"),
    [
        ("passport", "all"),
        ("pension-book", "all"),
        ("family-register-certificate", "all"),
        ("move-report", "all"),
        ("guardianship-certificate", "one"),
        ("mandate", "one"),
    ],
)
def test_papers_that_name_one_person_serve_for_that_one(kind: str, serves: str) -> None:
    """R-1.6, R-2.24, R-2.25: a 登記事項証明書 or a 委任状 is for the person it names."""
    assert serves_for_all(DocumentKind(kind)) is (serves == "all")


def test_a_mandate_shown_once_is_not_shown_for_others() -> None:
    """R-2.5, R-2.24: an agent who ends two persons' certificates needs two mandates."""
    visit = Visit(procedure=Procedure.REVOCATION, applicant=Applicant.VOLUNTARY_AGENT, on=ON)
    shown = [LICENCE, ShownDocument(kind=DocumentKind.MANDATE)]
    found = decide_together(NATIONAL, {"one": visit, "other": visit}, came="agent", shown=shown)

    assert {one.route for one in found.routes.values()} == {"refused"}
    assert found.shared == (LICENCE.kind,)
