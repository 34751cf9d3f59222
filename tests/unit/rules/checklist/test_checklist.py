from datetime import date, time, timedelta
from typing import Any

import pytest

from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.eligibility import Holder
from openjpki.rules.fees import NoFeeRow, ReasonOfAnother
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
from openjpki.rules.office import NeverOpen
from openjpki.rules.policy import Policy
from openjpki.rules.remaking import NotNearExpiry
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
    interview,
    listed,
)

AGENT, HOUSEHOLD = Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD
REPRESENTATIVE = Applicant.LEGAL_REPRESENTATIVE
PARENT = Claim(power=Power.PARENT, same_household=True)


def codes(found: object) -> list[str]:
    """Return the codes of some findings."""
    return [finding.code for finding in found.findings]  # type: ignore[attr-defined]


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


def test_before_the_window_one_may_wait_or_have_it_issued_early() -> None:
    """S-33; R-2.4, R-3.8; E-16, E-17: from the first day of the window; a re-issue is possible now, at 200 yen (R-4.2)."""
    found = asked(Procedure.RENEWAL, on=date(2026, 3, 10), notice=True)

    assert (found.means, found.opens, found.first_open_day) == ("same_day", date(2026, 3, 11), date(2026, 3, 11))
    assert [finding.code for finding in found.waits] == codes(found)[:1] == ["renewal.not-yet"]
    assert "notice.comes-early" in codes(found)
    assert [codes(other) for other in found.instead] == [["checklist.early-reissue"]]
    early = found.instead[0]
    assert early.interview is not None
    assert (early.interview.procedure, early.opens) == (Procedure.REISSUE, date(2026, 3, 10))
    cost = asked(Procedure.REISSUE, on=date(2026, 3, 10), signature_expires=ENDS).fee
    assert cost is not None
    assert (cost.yen, cost.rules) == (200, ("R-4.2",))


def test_a_closed_last_day_is_told() -> None:
    """R-4.7; E-36: expiry on Sunday 2026-05-03: the last useful day is Friday, later it is a new issue, free of charge."""
    sunday = date(2026, 5, 3)
    ends: dict[str, Any] = {"signature_expires": sunday, "authentication_expires": sunday}
    found = asked(Procedure.RENEWAL, **ends)

    assert (found.closes, found.last_open_day) == (sunday, ON)
    assert "deadline.closed-day" in codes(found)

    late = asked(Procedure.RENEWAL, on=sunday, **ends)
    assert (late.means, codes(late)) == ("not", ["renewal.no-open-day"])
    assert [(codes(other), other.opens) for other in late.instead] == [
        (["checklist.new-issue"], date(2026, 5, 7)),
    ]
    assert late.instead[0].interview is not None
    cost = asked(Procedure.NEW, on=sunday, **ends).fee
    assert cost is not None
    assert cost.yen == 0


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


def test_a_card_that_ends_sooner_ends_the_days() -> None:
    """R-1.2, S-07: past its last day the card has expired."""
    found = asked(Procedure.NEW, card_expires=date(2026, 5, 20))

    assert (found.closes, found.last_open_day) == (date(2026, 5, 20), date(2026, 5, 20))


def test_a_hold_is_taken_by_telephone() -> None:
    """R-2.7, R-4.6: from anybody, at any hour, with nothing to bring."""
    found = asked(Procedure.HOLD, HOUSEHOLD, holder=None)

    assert (found.means, found.visits, found.pins, codes(found)) == ("telephone", (), (), ["hold.by-telephone"])
    assert found.rules == ("R-2.7", "R-4.6")


@pytest.mark.parametrize(
    ("unknown", "place"),
    [
        ({PinKind.SIGNATURE}, "kiosk-later"),
        ({PinKind.AUTHENTICATION}, "kiosk-later"),
        ({PinKind.SIGNATURE, PinKind.AUTHENTICATION}, "window"),
        ({PinKind.RESIDENT_RECORD}, "window"),
        ({PinKind.SIGNATURE, PinKind.RESIDENT_RECORD}, "window"),
        (set(), "window"),
    ],
)
def test_a_kiosk_resets_one_pin(unknown: set[PinKind], place: str) -> None:
    """R-6.6: with the other PIN known; else the window, where one document is enough (S-62; R-6.3)."""
    found = asked(Procedure.PIN_RESET, unknown_pins=frozenset(unknown))

    assert found.kiosk is not None
    assert found.kiosk.place == place
    assert ("kiosk.free" in codes(found.kiosk)) is (place == "kiosk-later")
    assert ("kiosk.app-first" in codes(found.kiosk)) is (place == "kiosk-later")
    assert listed(found.visits[0]) == [("card", True), ("drivers-licence", True)]


