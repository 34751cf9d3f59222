from dataclasses import replace
from datetime import date

import pytest

from openjpki.rules.catalogue import find
from openjpki.rules.checklist.papers import Whose, choices, form_of, plan, refused
from openjpki.rules.documents import TABLE, DocumentKind, DocumentList, ShownDocument
from openjpki.rules.kinds import Applicant, Power, Procedure
from openjpki.rules.policy import Policy
from openjpki.rules.representation import Claim
from tests.unit.rules.checklist.interviews import ALL_PINS, CHILD, NATIONAL, ON, interview

IDENTITY = {kind for kind, row in TABLE.items() if row.list is not DocumentList.POWER}


def test_all_that_will_do_may_stand_for_each_other() -> None:
    """R-2.20, R-2.21; S-13, S-44: every kind of both lists but the card itself; the 健康保険証 has had its day (CF-9)."""
    lost = interview(Procedure.NEW, unknown_pins=ALL_PINS)
    (choice,) = choices(NATIONAL, lost, [ON], plan(NATIONAL, lost, ON))
    insurance, card = DocumentKind.HEALTH_INSURANCE_CARD, DocumentKind.MY_NUMBER_CARD

    assert {document.kind for document in choice.documents} == IDENTITY - {card, insurance}
    assert [finding.code for finding in choice.missing] == ["identity.inquiry"]

    reset = interview(Procedure.PIN_RESET)
    kept = NATIONAL.with_settings({"health_insurance_card_accept_until": "none"})
    (choice,) = choices(kept, reset, [ON], plan(kept, reset, ON))
    assert {document.kind for document in choice.documents} == IDENTITY - {card}


def test_a_choice_holds_on_every_day() -> None:
    """R-2.21, CF-9: what counts on the first day and not on the last is no choice."""
    lost = interview(Procedure.NEW, on=date(2025, 11, 28), unknown_pins=ALL_PINS)
    found = plan(NATIONAL, lost, lost.on)
    kinds = [
        {document.kind for document in choices(NATIONAL, lost, days, found)[0].documents}
        for days in ([lost.on], [lost.on, date(2025, 12, 2)])
    ]

    assert kinds[0] - kinds[1] == {DocumentKind.HEALTH_INSURANCE_CARD}


def test_powers_have_no_stand_in() -> None:
    """R-2.22: a parent brings the 戸籍, of whom no other paper speaks; the papers are the representative's to bring."""
    parent = Claim(power=Power.PARENT)
    asked = interview(Procedure.PIN_CHANGE, Applicant.LEGAL_REPRESENTATIVE, holder=CHILD, claim=parent)
    register, photo = choices(NATIONAL, asked, [ON], plan(NATIONAL, asked, ON))

    assert [document.kind for document in register.documents] == [DocumentKind.FAMILY_REGISTER_CERTIFICATE]
    assert {TABLE[document.kind].list for document in photo.documents} == {DocumentList.A}
    assert register.whose is photo.whose is Whose.APPLICANT


def test_which_form_there_is() -> None:
    """R-2.23, R-2.25; S-54: the one at hand unless it was opened; the sealed mandate of a household that moves."""
    household = interview(Procedure.NEW, Applicant.HOUSEHOLD, move_report=True)
    agent = interview(Procedure.NEW, Applicant.VOLUNTARY_AGENT, move_report=True)

    assert form_of(household) == "sealed"
    assert form_of(agent) == "none"
    assert form_of(replace(household, form="returned")) == "returned"
    assert form_of(interview(Procedure.RENEWAL, form="opened")) == "none"
    assert form_of(interview(Procedure.RENEWAL, form="returned")) == "returned"


@pytest.mark.parametrize("procedure", [Procedure.NEW, Procedure.RENEWAL, Procedure.REISSUE])
def test_the_mandate_of_a_move_goes_with_its_report(procedure: Procedure) -> None:
    """R-2.25: it is never taken for the form that came with the notice, which serves for a renewal alone (R-2.23)."""
    found = plan(NATIONAL, interview(procedure, Applicant.HOUSEHOLD, move_report=True), ON)

    assert found.way == "same_day"
    assert DocumentKind.MOVE_REPORT in {piece.document.kind for piece in found.pieces if piece.document}


def test_a_form_that_does_not_help_is_left_at_home() -> None:
    """R-2.23, R-2.24; S-49: without a photo document the sealed form would have the agent refused; without it comes the letter."""
    pension = (ShownDocument(kind=DocumentKind.PENSION_BOOK),)
    asked = interview(Procedure.RENEWAL, Applicant.VOLUNTARY_AGENT, form="sealed", agent_documents=pension)
    found = plan(NATIONAL, asked, ON)

    assert found.way == "inquiry"
    assert [piece.document for piece in found.pieces] == list(pension)


def test_nothing_is_asked_for_that_is_not_needed() -> None:
    """R-2.20; S-13: a matching PIN is enough, and under the preset `page` nothing else is."""
    assert plan(NATIONAL, interview(Procedure.NEW), ON).pieces == ()
    assert plan(Policy.preset("page"), interview(Procedure.NEW), ON).way == "same_day"


def test_who_is_refused_hears_what_stands_in_the_way() -> None:
    """R-2.20: each refusal once, and no advice."""
    over, copies = find("renewal.card-first", expires=ON), find("identity.copies-kept")

    assert refused((copies, over, over)).findings == (over,)
