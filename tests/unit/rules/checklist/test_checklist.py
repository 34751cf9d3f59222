from datetime import date, time, timedelta
from typing import Any

import pytest

from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.eligibility import Holder
from openjpki.rules.kinds import (
    Applicant,
    Capacity,
    PinKind,
    Power,
    Procedure,
)
from openjpki.rules.policy import Policy
from openjpki.rules.representation import Claim
from tests.unit.rules.checklist.interviews import (
    ADULT,
    ALL_PINS,
    AUTHENTICATION,
    CHILD,
    ENDS,
    NATIONAL,
    ON,
    asked,
    codes,
    interview,
    listed,
)

AGENT, HOUSEHOLD = Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD
REPRESENTATIVE = Applicant.LEGAL_REPRESENTATIVE
PARENT = Claim(power=Power.PARENT, same_household=True)


def test_a_holder_renews() -> None:
    """S-37 to S-42; R-2.20, R-3.8, R-6.7: the card, the notice unless lost, both PINs; one visit, free, in the window."""
    found = asked(Procedure.RENEWAL, notice=True)

    assert (found.means, found.opens, found.closes) == ("same_day", ON, ENDS)
    assert [listed(items) for items in found.visits] == [
        [("card", True), ("notice", False), ("drivers-licence", False)]
    ]
    assert [pin.kind for pin in found.pins if pin.remember and not pin.think_of] == list(NATIONAL.window_pins)
    assert found.fee is not None
    assert (found.fee.yen, found.letter, found.kiosk, found.instead) == (0, None, None, ())
    assert (found.counter.place, found.counter.hours.opens, found.counter.hours.closes) == (
        "茨木市役所 南館9階",
        time(8, 45),
        time(17, 15),
    )
    assert {"S-31", "S-37", "S-38", "S-39", "S-40", "S-41", "S-42"} <= set(found.rules)


def test_a_forgotten_pin_asks_for_a_document_and_a_new_pin() -> None:
    """S-43 to S-45, S-61 to S-63; R-6.3: a document other than the card, a new PIN thought of, and still one visit."""
    card = date(2032, 6, 10)
    found = asked(Procedure.RENEWAL, unknown_pins=frozenset({PinKind.SIGNATURE}), card_expires=card)

    assert found.means == "same_day"
    assert listed(found.visits[0]) == [("card", True), ("notice", False), ("drivers-licence", True)]
    assert DocumentKind.MY_NUMBER_CARD not in found.visits[0][2].kinds
    assert [(pin.kind, pin.remember) for pin in found.pins if pin.think_of] == [(PinKind.SIGNATURE, False)]
    assert codes(found) == ["identity.pin-reset-first", "identity.copies-kept", "notice.not-needed"]


def test_without_pin_and_document_it_takes_the_letter() -> None:
    """S-14, S-15; R-2.24: two visits; to the second the reply is brought, within the term, which ends on an open day."""
    found = asked(Procedure.NEW, unknown_pins=ALL_PINS, documents=())

    assert found.means == "two_visits"
    assert [listed(items) for items in found.visits] == [[("card", True)], [("card", True), ("reply", True)]]
    assert found.letter is not None
    assert (found.letter.days, found.letter.until) == (30, date(2026, 6, 1))
    assert found.instead == ()


def test_an_agent_with_the_sealed_form_comes_once() -> None:
    """S-46 to S-54; R-2.23: the holder's card, a photo document, the notice, the form; the holder is asked to come (S-47)."""
    found = asked(Procedure.RENEWAL, AGENT, form="sealed", notice=True)

    assert found.means == "same_day"
    assert listed(found.visits[0]) == [("card", True), ("notice", False), ("form", True), ("drivers-licence", True)]
    _, notice, form, photo = found.visits[0]
    assert notice.rules == ("R-7.1", "S-50")
    assert form.rules == ("R-2.23", "S-51", "S-52", "S-53", "S-54")
    assert photo.rules == ("R-2.23", "S-49", "R-2.21", "S-59")
    assert DocumentKind.ELIGIBILITY_CERTIFICATE not in photo.kinds
    assert {DocumentKind.DRIVERS_LICENCE, DocumentKind.MY_NUMBER_CARD, DocumentKind.PASSPORT} <= set(photo.kinds)
    assert "agent.holder-preferred" in codes(found)


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({}, "agent.two-visits"),
        ({"form": "opened"}, "agent.unsealed"),
        ({"form": "sealed", "unknown_pins": ALL_PINS}, "agent.two-visits"),
        ({"form": "sealed", "form_until": ON - timedelta(days=1)}, "agent.two-visits"),
        ({"form": "sealed", "card_items_change": True}, "agent.two-visits"),
    ],
)
def test_else_an_agent_comes_twice(answers: dict[str, Any], code: str) -> None:
    """S-14 to S-16, S-56; R-2.23, R-2.24: without what R-2.23 asks for; the holder in person would come once."""
    found = asked(Procedure.RENEWAL, AGENT, **answers)

    assert (found.means, len(found.visits)) == ("two_visits", 2)
    assert code in codes(found)
    assert "checklist.second-visit-in-time" in codes(found)
    assert codes(found.instead[0]) == ["checklist.holder-comes"]