def test_a_kiosk_takes_no_expired_certificate() -> None:
    """R-6.6: both certificates are in force, the last day included."""
    ended: dict[str, Any] = {"signature_expires": ON - timedelta(days=1), "authentication_expires": ON}
    reset = frozenset({PinKind.SIGNATURE})
    found = asked(Procedure.PIN_RESET, unknown_pins=reset, **ended)
    kiosk = asked(Procedure.PIN_RESET, unknown_pins=reset, signature_expires=ON, authentication_expires=ON).kiosk

    assert found.kiosk is not None
    assert codes(found.kiosk) == ["kiosk.certificate-not-in-force"]
    assert kiosk is not None
    assert kiosk.place == "kiosk-later"


def test_a_kiosk_helps_the_holder_alone_and_handles_what_the_window_does() -> None:
    """R-6.5, R-6.6: nobody else's face is on the card; a PIN that the window does not handle is not asked about."""
    two_pins = NATIONAL.with_settings({"window_pins": "signature,authentication"})
    record = frozenset({PinKind.RESIDENT_RECORD})

    assert asked(Procedure.PIN_RESET, AGENT).kiosk is None
    assert asked(Procedure.PIN_RESET, policy=two_pins, unknown_pins=record).kiosk is None


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


def test_a_revocation_asks_for_no_pin() -> None:
    """R-2.5: the card if it is there, a document; an agent a mandate; the holder can do it at home."""
    own, agent = asked(Procedure.REVOCATION), asked(Procedure.REVOCATION, AGENT)

    assert (listed(own.visits[0]), own.pins) == ([("card", False), ("drivers-licence", True)], ())
    assert codes(own)[-1] == "checklist.revoke-online"
    assert listed(agent.visits[0]) == [("card", False), ("mandate", True), ("drivers-licence", True)]


def test_a_pin_is_changed_with_the_old_one() -> None:
    """R-2.9: remembered and thought of anew; also at home. One that is not known is reset with a document (R-2.10)."""
    found = asked(Procedure.PIN_CHANGE, changed_pins=frozenset({PinKind.AUTHENTICATION}))
    lost = asked(Procedure.PIN_CHANGE, unknown_pins=frozenset({PinKind.AUTHENTICATION}))

    assert [(pin.kind, pin.remember, pin.think_of) for pin in found.pins] == [(PinKind.AUTHENTICATION, True, True)]
    assert codes(found)[-1] == "checklist.pin-change-at-home"
    assert "checklist.pin-change-at-home" not in codes(lost)
    assert listed(lost.visits[0]) == [("card", True), ("drivers-licence", True)]


def test_a_face_card_has_no_pin() -> None:
    """R-1.11: no PIN is asked for; the signature certificate takes the switch first, the other one can be had as it is."""
    face = Holder(born=ADULT.born, face_card=True)
    found = asked(Procedure.RENEWAL, holder=face)
    alone = asked(Procedure.RENEWAL, holder=face, kinds=AUTHENTICATION)
    online = asked(Procedure.REVOCATION, holder=face)

    assert [codes(other) for other in found.instead] == [["checklist.authentication-alone"]]
    assert (alone.means, alone.pins) == ("same_day", ())
    assert listed(alone.visits[0]) == [("card", True), ("notice", False), ("drivers-licence", True)]
    assert "checklist.revoke-online" not in codes(online)


@pytest.mark.parametrize(
    ("procedure", "answers", "yen", "rule"),
    [
        (Procedure.NEW, {}, 0, "R-4.1"),
        (Procedure.NEW, {"signature_expires": ON - timedelta(days=1)}, 0, "R-4.1"),
        (Procedure.REISSUE, {"signature_expires": date(2028, 6, 10)}, 200, "R-4.2"),
        (Procedure.REISSUE, {}, 0, "R-4.1"),
        (Procedure.REISSUE, {"reason": FeeReason.OWN_REQUEST}, 200, "R-4.2"),
        (Procedure.NEW, {"reason": FeeReason.CARD_LOST}, 1000, "R-4.1"),
        (Procedure.PIN_RESET, {}, 0, "R-4.1"),
    ],
)
def test_what_it_costs(procedure: Procedure, answers: dict[str, Any], yen: int, rule: str) -> None:
    """S-18, S-27; R-4.1, R-4.2; E-29 to E-31: the highest of the certificates, or the card made anew with them."""
    found = asked(procedure, **answers)

    assert found.fee is not None
    assert (found.fee.yen, found.fee.rules) == (yen, (rule,))
    assert ("fee.remake" in codes(found)) is (yen == 1000)


