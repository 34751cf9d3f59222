from enum import Enum
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

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

LIVES: list[tuple[LifeCycle[Any, Any], Enum, list[Enum]]] = [
    (CERTIFICATE, CertificateState.PREPARED, list(CertificateEvent)),
    (APPLICATION, ApplicationState.RECEIVED, list(ApplicationEvent)),
    (CARD, CardState.ACTIVE, list(CardEvent)),
    (NOTICE, PaperState.RECEIVED, list(PaperEvent)),
]


@given(data=st.data(), life=st.sampled_from(LIVES))
def test_any_life_keeps_to_its_table(data: st.DataObject, life: tuple[LifeCycle[Any, Any], Enum, list[Enum]]) -> None:
    """An event either follows an edge of the table or raises and changes nothing; a final state stays for ever."""
    table, state, events = life
    edges = dict(table.edges)
    for event in data.draw(st.lists(st.sampled_from(events), max_size=30)):
        try:
            following = advance(table, state, event)
        except IllegalTransition:
            assert (state, event) not in edges
        else:
            assert edges[state, event] is following
            state = following

    assert table.edges == edges