def test_a_representative_applies_for_a_child() -> None:
    """S-09, S-10; R-1.3, R-2.22: the authentication certificate, up to the day before the child is 15; ask first."""
    found = asked(Procedure.NEW, REPRESENTATIVE, holder=CHILD, claim=PARENT, kinds=AUTHENTICATION)

    (applies,) = (finding for finding in found.findings if finding.code == "eligibility.representative-applies")
    assert applies.bring_ja == ""  # the list says what proves the power, and here nothing has to
    assert (found.means, found.closes) == ("same_day", date(2027, 3, 31))
    assert listed(found.visits[0]) == [("card", True), ("drivers-licence", True)]
    assert "eligibility.representative-applies" in codes(found)


def test_a_household_that_moves_comes_once() -> None:
    """R-2.25: with the report of the move and the sealed mandate, on the same day; else as any agent."""
    found = asked(Procedure.REISSUE, HOUSEHOLD, move_report=True)

    assert found.means == "same_day"
    assert listed(found.visits[0]) == [
        ("card", True),
        ("sealed-mandate", True),
        ("move-report", True),
        ("drivers-licence", True),
    ]
    assert "R-2.25" in found.visits[0][2].rules
    assert found.fee is not None
    assert found.fee.yen == 0
    assert asked(Procedure.REISSUE, HOUSEHOLD).means == "two_visits"


def test_a_household_that_moves_seals_an_opened_mandate_anew() -> None:
    """R-2.25; S-54: an unsealed paper is refused; the household has another one written, and comes once with it."""
    opened = asked(Procedure.REISSUE, HOUSEHOLD, move_report=True, form="opened")
    sealed = asked(Procedure.REISSUE, HOUSEHOLD, move_report=True)

    assert (opened.means, opened.visits) == (sealed.means, sealed.visits)
    assert set(codes(opened)) - set(codes(sealed)) == {"agent.unsealed"}
    assert "household.only-with-move" not in codes(opened)


def test_a_hold_is_taken_by_telephone() -> None:
    """R-2.7, R-4.6: from anybody, at any hour, with nothing to bring."""
    found = asked(Procedure.HOLD, HOUSEHOLD, holder=None)

    assert (found.means, found.visits, found.pins, codes(found)) == ("telephone", (), (), ["hold.by-telephone"])
    assert found.rules == ("R-2.7", "R-4.6")


def test_a_representative_brings_two_documents_for_a_reset() -> None:
    """R-2.22, R-6.4: a photo document and another one, whichever; and the proof of power."""
    found = asked(Procedure.PIN_RESET, REPRESENTATIVE, holder=CHILD, claim=Claim(power=Power.PARENT))

    assert listed(found.visits[0]) == [
        ("card", True),
        ("family-register-certificate", True),
        ("drivers-licence", True),
        ("drivers-licence", True),
    ]
    _, register, photo, other = found.visits[0]
    assert (register.another, photo.another, other.another) == (False, False, True)
    assert DocumentKind.PENSION_BOOK not in photo.kinds
    assert DocumentKind.PENSION_BOOK in other.kinds


def test_a_ward_is_represented_with_a_fresh_certificate() -> None:
    """R-1.7, R-2.22: the 登記事項証明書, three months old at most."""
    ward = Holder(born=date(1950, 1, 1), capacity=Capacity.GUARDIANSHIP)
    found = asked(Procedure.NEW, REPRESENTATIVE, holder=ward, claim=Claim(power=Power.GUARDIAN), kinds=AUTHENTICATION)

    certificate = found.visits[0][1]
    assert (certificate.kinds, certificate.months) == ((DocumentKind.GUARDIANSHIP_CERTIFICATE,), 3)


