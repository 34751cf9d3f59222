from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from openjpki.rules.checklist.checklist import checklist
from openjpki.rules.checklist.days import days
from openjpki.rules.checklist.instead import Instead, _near, instead
from openjpki.rules.eligibility import Holder
from openjpki.rules.kinds import (
    Applicant,
    Capacity,
    CardState,
    CertificateKind,
    FeeReason,
    PinKind,
    Power,
    Procedure,
    Residence,
)
from openjpki.rules.representation import Claim
from tests.unit.rules.checklist.interviews import (
    ADULT,
    AUTHENTICATION,
    CHILD,
    ENDS,
    NATIONAL,
    ON,
    SIGNATURE,
    asked,
    codes,
    interview,
)

SELF, AGENT, HOUSEHOLD = Applicant.SELF, Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD
REPRESENTATIVE = Applicant.LEGAL_REPRESENTATIVE
WARD = Holder(born=date(1950, 1, 1), capacity=Capacity.GUARDIANSHIP)
PARENT, GUARDIAN = Claim(power=Power.PARENT), Claim(power=Power.GUARDIAN)
NOT_YET, OVER = date(2026, 3, 10), date(2026, 6, 11)
EARLY, ANEW = "checklist.early-reissue", "checklist.new-issue"
ALONE, HOLDER = "checklist.authentication-alone", "checklist.holder-comes"
FACE, FACE_ALONE = Holder(born=ADULT.born, face_card=True), "checklist.face-card-authentication"
OTHER = "checklist.representative-comes"


def told(procedure: Procedure, applicant: Applicant, **answers: Any) -> list[list[str]]:
    """Return the codes of each other way."""
    asked = interview(procedure, applicant, **answers)
    return [[one.code for one in way.findings] for way in instead(NATIONAL, asked, days(NATIONAL, asked))]


@pytest.mark.parametrize(
    ("procedure", "applicant", "answers", "ways"),
    [
        (Procedure.RENEWAL, SELF, {}, []),
        (Procedure.RENEWAL, SELF, {"on": NOT_YET}, [[EARLY]]),
        (Procedure.RENEWAL, SELF, {"on": OVER}, [[ANEW]]),
        (Procedure.RENEWAL, SELF, {"kinds": SIGNATURE, "authentication_expires": None, "on": OVER}, [[ANEW]]),
        (Procedure.RENEWAL, SELF, {"card_expires": ENDS}, [["renewal.card-first"]]),
        (Procedure.RENEWAL, AGENT, {}, [[HOLDER]]),
        (Procedure.RENEWAL, AGENT, {"on": OVER}, [[ANEW]]),
        (Procedure.NEW, SELF, {"holder": WARD}, [[ALONE, OTHER]]),
        (Procedure.NEW, SELF, {"holder": WARD, "kinds": AUTHENTICATION}, [[OTHER]]),
        (Procedure.NEW, SELF, {"holder": WARD, "kinds": SIGNATURE}, [[ALONE, OTHER]]),
        (Procedure.NEW, AGENT, {"holder": CHILD, "kinds": AUTHENTICATION}, [[OTHER], [HOLDER]]),
        (Procedure.NEW, REPRESENTATIVE, {"holder": CHILD, "claim": PARENT}, [[ALONE], [HOLDER]]),
        (Procedure.PIN_RESET, REPRESENTATIVE, {"holder": CHILD, "claim": GUARDIAN}, [[OTHER], [HOLDER]]),
        (Procedure.NEW, REPRESENTATIVE, {"claim": PARENT}, [[HOLDER]]),
        (Procedure.NEW, HOUSEHOLD, {}, [[HOLDER]]),
        (Procedure.NEW, SELF, {"holder": FACE}, [[FACE_ALONE]]),
        (Procedure.RENEWAL, SELF, {"holder": FACE}, [[FACE_ALONE]]),
        (Procedure.NEW, SELF, {"holder": replace(WARD, face_card=True)}, [[ALONE, OTHER]]),
        (
            Procedure.RENEWAL,
            SELF,
            {"on": NOT_YET, "holder": Holder(born=ADULT.born, residence=Residence.MOVED_OUT)},
            [["renewal.not-yet"], ["eligibility.moved-out"]],
        ),
    ],
)
def test_what_to_do_instead(
    procedure: Procedure, applicant: Applicant, answers: dict[str, Any], ways: list[list[str]]
) -> None:
    """R-1.6, R-1.7, R-2.2, R-2.4, R-7.5; S-09, S-36, S-47, S-58: the fewest changes that lead to a way, else what comes first."""
    assert told(procedure, applicant, **answers) == ways


