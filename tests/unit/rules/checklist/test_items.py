from datetime import date
from typing import Any

import pytest

from openjpki.rules.checklist.days import days
from openjpki.rules.checklist.items import Item, Thing, pins, visits
from openjpki.rules.checklist.papers import Whose
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.kinds import Applicant, FeeReason, PinKind, Power, Procedure
from openjpki.rules.representation import Claim
from tests.unit.rules.checklist.interviews import ALL_PINS, AUTHENTICATION, CHILD, NATIONAL, interview


def items_of(procedure: Procedure, applicant: Applicant = Applicant.SELF, **answers: Any) -> list[list[Thing]]:
    """Return the things of each visit."""
    asked = interview(procedure, applicant, **answers)
    return [[item.thing for item in items] for items in visits(NATIONAL, asked, days(NATIONAL, asked))]


def test_the_form_is_named_for_what_it_is() -> None:
    """R-2.23 to R-2.25; S-15, S-51: of the notice, of the inquiry letter, or the mandate of a move."""
    agent, household = Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD
    card, document = Thing.CARD, Thing.DOCUMENT

    assert items_of(Procedure.RENEWAL, agent, form="sealed") == [[card, Thing.NOTICE, Thing.FORM, document]]
    assert items_of(Procedure.NEW, agent) == [[card, document], [card, Thing.REPLY, document]]
    assert items_of(Procedure.NEW, household, move_report=True) == [[card, Thing.SEALED_MANDATE, document, document]]


def test_a_document_in_case_a_pin_fails() -> None:
    """S-43, S-44; R-6.3: for a holder who trusts the PINs, and nobody else."""
    asked = interview(Procedure.RENEWAL)
    (items,) = visits(NATIONAL, asked, days(NATIONAL, asked))

    assert [(item.thing, item.required) for item in items] == [
        (Thing.CARD, True),
        (Thing.NOTICE, False),
        (Thing.DOCUMENT, False),
    ]
    assert items[2].rules == ("R-6.3", "S-43", "S-44")
    assert items_of(Procedure.RENEWAL, documents=()) == [[Thing.CARD, Thing.NOTICE]]
    assert items_of(Procedure.NEW, unknown_pins=ALL_PINS) == [[Thing.CARD, Thing.DOCUMENT]]


def test_a_representative_brings_a_second_document_for_a_reset() -> None:
    """R-2.22, R-6.4: where a PIN is set anew on the way, another one than the first; without it the certificate alone is had."""
    child: dict[str, Any] = {"holder": CHILD, "kinds": AUTHENTICATION, "claim": Claim(power=Power.PARENT)}

    def documents(**answers: Any) -> list[tuple[bool, bool]]:
        asked = interview(Procedure.NEW, Applicant.LEGAL_REPRESENTATIVE, **{**child, **answers})
        return [
            (item.required, item.another) for item in visits(NATIONAL, asked, days(NATIONAL, asked))[0] if item.identity
        ]

    had = tuple(ShownDocument(kind=kind) for kind in (DocumentKind.PASSPORT, DocumentKind.PENSION_BOOK))
    assert documents() == [(True, False)]
    assert documents(unknown_pins=ALL_PINS) == [(True, False), (False, True)]
    assert documents(unknown_pins=ALL_PINS, agent_documents=had) == [(True, False), (False, True)]
    assert documents(unknown_pins=ALL_PINS, agent_documents=had[:1]) == [(True, False)]


def test_what_will_do_will_do_to_the_last_day() -> None:
    """R-2.21, CF-9: a kind that counts today and not later is not on a list that has no end."""
    asked = interview(Procedure.NEW, on=date(2025, 11, 28), unknown_pins=ALL_PINS)
    ((_, document),) = visits(NATIONAL, asked, days(NATIONAL, asked))

    assert DocumentKind.ELIGIBILITY_CERTIFICATE in document.kinds
    assert DocumentKind.HEALTH_INSURANCE_CARD not in document.kinds


def test_only_an_identity_document_has_to_be_in_force() -> None:
    """S-59; R-2.22: a paper that proves a power has a term of its own."""

    def item(*kinds: DocumentKind) -> Item:
        return Item(thing=Thing.DOCUMENT, whose=Whose.APPLICANT, rules=(), kinds=kinds)

    assert item(DocumentKind.PASSPORT, DocumentKind.PENSION_BOOK).identity
    assert not item(DocumentKind.MANDATE).identity
    assert not item().identity