def test_a_face_card_has_no_pin() -> None:
    """R-1.11: no PIN is asked for; the signature certificate takes the switch first, the other one can be had as it is."""
    face = Holder(born=ADULT.born, face_card=True)
    found = asked(Procedure.RENEWAL, holder=face)
    alone = asked(Procedure.RENEWAL, holder=face, kinds=AUTHENTICATION)
    online = asked(Procedure.REVOCATION, holder=face)

    assert [codes(other) for other in found.instead] == [["checklist.face-card-authentication"]]
    assert found.instead[0].findings[0].sentence == ""  # the page knows no such card
    assert (alone.means, alone.pins) == ("same_day", ())
    assert listed(alone.visits[0]) == [("card", True), ("notice", False), ("drivers-licence", True)]
    assert "checklist.revoke-online" not in codes(online)


def test_the_notice_where_it_is_asked_for() -> None:
    """S-40; R-7.1, CF-11: under `notice_required` it is on the list, and without it nothing can be done."""
    asking = NATIONAL.with_settings({"notice_required": "true"})
    found = asked(Procedure.RENEWAL, policy=asking)

    assert (found.means, codes(found)) == ("not", ["renewal.notice-required"])
    assert listed(asked(Procedure.RENEWAL, policy=asking, notice=True).visits[0])[1] == ("notice", True)


def test_the_page_asks_for_a_matching_pin() -> None:
    """S-14; CF-3: under the preset `page` a document is no way around it at a new issue, so none is put on the list."""
    page = Policy.preset("page")

    assert listed(asked(Procedure.NEW, policy=page).visits[0]) == [("card", True)]
    assert asked(Procedure.NEW, policy=page, unknown_pins=ALL_PINS).means == "two_visits"


def test_what_somebody_has_decides() -> None:
    """S-59; R-2.21: an agent with a document of list B only comes twice, and not with one that will have expired."""
    had = (ShownDocument(kind=DocumentKind.PENSION_BOOK), ShownDocument(kind=DocumentKind.FAMILY_REGISTER_CERTIFICATE))
    last = date(2026, 5, 20)
    licence = (ShownDocument(kind=DocumentKind.DRIVERS_LICENCE, expires=last),)
    found = asked(Procedure.RENEWAL, AGENT, form="sealed", agent_documents=had)

    assert found.means == "two_visits"
    assert found.visits[0][2].kinds == (DocumentKind.PENSION_BOOK,)
    assert asked(Procedure.RENEWAL, AGENT, form="sealed", agent_documents=licence).closes == last


def test_a_reply_in_hand_is_brought() -> None:
    """S-15; R-2.24: who has the letter comes once more, in its term; to be sure also where the PIN is known."""
    sent = ON - timedelta(days=10)
    found = asked(Procedure.NEW, unknown_pins=ALL_PINS, documents=(), form="returned", inquiry_sent=sent)
    sure = asked(Procedure.NEW, documents=(), form="returned")

    assert (found.means, found.closes) == ("same_day", date(2026, 5, 21))
    assert listed(found.visits[0]) == [("card", True), ("reply", True)]
    assert listed(sure.visits[0]) == [("card", True), ("reply", False)]


def test_a_second_visit_that_would_fail_is_no_way() -> None:
    """R-2.24: under `inquiry_reply_holder_document` an agent of a holder without a document is refused at once."""
    policy = NATIONAL.with_settings({"inquiry_reply_holder_document": "true"})
    found = asked(Procedure.NEW, AGENT, policy=policy, documents=())

    assert (found.means, codes(found)) == ("not", ["agent.holder-document"])
    second = asked(Procedure.NEW, AGENT, policy=policy).visits[1]
    assert not any(item.another for item in second)
    assert listed(second) == [
        ("card", True),
        ("reply", True),
        ("drivers-licence", True),
        ("drivers-licence", True),
    ]


def test_an_interview_says_what_its_answer_rests_on() -> None:
    """R-1.6, R-3.8: the same question asked twice has the same answer."""
    question = interview(Procedure.RENEWAL)

    assert question == interview(Procedure.RENEWAL)
    assert asked(Procedure.RENEWAL) == asked(Procedure.RENEWAL)


def test_the_signature_pin_of_a_child_is_refused() -> None:
    """R-1.3, R-1.4; S-08: there is no such certificate, and so no PIN of it, whoever comes."""
    found = asked(
        Procedure.PIN_RESET, REPRESENTATIVE, holder=CHILD, claim=PARENT, unknown_pins=frozenset({PinKind.SIGNATURE})
    )

    assert (found.means, codes(found)) == ("not", ["eligibility.ward_or_under15_principle"])
    assert "{" not in found.findings[0].ja