@pytest.mark.parametrize(
    ("procedure", "ends", "yen"),
    [
        (Procedure.NEW, None, 1),
        (Procedure.REISSUE, None, 2),
        (Procedure.NEW, ON - timedelta(days=1), 3),
        (Procedure.REISSUE, ON, 4),
        (Procedure.RENEWAL, ON, 4),
        (Procedure.REISSUE, date(2026, 7, 31), 4),
        (Procedure.REISSUE, date(2026, 8, 1), 200),
    ],
)
def test_why_it_is_issued(procedure: Procedure, ends: date | None, yen: int) -> None:
    """R-4.1, R-4.2; S-18, S-27: by the last day, itself included, and by the window's first."""
    table = NATIONAL.with_settings({"fee_table": "first=1;attributes-changed=2;after-expiry=3;renewal=4"})
    found = asked(procedure, policy=table, signature_expires=ends, authentication_expires=ends)

    assert found.fee is not None
    assert found.fee.yen == yen


@pytest.mark.parametrize(
    ("procedure", "reason"),
    [
        (Procedure.RENEWAL, FeeReason.CARD_LOST),
        (Procedure.RENEWAL, FeeReason.AFTER_EXPIRY),
        (Procedure.NEW, FeeReason.RENEWAL),
        (Procedure.REISSUE, FeeReason.FIRST),
        (Procedure.PIN_RESET, FeeReason.FIRST),
        (Procedure.HOLD, FeeReason.CARD_LOST),
    ],
)
def test_a_reason_of_another_procedure_is_refused(procedure: Procedure, reason: FeeReason) -> None:
    """R-2.2 to R-2.4, R-4.1: a lost card is made anew, not renewed: nothing is reckoned from answers that contradict each other."""
    with pytest.raises(ReasonOfAnother, match=r"fees\.other-procedure"):
        asked(procedure, reason=reason)


def test_a_reason_goes_with_the_procedure_that_is_proposed() -> None:
    """R-4.1; S-36: what is proposed instead has its own reason, unless the one told goes with it as well."""
    over = asked(Procedure.RENEWAL, on=date(2026, 6, 11), reason=FeeReason.RENEWAL)
    ends: dict[str, Any] = {"signature_expires": date(2026, 12, 1), "authentication_expires": date(2026, 12, 1)}
    lost = asked(Procedure.NEW, reason=FeeReason.CARD_LOST, **ends)

    assert [way.interview and (way.interview.procedure, way.interview.reason) for way in over.instead] == [
        (Procedure.NEW, None)
    ]
    assert [way.interview and (way.interview.procedure, way.interview.reason) for way in lost.instead] == [
        (Procedure.REISSUE, FeeReason.CARD_LOST),
        (Procedure.RENEWAL, None),
    ]


def test_a_card_far_from_its_end_is_no_reason() -> None:
    """R-4.1: a card is made anew for its end with less than three months left."""
    near: dict[str, Any] = {"reason": FeeReason.CARD_NEAR_EXPIRY}

    assert asked(Procedure.NEW, card_expires=date(2026, 7, 31), **near).means == "same_day"
    with pytest.raises(NotNearExpiry):
        asked(Procedure.NEW, card_expires=date(2026, 8, 1), **near)


def test_the_term_of_the_letter_runs_from_the_first_open_day() -> None:
    """R-2.24, R-4.7: on a closed day nothing is sent."""
    found = asked(Procedure.NEW, AGENT, on=date(2026, 5, 2))

    assert (found.opens, found.first_open_day) == (date(2026, 5, 2), date(2026, 5, 7))
    assert found.letter is not None
    assert found.letter.until == date(2026, 6, 8)


def test_a_table_without_the_case_is_told() -> None:
    """R-4.1: no fee is made up."""
    with pytest.raises(NoFeeRow):
        asked(Procedure.NEW, policy=NATIONAL.with_settings({"fee_table": "renewal=0"}))


def test_an_office_that_never_opens_is_told() -> None:
    """R-4.4: no day is made up either."""
    closed = NATIONAL.with_settings({"office_calendar": "mon,tue,wed,thu,fri,sat,sun"})

    with pytest.raises(NeverOpen):
        asked(Procedure.NEW, policy=closed)


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


def test_a_document_that_does_not_count_is_told() -> None:
    """S-59; R-2.21: not dropped in silence: who hears why can bring another one."""
    gone = (ShownDocument(kind=DocumentKind.DRIVERS_LICENCE, expires=date(2026, 4, 1)),)
    found = asked(Procedure.RENEWAL, unknown_pins=ALL_PINS, documents=gone)

    assert found.means == "two_visits"
    assert "identity.document-expired" in codes(found)