def test_the_person_of_the_law_is_proposed() -> None:
    """R-1.6, R-1.7: a parent for a child, a guardian for a ward; what was said of another person's papers is dropped."""
    for holder, power in ((CHILD, Power.PARENT), (WARD, Power.GUARDIAN)):
        asked = interview(Procedure.NEW, AGENT, holder=holder, kinds=AUTHENTICATION, agent_documents=(), form="sealed")
        way = instead(NATIONAL, asked, days(NATIONAL, asked))[0]

        assert way.interview is not None
        assert way.interview.applicant is REPRESENTATIVE
        assert way.interview.claim == Claim(power=power)
        assert (way.interview.agent_documents, way.interview.form) == (None, "none")


def test_the_soonest_comes_first() -> None:
    """S-33, S-47; R-2.4, R-2.24: an agent before the window hears what can be done now, then what takes one visit."""
    assert told(Procedure.RENEWAL, AGENT, on=NOT_YET) == [[EARLY], [HOLDER]]


def test_who_comes_already_is_not_proposed() -> None:
    """R-1.6, R-2.22: a parent without a document hears what to bring, and not that a parent should come."""
    asked = interview(
        Procedure.NEW, REPRESENTATIVE, holder=CHILD, kinds=AUTHENTICATION, claim=PARENT, agent_documents=()
    )
    found = days(NATIONAL, asked)

    assert [OTHER] not in told(
        Procedure.NEW, REPRESENTATIVE, holder=CHILD, kinds=AUTHENTICATION, claim=PARENT, agent_documents=()
    )
    assert "representative.photo-id" in [finding.code for finding in found.plan.findings]


def test_two_certificates_are_renewed_one_after_the_other() -> None:
    """R-3.8; S-23, S-31: the one whose window is open goes first, free of charge, and nobody is sent away until it expires."""
    soon, late = date(2026, 6, 10), date(2027, 4, 1)
    first = told(Procedure.RENEWAL, SELF, signature_expires=soon, authentication_expires=late)
    second = told(Procedure.RENEWAL, SELF, signature_expires=late, authentication_expires=soon)

    assert first[0] == ["checklist.signature-first"]
    assert second[0] == ["checklist.authentication-first"]


def test_what_begins_in_years_is_no_answer_beside_what_begins_soon() -> None:
    """R-1.3; S-09: a child's parent is not told to wait for the 15th birthday, unless nothing else is left."""
    day = date(2026, 5, 1)
    near = Instead(findings=(), interview=None, opens=day + timedelta(days=365))
    far = Instead(findings=(), interview=None, opens=day + timedelta(days=366))

    assert _near((far, near), day) == (near,)
    assert _near((far,), day) == (far,)


RENEW = "checklist.renew-instead"


@pytest.mark.parametrize(
    ("on", "ways"),
    [
        (date(2024, 11, 27), [([EARLY], date(2024, 11, 27)), ([RENEW], date(2026, 3, 11))]),
        (NOT_YET, [([EARLY], NOT_YET), ([RENEW], date(2026, 3, 11))]),
        (date(2026, 3, 11), [([RENEW], date(2026, 3, 11))]),
        (ENDS, [([RENEW], ENDS)]),
    ],
)
def test_beside_a_certificate_in_force_there_is_no_new_issue(on: date, ways: list[tuple[list[str], date]]) -> None:
    """R-1.10, R-2.2 to R-2.4, R-4.1: renewed in its window, free of charge, or re-issued before; nobody waits until it has expired."""
    asked = interview(Procedure.NEW, SELF, on=on, signature_expires=ENDS, authentication_expires=ENDS)
    found = days(NATIONAL, asked)

    assert [finding.code for finding in found.plan.findings] == ["checklist.in-force"]
    assert (found.closes, found.waits) == (None, ())
    told = instead(NATIONAL, asked, found)
    assert [([one.code for one in way.findings], way.opens) for way in told] == ways
    assert [way.interview.procedure for way in told if way.interview] == [
        {EARLY: Procedure.REISSUE, RENEW: Procedure.RENEWAL}[code] for (code,), _ in ways
    ]


def test_what_has_no_known_end_is_not_renewed_instead() -> None:
    """R-3.8: of two certificates one is in force, of the other nothing is known: no renewal of both is proposed."""
    asked = interview(Procedure.NEW, SELF, on=date(2026, 5, 1), signature_expires=date(2026, 6, 10))
    ways = instead(NATIONAL, asked, days(NATIONAL, asked))

    assert ways
    assert not [way for way in ways if way.interview and way.interview.procedure is Procedure.RENEWAL]


def test_who_is_too_late_for_the_letter_has_two_ways() -> None:
    """R-2.2, R-2.24, R-3.8; S-36, S-47: the holder comes in person at once, or it is issued anew after the renewal."""
    asked = interview(Procedure.RENEWAL, AGENT, on=ENDS)
    ways = instead(NATIONAL, asked, days(NATIONAL, asked))

    assert [([one.code for one in way.findings], way.opens) for way in ways] == [
        ([HOLDER], ENDS),
        ([ANEW], ENDS + timedelta(days=1)),
    ]


