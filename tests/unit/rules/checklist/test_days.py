from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from openjpki.rules.checklist.days import day_plan, days, replied, second_visit
from openjpki.rules.checklist.interview import Interview
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.eligibility import Holder
from openjpki.rules.kinds import Applicant, Capacity, Power, Procedure, Residence
from openjpki.rules.office import NeverOpen, open_day_until
from openjpki.rules.representation import Claim
from tests.unit.rules.checklist.interviews import (
    ADULT,
    ALL_PINS,
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

ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("on", "opens", "way"),
    [
        (date(2026, 3, 10), date(2026, 3, 11), "refused"),
        (date(2026, 3, 11), date(2026, 3, 11), "same_day"),
        (ENDS, ENDS, "same_day"),
    ],
)
def test_a_renewal_goes_by_its_window(on: date, opens: date, way: str) -> None:
    """R-3.8; S-31, S-33; E-17, E-18: from the window's first day through the expiry, and never before the interview."""
    found = days(NATIONAL, interview(Procedure.RENEWAL, on=on))

    assert (found.plan.way, found.opens, found.closes, found.today.way) == ("same_day", opens, ENDS, way)


def test_two_certificates_are_renewed_together_while_both_windows_are_open() -> None:
    """R-3.8: from the later opening to the earlier end; where the windows do not meet there is no day."""
    later = ENDS + timedelta(days=20)
    found = days(NATIONAL, interview(Procedure.RENEWAL, on=date(2026, 3, 1), authentication_expires=later))
    apart = days(NATIONAL, interview(Procedure.RENEWAL, authentication_expires=ENDS + timedelta(days=200)))

    assert (found.opens, found.closes) == (date(2026, 3, 31), ENDS)
    assert (apart.plan.way, apart.closes, apart.last_open_day) == ("refused", None, None)


def test_a_notice_opens_the_window_where_a_municipality_says_so() -> None:
    """R-7.1, CF-11: under `notice_opens_window` a notice in hand is enough."""
    early = NATIONAL.with_settings({"notice_opens_window": "true"})
    asked = interview(Procedure.RENEWAL, on=date(2026, 3, 2), notice=True)

    assert days(early, asked).opens == date(2026, 3, 2)
    assert days(NATIONAL, asked).opens == date(2026, 3, 11)


def test_a_parent_acts_up_to_the_15th_birthday() -> None:
    """R-1.4, R-1.6; E-01: the last day is the one before it; the child alone from that day on."""
    parent = Claim(power=Power.PARENT, same_household=True)
    asked = interview(Procedure.NEW, Applicant.LEGAL_REPRESENTATIVE, holder=CHILD, claim=parent, kinds=AUTHENTICATION)

    found = days(NATIONAL, asked)
    assert (found.closes, found.of_age, [one.code for one in found.findings]) == (
        date(2027, 3, 31),
        True,
        ["checklist.of-age"],
    )
    assert "On 2027-04-01" in found.findings[0].en
    assert days(NATIONAL, interview(Procedure.NEW, holder=CHILD)).opens == date(2027, 4, 1)


def test_the_eve_of_the_15th_birthday_is_no_deadline() -> None:
    """R-1.4, R-1.6, R-4.7: on a closed day nothing is said of one; a card that ends with it is one, and a closed one told."""
    parent = Claim(power=Power.PARENT, same_household=True)
    on_a_saturday = Holder(born=date(2013, 11, 11))  # the 15th birthday, and 2013-11-13 a Monday
    answers: dict[str, Any] = {"on": date(2028, 11, 6), "claim": parent, "kinds": AUTHENTICATION}
    eve = interview(Procedure.NEW, Applicant.LEGAL_REPRESENTATIVE, holder=Holder(born=date(2013, 11, 13)), **answers)
    card = replace(eve, card_expires=date(2028, 11, 12))
    on_a_friday = interview(Procedure.NEW, Applicant.LEGAL_REPRESENTATIVE, holder=on_a_saturday, **answers)

    def told(asked: Interview) -> tuple[date | None, date | None, bool, list[tuple[str, str]]]:
        found = days(NATIONAL, asked)
        codes = [(finding.code, finding.sentence) for finding in found.findings]
        return found.closes, found.last_open_day, found.of_age, codes

    friday = date(2028, 11, 10)
    assert told(eve) == (date(2028, 11, 12), friday, True, [("checklist.of-age", "S-08")])
    assert told(card) == (date(2028, 11, 12), friday, False, [("deadline.closed-day", "S-12")])
    assert told(on_a_friday) == (friday, friday, True, [("checklist.of-age", "S-08")])