def test_a_pin_is_remembered_or_thought_of() -> None:
    """S-41 to S-43, S-61; R-6.3, R-6.7: what is lost is thought of anew, what is changed is both."""
    lost = pins(NATIONAL, interview(Procedure.REISSUE, unknown_pins=frozenset({PinKind.SIGNATURE})))
    changed = pins(NATIONAL, interview(Procedure.PIN_CHANGE))

    assert [(pin.kind, pin.remember, pin.think_of) for pin in lost][:2] == [
        (PinKind.SIGNATURE, False, True),
        (PinKind.AUTHENTICATION, True, False),
    ]
    assert [set(pin.rules) & {"S-43", "S-41"} for pin in lost][:2] == [{"S-43"}, {"S-41"}]
    assert all(pin.remember and pin.think_of for pin in changed)
    assert pins(NATIONAL, interview(Procedure.REVOCATION)) == ()


def test_a_first_pin_is_thought_of() -> None:
    """R-6.1, R-8.1; S-42: who gets a first certificate has no PIN of it to remember; the card's other PINs they have."""
    first = pins(NATIONAL, interview(Procedure.NEW, authentication_expires=date(2026, 4, 1)))

    assert [(pin.kind, pin.remember, pin.think_of) for pin in first][:2] == [
        (PinKind.SIGNATURE, False, True),
        (PinKind.AUTHENTICATION, True, False),
    ]
    assert first[0].rules == ("R-6.1", "R-8.1", "S-42")
    assert all(pin.remember for pin in first[1:])


@pytest.mark.parametrize(
    ("reason", "things"),
    [
        (FeeReason.CARD_LOST, [Thing.DOCUMENT]),
        (FeeReason.CARD_STOLEN, [Thing.DOCUMENT]),
        (FeeReason.CARD_DAMAGED, [Thing.CARD, Thing.DOCUMENT]),
    ],
)
def test_a_card_that_is_gone_is_not_brought(reason: FeeReason, things: list[Thing]) -> None:
    """R-4.1, R-2.20, R-8.1: a document identifies who gets a new card; all its PINs are thought of."""
    asked = interview(Procedure.NEW, reason=reason)

    assert items_of(Procedure.NEW, reason=reason) == [things]
    assert [(pin.remember, pin.think_of) for pin in pins(NATIONAL, asked)] == [(False, True)] * len(ALL_PINS)


def test_a_revocation_asks_for_a_document_or_for_the_card_with_its_pin() -> None:
    """R-2.5, R-2.20; S-13: who knows a PIN brings the card and no document; one is good to have in case it fails (S-44)."""

    def brought(**answers: Any) -> list[tuple[Thing, bool]]:
        asked = interview(Procedure.REVOCATION, **answers)
        return [(item.thing, item.required) for item in visits(NATIONAL, asked, days(NATIONAL, asked))[0]]

    known = pins(NATIONAL, interview(Procedure.REVOCATION, knows_pins=True))
    assert {pin.rules for pin in known if pin.remember and not pin.think_of} == {("R-6.1", "R-2.20", "S-13")}
    assert brought() == [(Thing.CARD, False), (Thing.DOCUMENT, True)]
    assert brought(knows_pins=True) == [(Thing.CARD, True), (Thing.DOCUMENT, False)]
    assert brought(knows_pins=True, documents=()) == [(Thing.CARD, True)]
    assert brought(knows_pins=True, unknown_pins=ALL_PINS) == [(Thing.CARD, False), (Thing.DOCUMENT, True)]


def test_a_card_found_again_takes_a_document_in_any_case() -> None:
    """R-2.8: the stop is lifted at the window with card and document, whatever PIN is known."""
    asked = interview(Procedure.REISSUE, reason=FeeReason.AFTER_HOLD)
    (items,) = visits(NATIONAL, asked, days(NATIONAL, asked))

    assert [(item.thing, item.required) for item in items] == [(Thing.CARD, True), (Thing.DOCUMENT, True)]
    assert items[1].rules == ("R-2.8", "R-2.21", "S-59")
    replied = interview(Procedure.REISSUE, reason=FeeReason.AFTER_HOLD, documents=(), form="returned")
    (items,) = visits(NATIONAL, replied, days(NATIONAL, replied))
    assert [(item.thing, item.required) for item in items] == [(Thing.CARD, True), (Thing.REPLY, False)]