def test_a_way_is_proposed_once() -> None:
    """R-2.2, R-3.10; S-36: two certificates that ended on different days are issued anew together, and each says which."""
    ends: dict[str, Any] = {"signature_expires": date(2026, 4, 20), "authentication_expires": date(2026, 4, 23)}
    found = days(NATIONAL, interview(Procedure.RENEWAL, **ends))
    signature, authentication = found.plan.findings

    assert told(Procedure.RENEWAL, SELF, **ends) == [[ANEW]]
    assert signature.ja.startswith("署名用電子証明書の更新期間は")
    assert authentication.ja.startswith("利用者証明用電子証明書の更新期間は")
    assert (signature.en.split(":")[0], authentication.en.split(":")[0]) == (
        "Signature certificate",
        "Authentication certificate",
    )
    same = days(NATIONAL, interview(Procedure.RENEWAL, on=OVER))
    assert same.plan.findings[0].ja.startswith("更新期間は")


def test_of_two_windows_each_says_whose_it_is() -> None:
    """R-3.8, R-7.5; S-33: what is said of the card is said of no certificate."""
    ends: dict[str, Any] = {"signature_expires": ENDS, "authentication_expires": ENDS + timedelta(days=400)}
    found = days(NATIONAL, interview(Procedure.RENEWAL, card_expires=ENDS, **ends))

    assert [(one.code, one.en[:25]) for one in found.plan.findings] == [
        ("renewal.card-first", "The My Number card ends o"),
        ("renewal.not-yet", "Authentication certificat"),
    ]


def test_what_is_over_is_not_renewed_later() -> None:
    """R-3.8, R-3.10; S-36: the one is renewed, the other issued anew; nobody is told to renew what has ended."""
    over, open_ = date(2026, 4, 20), ENDS

    assert told(Procedure.RENEWAL, SELF, signature_expires=over, authentication_expires=open_) == [
        ["checklist.signature-anew"]
    ]
    assert told(Procedure.RENEWAL, SELF, signature_expires=open_, authentication_expires=over) == [
        ["checklist.authentication-anew"]
    ]


def test_no_certificate_waits_for_another_until_it_is_over() -> None:
    """R-3.8; S-31: of two windows far apart the sooner one goes first, and not the later one."""
    ways = told(Procedure.RENEWAL, SELF, signature_expires=ENDS, authentication_expires=date(2027, 3, 1))

    assert ["checklist.signature-first"] in ways
    assert ["checklist.authentication-first"] not in ways


def test_a_reason_goes_with_the_procedure_that_is_proposed() -> None:
    """R-4.1; S-36: what is proposed instead has its own reason, unless the one told goes with it as well."""
    over = asked(Procedure.RENEWAL, on=date(2026, 6, 11), reason=FeeReason.RENEWAL)
    ends: dict[str, Any] = {"signature_expires": date(2026, 12, 1), "authentication_expires": date(2026, 12, 1)}
    lost = asked(Procedure.NEW, reason=FeeReason.CARD_LOST, **ends)

    assert [way.interview and (way.interview.procedure, way.interview.reason) for way in over.instead] == [
        (Procedure.NEW, None)
    ]
    assert [way.interview and (way.interview.procedure, way.interview.reason) for way in lost.instead] == [
        (Procedure.REISSUE, FeeReason.CARD_LOST)
    ]


@pytest.mark.parametrize(
    ("holder", "code"),
    [
        (Holder(born=ADULT.born, residence=Residence.MOVED_OUT), "eligibility.moved-out"),
        (Holder(born=ADULT.born, card=CardState.EXPIRED), "eligibility.card-expired"),
        (Holder(born=ADULT.born, card=CardState.SUSPENDED), "eligibility.card-suspended"),
        (Holder(born=ADULT.born, card="juki"), "eligibility.juki-card"),
    ],
)
def test_what_comes_first_is_told(holder: Holder, code: str) -> None:
    """S-07, S-29, S-30, S-57, S-58; R-1.1, R-1.2: the other municipality, a new card, the stop lifted."""
    found = asked(Procedure.RENEWAL, holder=holder)

    assert (found.means, found.opens, found.visits, found.fee) == ("not", None, (), None)
    assert [codes(other) for other in found.instead] == [[code]]
    assert found.instead[0].interview is None
    assert code.partition(".")[0] == "eligibility"
    assert set(found.rules) >= {"R-3.8"}