def test_a_ward_of_15_does_not_apply_alone() -> None:
    """R-1.6, R-1.7: who turns 15 under guardianship is represented further, by the guardian."""
    ward = replace(CHILD, capacity=Capacity.GUARDIANSHIP)
    parent = Claim(power=Power.PARENT, same_household=True)
    asked = interview(Procedure.NEW, Applicant.LEGAL_REPRESENTATIVE, holder=ward, claim=parent, kinds=AUTHENTICATION)
    found = days(NATIONAL, asked)

    assert (found.closes, found.of_age, found.findings) == (date(2027, 3, 31), True, ())


def test_the_hours_of_a_closed_last_day_are_the_procedures() -> None:
    """R-4.4, R-4.7; S-12, S-38: the page tells them apart for applications and for renewals."""
    sunday = date(2026, 5, 3)
    renewal = interview(Procedure.RENEWAL, signature_expires=sunday, authentication_expires=sunday)
    reset = interview(Procedure.PIN_RESET, card_expires=sunday)

    for one_of_two, sentence in ((renewal, "S-38"), (reset, "S-12")):
        assert [(one.code, one.sentence) for one in days(NATIONAL, one_of_two).findings] == [
            ("deadline.closed-day", sentence)
        ]


def test_who_has_to_wait_is_told_why() -> None:
    """R-1.4, R-3.8; S-08, S-33: all that stands in the way on the first open day; nothing where only the door is closed."""
    early = days(NATIONAL, interview(Procedure.RENEWAL, on=date(2026, 3, 10)))
    child = days(NATIONAL, interview(Procedure.NEW, holder=CHILD))
    saturday = days(NATIONAL, interview(Procedure.NEW, on=date(2026, 5, 2)))
    never = days(NATIONAL, interview(Procedure.RENEWAL, on=date(2026, 6, 11)))

    assert [one.code for one in early.waits] == ["renewal.not-yet"]
    assert [one.code for one in child.waits] == ["eligibility.ward_or_under15_principle", "representative.needed"]
    assert (saturday.waits, never.waits) == ((), ())


def test_a_day_abroad_counts_from_the_act() -> None:
    """R-1.1: Japanese nationals abroad from 2024-05-27."""
    holder = Holder(born=ADULT.born, residence=Residence.ABROAD_HERE)

    assert days(NATIONAL, interview(Procedure.NEW, on=date(2024, 5, 1), holder=holder)).opens == date(2024, 5, 27)


def test_papers_at_hand_set_the_last_day() -> None:
    """S-59; R-2.21, R-2.23, R-2.24: the document's last day, the form's, the reply's, and that of a kind (CF-9)."""
    last = date(2026, 5, 20)
    licence = (ShownDocument(kind=DocumentKind.DRIVERS_LICENCE, expires=last),)
    insurance = (ShownDocument(kind=DocumentKind.HEALTH_INSURANCE_CARD),)
    agent = Applicant.VOLUNTARY_AGENT
    lost: dict[str, Any] = {"unknown_pins": ALL_PINS}

    assert days(NATIONAL, interview(Procedure.NEW, documents=licence, **lost)).closes == last
    assert days(NATIONAL, interview(Procedure.RENEWAL, agent, form="sealed", form_until=last)).closes == last
    replying = interview(Procedure.NEW, form="returned", inquiry_sent=ON, documents=(), **lost)
    assert days(NATIONAL, replying).closes == date(2026, 6, 1)
    before = interview(Procedure.NEW, on=date(2025, 11, 28), documents=insurance, **lost)
    assert days(NATIONAL, before).closes == date(2025, 12, 1)


def test_the_document_that_lasts_longest_counts() -> None:
    """S-59; R-2.21: of two documents the one that runs out ends no window, nor does a kind that will (CF-9)."""
    soon = ShownDocument(kind=DocumentKind.DRIVERS_LICENCE, expires=date(2025, 12, 10))
    insurance = ShownDocument(kind=DocumentKind.HEALTH_INSURANCE_CARD)
    passport = ShownDocument(kind=DocumentKind.PASSPORT, expires=date(2026, 1, 9))

    for had in ((soon, passport, insurance), (insurance, soon, passport)):
        asked = interview(Procedure.NEW, on=date(2025, 11, 28), documents=had, unknown_pins=ALL_PINS)
        assert days(NATIONAL, asked).closes == passport.expires


