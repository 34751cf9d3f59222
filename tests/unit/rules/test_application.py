import pytest

from openjpki.rules.agency import ISSUING
from openjpki.rules.application import (
    APPLICATION,
    PERFORMED,
    STEPS,
    ApplicationEvent,
    Fact,
    step,
    steps_of,
)
from openjpki.rules.book import RULES
from openjpki.rules.catalogue import CATALOGUE
from openjpki.rules.kinds import ApplicationState, Procedure
from openjpki.rules.lifecycle import IllegalTransition

STATE, EVENT = ApplicationState, ApplicationEvent
SUBJECTS = {f"{code.partition('.')[0]}." for code in CATALOGUE}


@pytest.mark.parametrize("procedure", Procedure, ids=lambda procedure: procedure.value)
def test_every_procedure_leads_from_the_door_to_an_end(procedure: Procedure) -> None:
    """R-2.2 to R-2.10: every state that a procedure reaches leads to an end; a hold by telephone knows no letter (R-2.7)."""
    following: dict[ApplicationState, set[ApplicationState]] = {}
    for row in steps_of(procedure):
        following.setdefault(row.before, set()).add(row.after)
    reached, waiting = {STATE.RECEIVED}, [STATE.RECEIVED]
    while waiting:
        for after in following.get(waiting.pop(), set()) - reached:
            reached.add(after)
            waiting.append(after)
    ends = {state for state in reached if state not in following}

    by_letter = {STATE.INQUIRY_RETURNED, STATE.INQUIRY_LAPSED} if procedure is not Procedure.HOLD else set()
    assert ends == {STATE.DONE, STATE.REFUSED, STATE.WITHDRAWN} | by_letter
    assert set(following) <= reached


def test_nothing_is_issued_unless_all_before_it_is_done() -> None:
    """R-2.27: examined, identified, PINs ready, fee settled, cleared or approved: no step can be left out."""
    before: dict[ApplicationState, set[ApplicationState]] = {}
    for row in steps_of(Procedure.RENEWAL):
        before.setdefault(row.after, set()).add(row.before)

    assert before[STATE.ISSUED] == {STATE.READY, STATE.PARTLY_ISSUED}
    assert before[STATE.PARTLY_ISSUED] == {STATE.READY}
    assert before[STATE.READY] == {STATE.FEE_SETTLED}
    assert before[STATE.FEE_SETTLED] == {STATE.PINS_READY}
    assert before[STATE.PINS_READY] == {STATE.IDENTIFIED}
    assert before[STATE.IDENTIFIED] == {STATE.EXAMINED, STATE.INQUIRY_SENT}
    assert before[STATE.INQUIRY_SENT] == {STATE.EXAMINED}
    assert before[STATE.EXAMINED] == {STATE.RECEIVED}


@pytest.mark.parametrize("procedure", [one for one in Procedure if one in PERFORMED])
def test_what_issues_nothing_has_no_fee(procedure: Procedure) -> None:
    """R-2.5, R-2.7, R-2.9, R-2.10: identified, cleared, performed; neither PINs nor a fee stand between."""
    with pytest.raises(IllegalTransition):
        step(procedure, STATE.IDENTIFIED, EVENT.CHECK_PINS)
    assert step(procedure, STATE.IDENTIFIED, EVENT.CLEAR).after is STATE.READY
    assert step(procedure, STATE.READY, EVENT.PERFORM).after is STATE.DONE


@pytest.mark.parametrize("procedure", [one for one in Procedure if one in ISSUING])
def test_an_issue_is_never_just_performed(procedure: Procedure) -> None:
    """R-8.1: what issues certificates passes PINs and fee, and ends only by handing over what stands on the card."""
    for state, event in ((STATE.IDENTIFIED, EVENT.CLEAR), (STATE.READY, EVENT.PERFORM)):
        with pytest.raises(IllegalTransition) as refused:
            step(procedure, state, event)
        assert refused.value.data["event"] == event.value


def test_a_letter_has_three_ends() -> None:
    """R-2.24; S-15: it is answered, comes back by post, or lapses; meanwhile the holder may come or give up."""
    assert set(APPLICATION.events(STATE.INQUIRY_SENT)) == {
        EVENT.REPLY,
        EVENT.IDENTIFY,
        EVENT.RETURN_BY_POST,
        EVENT.LAPSE,
        EVENT.REFUSE,
        EVENT.WITHDRAW,
    }


def test_nothing_is_withdrawn_once_a_certificate_stands() -> None:
    """R-8.1: a partly issued application is finished, not undone."""
    for state in (STATE.PARTLY_ISSUED, STATE.ISSUED):
        assert not {EVENT.WITHDRAW, EVENT.REFUSE} & set(APPLICATION.events(state))


def test_every_row_is_cited_and_finds_what_there_is() -> None:
    """R-2.27: rules of the book, findings of the catalogue; every fact is needed somewhere; no edge of a procedure stands twice."""
    assert {rule for row in STEPS for rule in row.rules} <= set(RULES)
    for row in STEPS:
        assert all(code in CATALOGUE or code in SUBJECTS for code in row.finds), row
    assert {fact for row in STEPS for fact in row.needs} == set(Fact)
    edges = [(procedure, row.before, row.event) for row in STEPS for procedure in row.procedures]
    assert len(edges) == len(set(edges))


def test_who_calls_is_asked_for_nothing() -> None:
    """R-2.7: a hold is taken from anyone calling as the holder: no record, card, document or PIN stands before it."""
    before = [row for row in steps_of(Procedure.HOLD) if row.after in {STATE.EXAMINED, STATE.IDENTIFIED, STATE.READY}]

    assert [(row.needs, row.finds) for row in before] == [
        ((), ("hold.by-telephone",)),
        ((), ("hold.by-telephone",)),
        ((), ()),
    ]
    assert [row.rules for row in steps_of(Procedure.HOLD) if row.event is EVENT.PERFORM] == [("R-2.7",)]


@pytest.mark.parametrize("procedure", [one for one in Procedure if one is not Procedure.HOLD])
def test_at_the_window_the_record_and_the_papers_are_asked_for(procedure: Procedure) -> None:
    """R-1.1, R-1.2, R-2.20 to R-2.25: of every other procedure, and none of them finds anything of a telephone."""
    needs = {fact for row in steps_of(procedure) for fact in row.needs}

    assert {Fact.RECORD, Fact.CARD, Fact.DOCUMENTS, Fact.PIN, Fact.POWER} <= needs
    assert not any("hold.by-telephone" in row.finds for row in steps_of(procedure))