def test_a_child_is_shown_the_way() -> None:
    """S-08, S-09; R-1.4, R-1.5: the signature certificate from 15; today the authentication certificate, by a parent."""
    found = asked(Procedure.NEW, holder=CHILD)

    assert (found.means, found.opens) == ("same_day", date(2027, 4, 1))
    assert codes(found)[0] == "eligibility.ward_or_under15_principle"
    assert "R-1.4" in found.rules
    assert [codes(other) for other in found.instead] == [
        ["checklist.authentication-alone", "checklist.representative-comes"]
    ]
    assert found.instead[0].interview is not None
    assert found.instead[0].interview.claim == Claim(power=Power.PARENT)
    assert found.instead[0].interview.kinds == AUTHENTICATION


@pytest.mark.parametrize(
    ("ends", "kinds"),
    [
        ({"signature_expires": ON, "authentication_expires": date(2028, 6, 10)}, AUTHENTICATION),
        ({"signature_expires": date(2028, 6, 10), "authentication_expires": ON - timedelta(days=1)}, SIGNATURE),
        ({"authentication_expires": date(2028, 6, 10)}, AUTHENTICATION),  # the first signature certificate, at 15
    ],
)
def test_beside_one_in_force_the_other_is_issued_alone(ends: dict[str, Any], kinds: frozenset[CertificateKind]) -> None:
    """R-1.5, R-1.10, R-2.2, R-3.10; S-36: nobody pays for a re-issue of both where one is over, or was never there."""
    asked = interview(Procedure.NEW, SELF, on=ON + timedelta(days=(ends.get("signature_expires") == ON)), **ends)
    way = instead(NATIONAL, asked, days(NATIONAL, asked))[0]

    assert [one.code for one in way.findings] == ["checklist.rest-anew"]
    assert way.interview is not None
    assert way.interview.kinds == frozenset(CertificateKind) - kinds


@pytest.mark.parametrize(("applicant", "means"), [(SELF, "same_day"), (AGENT, "two_visits")])
def test_a_pin_that_is_not_known_is_reset(applicant: Applicant, means: str) -> None:
    """R-2.9, R-2.10, R-6.3; S-43, S-61: nobody changes what they do not know: the same PIN is set anew, by who comes."""
    lost = frozenset({PinKind.AUTHENTICATION})
    found = asked(Procedure.PIN_CHANGE, applicant, unknown_pins=lost)
    way = found.instead[0]

    assert (found.means, codes(found)) == ("not", ["checklist.pin-unknown"])
    assert codes(way) == ["checklist.pin-reset-instead"]
    assert way.interview is not None
    assert (way.interview.procedure, way.interview.unknown_pins) == (Procedure.PIN_RESET, lost)
    assert checklist(NATIONAL, way.interview).means == means
    assert asked(Procedure.PIN_CHANGE, applicant).means == means  # nothing is forgotten


def test_on_a_card_made_anew_nothing_is_renewed() -> None:
    """R-1.2, R-2.3: what was on the lost card is re-issued, inside the window of a renewal as well."""
    ends: dict[str, Any] = {"signature_expires": ENDS, "authentication_expires": ENDS}

    assert told(Procedure.NEW, SELF, reason=FeeReason.CARD_LOST, **ends) == [["checklist.reissue-on-the-new-card"]]
    assert told(Procedure.NEW, SELF, reason=FeeReason.FIRST, **ends) == [[RENEW]]


def test_a_window_that_opens_before_the_office_does_is_open() -> None:
    """R-2.3, R-4.4: who asks on a Saturday can renew on Monday."""
    ends: dict[str, Any] = {"signature_expires": date(2026, 8, 9), "authentication_expires": date(2026, 8, 9)}

    assert told(Procedure.NEW, SELF, on=date(2026, 5, 9), **ends) == [[RENEW]]
    assert told(Procedure.NEW, SELF, on=date(2026, 5, 8), **ends) == [[EARLY], [RENEW]]


def test_of_two_windows_one_open_a_reissue_is_still_a_way() -> None:
    """R-2.4, R-3.8: both are renewed together only when both windows are open."""
    far = date(2027, 3, 1)

    assert told(Procedure.NEW, SELF, signature_expires=ENDS, authentication_expires=far) == [[EARLY]]


@pytest.mark.parametrize("expires", [ON, ENDS, date(2028, 6, 10)])
def test_a_renewal_of_what_has_no_known_end_is_not_proposed(expires: date) -> None:
    """R-1.11, R-3.8: a signature certificate on a card that cannot have one, and nothing known of the other."""
    face = replace(ADULT, face_card=True)
    found = asked(Procedure.NEW, kinds=SIGNATURE, holder=face, signature_expires=expires)

    proposed = [one.interview for one in found.instead if one.interview is not None]
    assert not [one for one in proposed if one.procedure is Procedure.RENEWAL and one.kinds == AUTHENTICATION]