def test_the_days_end_where_other_papers_are_needed() -> None:
    """R-2.24, R-4.7; S-15: while the reply counts it is enough; once it does not, the document is asked for."""
    passport = (ShownDocument(kind=DocumentKind.PASSPORT),)
    asked = interview(Procedure.NEW, form="returned", inquiry_sent=ON, documents=passport, unknown_pins=ALL_PINS)

    assert days(NATIONAL, asked).closes == date(2026, 6, 1)
    assert days(NATIONAL, replied(asked)).closes is None


def test_a_document_of_a_new_kind_counts_from_its_day() -> None:
    """R-2.21: the 資格確認書 from 2024-12-02; before, the letter is the way."""
    certificate = (ShownDocument(kind=DocumentKind.ELIGIBILITY_CERTIFICATE),)
    asked = interview(Procedure.NEW, on=date(2024, 11, 29), documents=certificate, unknown_pins=ALL_PINS)
    found = days(NATIONAL, asked)

    assert (found.plan.way, found.closes) == ("inquiry", date(2024, 12, 1))
    assert days(NATIONAL, interview(Procedure.NEW, on=date(2024, 12, 2), documents=certificate)).closes is None


def test_days_on_which_nobody_is_there_are_no_stretch() -> None:
    """R-4.7; E-36: on the Sunday that is the last day of the window nothing can be done any more."""
    sunday = date(2026, 5, 3)
    asked = interview(Procedure.RENEWAL, on=sunday, signature_expires=sunday, authentication_expires=sunday)
    found = days(NATIONAL, asked)

    assert found.plan.way == "refused"
    assert [finding.code for finding in found.plan.findings] == ["renewal.no-open-day"]
    assert found.first_open_day == date(2026, 5, 7)
    assert "runs to 2026-05-03" in found.plan.findings[0].en
    assert "on 2026-05-07" in found.plan.findings[0].bring_en
    later = days(NATIONAL, replace(asked, on=date(2026, 5, 4)))
    assert [finding.code for finding in later.plan.findings] == ["renewal.over"]


@pytest.mark.parametrize(
    ("on", "code"), [(date(2026, 5, 3), "checklist.card-ends-first"), (date(2026, 5, 4), "eligibility.card-expired")]
)
def test_a_card_that_ends_on_closed_days_has_not_expired_yet(on: date, code: str) -> None:
    """R-1.2, R-4.7: nothing can be done with it any more all the same."""
    found = days(NATIONAL, interview(Procedure.NEW, on=on, card_expires=date(2026, 5, 3)))

    assert (found.plan.way, [finding.code for finding in found.plan.findings]) == ("refused", [code])


@pytest.mark.parametrize(("japanese", "code"), [(True, "renewal.card-first"), (False, "stay.extend-card-first")])
def test_the_card_comes_first(japanese: bool, code: str) -> None:  # noqa: FBT001  -- a column of the table
    """R-3.7, R-7.5, CF-12: a new card is made, a foreigner's extended when the stay has been renewed."""
    holder = replace(ADULT, japanese=japanese)
    found = days(NATIONAL, interview(Procedure.RENEWAL, holder=holder, card_expires=ENDS))

    assert [finding.code for finding in found.plan.findings if finding.severity == "refusal"] == [code]


def test_all_that_stands_in_the_way_is_told_at_once() -> None:
    """R-2.20, R-3.8; S-33, S-58: nobody is sent away twice."""
    moved = Holder(born=ADULT.born, residence=Residence.MOVED_OUT)
    found = day_plan(NATIONAL, interview(Procedure.RENEWAL, holder=moved), date(2026, 3, 10))

    assert [finding.code for finding in found.findings] == ["renewal.not-yet", "eligibility.moved-out"]


def test_a_new_letter_makes_the_old_form_worthless() -> None:
    """R-2.24; S-15: the second visit goes by the new reply alone, inside its own term."""
    stale = interview(
        Procedure.NEW, form="returned", inquiry_sent=date(2026, 1, 5), documents=(), unknown_pins=ALL_PINS
    )

    assert day_plan(NATIONAL, stale, ON).way == "inquiry"
    assert second_visit(NATIONAL, stale, ON).way == "same_day"
    assert (replied(stale).form, replied(stale).inquiry_sent) == ("none", None)


