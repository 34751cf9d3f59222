from enum import Enum
from typing import Any

import pytest

from openjpki.rules.application import APPLICATION, ApplicationEvent
from openjpki.rules.kinds import ApplicationState, CardState, CertificateState
from openjpki.rules.lifecycle import (
    CARD,
    CERTIFICATE,
    CardEvent,
    CertificateEvent,
    IllegalTransition,
    LifeCycle,
    advance,
)
from openjpki.rules.notices import NOTICE, PaperEvent, PaperState

TABLES: list[tuple[LifeCycle[Any, Any], type[Enum], type[Enum], Enum, set[Enum]]] = [
    (
        CERTIFICATE,
        CertificateState,
        CertificateEvent,
        CertificateState.PREPARED,
        {CertificateState.REVOKED, CertificateState.SUPERSEDED, CertificateState.EXPIRED},
    ),
    (
        APPLICATION,
        ApplicationState,
        ApplicationEvent,
        ApplicationState.RECEIVED,
        {
            ApplicationState.DONE,
            ApplicationState.REFUSED,
            ApplicationState.WITHDRAWN,
            ApplicationState.INQUIRY_RETURNED,
            ApplicationState.INQUIRY_LAPSED,
        },
    ),
    (CARD, CardState, CardEvent, CardState.ACTIVE, {CardState.ABOLISHED}),
    (NOTICE, PaperState, PaperEvent, PaperState.RECEIVED, {PaperState.RETURNED, PaperState.WITHDRAWN}),
]


@pytest.mark.parametrize(("table", "states", "events", "first", "final"), TABLES, ids=[row[0].name for row in TABLES])
def test_a_table_is_whole(
    table: LifeCycle[Any, Any], states: type[Enum], events: type[Enum], first: Enum, final: set[Enum]
) -> None:
    """Every state can be reached from the first, every event is used, and only the final states end the life."""
    reached, waiting = {first}, [first]
    while waiting:
        state = waiting.pop()
        for event in table.events(state):
            following = advance(table, state, event)
            if following not in reached:
                reached.add(following)
                waiting.append(following)

    assert reached == set(states)
    assert {event for _, event in table.edges} == set(events)
    assert {state for state in states if not table.events(state)} == final


@pytest.mark.parametrize(
    ("table", "states", "events"), [row[:3] for row in TABLES], ids=[row[0].name for row in TABLES]
)
def test_what_is_not_in_the_table_is_illegal(
    table: LifeCycle[Any, Any], states: type[Enum], events: type[Enum]
) -> None:
    """An illegal transition raises, naming state and event, and changes nothing."""
    before = dict(table.edges)
    for state in states:
        for event in set(events) - set(table.events(state)):
            with pytest.raises(IllegalTransition) as refused:
                advance(table, state, event)
            assert refused.value.data["state"] == state.value
            assert refused.value.data["event"] == event.value
            assert state.value not in refused.value.message("ja")

    assert table.edges == before


def test_a_certificate_is_delivered_before_it_is_valid() -> None:
    """R-5.11: before hand-over it can be delivered or destroyed, nothing else."""
    assert CERTIFICATE.events(CertificateState.UNDELIVERED) == (CertificateEvent.ACTIVATE, CertificateEvent.DISCARD)
    for state in (CertificateState.PREPARED, CertificateState.UNDELIVERED):
        assert advance(CERTIFICATE, state, CertificateEvent.DISCARD) is CertificateState.REVOKED


def test_a_held_certificate_can_come_back_and_a_revoked_one_cannot() -> None:
    """R-5.8, R-5.20: the hold is the only state with a way back."""
    held = advance(CERTIFICATE, CertificateState.VALID, CertificateEvent.HOLD)

    assert advance(CERTIFICATE, held, CertificateEvent.RELEASE) is CertificateState.VALID
    assert CERTIFICATE.events(CertificateState.REVOKED) == ()