def test_a_representative_is_told_what_a_reset_takes() -> None:
    """R-2.22, R-6.4: two documents where a PIN is set anew on the way."""
    child: dict[str, Any] = {"holder": CHILD, "kinds": AUTHENTICATION, "claim": Claim(power=Power.PARENT)}
    represented = Applicant.LEGAL_REPRESENTATIVE
    told = codes(asked(Procedure.NEW, represented, unknown_pins=ALL_PINS, **child))

    assert "checklist.reset-two-documents" in told
    assert "checklist.reset-two-documents" not in codes(asked(Procedure.NEW, represented, **child))


def test_the_end_of_the_card_is_asked_after() -> None:
    """R-7.5, CF-12: where it is not known, who renews looks at the card first; under another ruling it decides nothing."""
    either = NATIONAL.with_settings({"card_first_if_same_expiry": "false"})

    assert "checklist.card-end-unknown" in codes(asked(Procedure.RENEWAL))
    assert "checklist.card-end-unknown" not in codes(asked(Procedure.RENEWAL, card_expires=date(2032, 6, 10)))
    assert "checklist.card-end-unknown" not in codes(asked(Procedure.RENEWAL, policy=either))
    assert "checklist.card-end-unknown" not in codes(asked(Procedure.NEW))


def test_the_signature_pin_of_a_child_is_refused() -> None:
    """R-1.3, R-1.4; S-08: there is no such certificate, and so no PIN of it, whoever comes."""
    found = asked(
        Procedure.PIN_RESET, REPRESENTATIVE, holder=CHILD, claim=PARENT, unknown_pins=frozenset({PinKind.SIGNATURE})
    )

    assert (found.means, codes(found)) == ("not", ["eligibility.ward_or_under15_principle"])
    assert "{" not in found.findings[0].ja


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({}, ["checklist.revoke-online"]),
        ({"signature_expires": ON}, ["checklist.revoke-online"]),
        ({"signature_expires": ON - timedelta(days=1)}, ["checklist.revoke-online"]),  # of the other nothing is known
        ({"unknown_pins": ALL_PINS}, []),
        ({"card_expires": ON - timedelta(days=1)}, []),
        ({"holder": Holder(born=ADULT.born, card=CardState.SUSPENDED)}, []),
        ({"holder": Holder(born=ADULT.born, face_card=True)}, []),
        (
            {"signature_expires": ON - timedelta(days=1), "authentication_expires": ON - timedelta(days=1)},
            ["checklist.revocation-not-needed"],
        ),
    ],
)
def test_who_can_revoke_online_and_who_need_not(answers: dict[str, Any], told: list[str]) -> None:
    """R-2.5, R-3.10; S-35: it takes a card in force and known PINs; what has expired is not revoked."""
    about = {"checklist.revoke-online", "checklist.revocation-not-needed"}

    assert [code for code in codes(asked(Procedure.REVOCATION, **answers)) if code in about] == told


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (FeeReason.CARD_LOST, ["checklist.new-card-first", "hold.by-telephone"]),
        (FeeReason.CARD_STOLEN, ["checklist.new-card-first", "hold.by-telephone"]),
        (FeeReason.CARD_DAMAGED, ["checklist.new-card-first"]),
        (FeeReason.OFFICE_ERROR, []),
        (FeeReason.ATTRIBUTES_CHANGED, ["checklist.authentication-goes-on"]),
        (FeeReason.OWN_REQUEST, []),
    ],
)
def test_what_the_reason_of_a_reissue_leads_to(reason: FeeReason, told: list[str]) -> None:
    """R-1.2, R-2.7, R-5.3; S-07, S-25: a new card comes first, a lost one is stopped at once, and a move ends one certificate."""
    about = {"checklist.new-card-first", "hold.by-telephone", "checklist.authentication-goes-on"}

    assert [code for code in codes(asked(Procedure.REISSUE, reason=reason)) if code in about] == told
    if reason is FeeReason.ATTRIBUTES_CHANGED:
        alone = frozenset({CertificateKind.SIGNATURE})
        assert not about & set(codes(asked(Procedure.REISSUE, reason=reason, kinds=alone)))


def test_a_signature_certificate_renewed_alone_ends_with_the_other() -> None:
    """R-3.1; S-20: it is told while the other is in force, its last day included, and where it is known."""
    alone: dict[str, Any] = {"kinds": frozenset({CertificateKind.SIGNATURE})}
    told = "checklist.ends-with-authentication"

    assert told in codes(asked(Procedure.RENEWAL, authentication_expires=ON, **alone))
    assert told not in codes(asked(Procedure.RENEWAL, authentication_expires=ON - timedelta(days=1), **alone))
    assert told not in codes(asked(Procedure.RENEWAL, authentication_expires=None, **alone))
    assert told not in codes(asked(Procedure.RENEWAL))