def test_a_hold_has_no_end() -> None:
    """R-2.7: nothing about a person changes it."""
    found = days(NATIONAL, interview(Procedure.HOLD, holder=None))

    assert (found.plan.way, found.closes) == ("same_day", None)


def test_behind_the_last_open_day_of_all_nothing_opens() -> None:
    """R-4.7: at the end of the calendar it is said, and no list begins on no day."""
    with pytest.raises(NeverOpen):
        days(NATIONAL, interview(Procedure.NEW, on=date(2999, 12, 29)))


def test_no_letter_is_sent_whose_reply_comes_too_late() -> None:
    """R-2.24, R-3.8, R-4.7; S-15, S-31: a renewal by letter is begun while its reply can be back on the last open day."""
    last = open_day_until(NATIONAL, ENDS)
    begun = open_day_until(NATIONAL, last - timedelta(days=NATIONAL.inquiry_letter_days))
    found = days(NATIONAL, interview(Procedure.RENEWAL, Applicant.VOLUNTARY_AGENT))
    on_it = days(NATIONAL, interview(Procedure.RENEWAL, Applicant.VOLUNTARY_AGENT, on=begun))
    behind = days(NATIONAL, interview(Procedure.RENEWAL, Applicant.VOLUNTARY_AGENT, on=begun + ONE_DAY))

    assert (found.plan.way, found.closes, found.last_open_day) == ("inquiry", begun, begun)
    assert (on_it.plan.way, on_it.closes) == ("inquiry", begun)
    assert [finding.code for finding in behind.plan.findings] == ["renewal.letter-too-late"]
    assert f"is {last}" in behind.plan.findings[0].en
    assert days(NATIONAL, interview(Procedure.RENEWAL, on=ENDS)).closes == ENDS


@pytest.mark.parametrize(
    ("on", "code"),
    [(date(2026, 6, 13), "eligibility.card-expired"), (date(2026, 5, 3), "checklist.card-ends-first")],
)
def test_a_card_that_is_over_is_all_that_is_told(on: date, code: str) -> None:
    """R-1.2, R-3.8, R-7.5: who has card and certificates over gets a new card, and hears of nothing else."""
    ends = min(on, date(2026, 6, 12))
    found = days(
        NATIONAL,
        interview(Procedure.RENEWAL, on=on, signature_expires=ends, authentication_expires=ends, card_expires=ends),
    )

    assert [finding.code for finding in found.plan.findings] == [code]


def test_no_representative_is_needed_for_what_none_can_have() -> None:
    """R-1.3, R-1.4, R-1.6; S-08: under 15 the signature certificate alone waits for the birthday, whoever comes."""
    alone = days(NATIONAL, interview(Procedure.NEW, holder=CHILD, kinds=SIGNATURE))
    other = days(NATIONAL, interview(Procedure.NEW, holder=CHILD, kinds=AUTHENTICATION))

    assert [one.code for one in alone.waits] == ["eligibility.ward_or_under15_principle"]
    assert [one.code for one in other.waits] == ["representative.needed"]


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


def test_the_term_of_the_letter_runs_from_the_first_open_day() -> None:
    """R-2.24, R-4.7: on a closed day nothing is sent."""
    found = asked(Procedure.NEW, Applicant.VOLUNTARY_AGENT, on=date(2026, 5, 2))

    assert (found.opens, found.first_open_day) == (date(2026, 5, 2), date(2026, 5, 7))
    assert found.letter is not None
    assert found.letter.until == date(2026, 6, 8)


def test_a_card_that_ends_sooner_ends_the_days() -> None:
    """R-1.2, S-07: past its last day the card has expired."""
    found = asked(Procedure.NEW, card_expires=date(2026, 5, 20))

    assert (found.closes, found.last_open_day) == (date(2026, 5, 20), date(2026, 5, 20))


def test_an_office_that_never_opens_is_told() -> None:
    """R-4.4: no day is made up either."""
    closed = NATIONAL.with_settings({"office_calendar": "mon,tue,wed,thu,fri,sat,sun"})

    with pytest.raises(NeverOpen):
        asked(Procedure.NEW, policy=closed)
