from datetime import date, timedelta
from typing import Any

import pytest

from openjpki.rules.checklist.interview import Interview
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.eligibility import Holder
from openjpki.rules.kinds import Applicant, Capacity, CardState, FeeReason, PinKind, Power, Procedure
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
    listed,
)

PARENT = Claim(power=Power.PARENT)


@pytest.mark.parametrize(
    "answers",
    [
        {"procedure": Procedure.NEW, "applicant": Applicant.SELF},
        {"procedure": Procedure.NEW, "applicant": Applicant.LEGAL_REPRESENTATIVE, "holder": ADULT},
        {"procedure": Procedure.NEW, "applicant": Applicant.SELF, "holder": ADULT, "claim": PARENT},
        {"procedure": Procedure.NEW, "applicant": Applicant.SELF, "holder": ADULT, "kinds": frozenset()},
        {"procedure": Procedure.RENEWAL, "applicant": Applicant.SELF, "holder": ADULT, "signature_expires": ENDS},
    ],
)
def test_what_the_answer_rests_on_is_there(answers: dict[str, Any]) -> None:
    """R-1.6, R-2.7, R-3.8: no checklist without the holder, the power, a certificate, or the ends of what is renewed."""
    with pytest.raises(ValueError, match=r"\?$"):
        Interview(on=ON, **answers)


def test_only_the_ends_of_what_it_is_about_count() -> None:
    """R-3.3: each certificate goes by its own end."""
    alone = interview(Procedure.RENEWAL, kinds=SIGNATURE, authentication_expires=None)

    assert list(alone.ends().values()) == [ENDS]
    assert len(interview(Procedure.RENEWAL).ends()) == 2


@pytest.mark.parametrize(
    ("card", "day", "state"),
    [
        (CardState.ACTIVE, date(2026, 5, 20), CardState.ACTIVE),
        (CardState.ACTIVE, date(2026, 5, 21), CardState.EXPIRED),
        (CardState.SUSPENDED, date(2026, 5, 21), CardState.SUSPENDED),
    ],
)
def test_a_card_expires_after_its_last_day(card: CardState, day: date, state: CardState) -> None:
    """R-1.2: a card in force is expired from the day after; another state stays what it is."""
    holder = Holder(born=ADULT.born, card=card)
    asked = interview(Procedure.NEW, holder=holder, card_expires=date(2026, 5, 20))
    on = asked.holder_on(day)

    assert on is not None
    assert on.card is state
    assert interview(Procedure.NEW, holder=holder).holder_on(day) == holder


FACE = Holder(born=ADULT.born, face_card=True)
_REPRESENTED: dict[str, Any] = {"applicant": Applicant.LEGAL_REPRESENTATIVE}
CHILDS: dict[str, Any] = {**_REPRESENTED, "holder": CHILD, "claim": Claim(power=Power.PARENT)}
WARDS: dict[str, Any] = {
    **_REPRESENTED,
    "holder": Holder(born=ADULT.born, capacity=Capacity.GUARDIANSHIP),
    "claim": Claim(power=Power.GUARDIAN),
}


@pytest.mark.parametrize(
    ("procedure", "answers", "pins"),
    [
        (Procedure.RENEWAL, {}, "signature authentication resident-record card-face-entry"),
        (Procedure.NEW, {"kinds": AUTHENTICATION}, "authentication resident-record card-face-entry"),
        (Procedure.PIN_RESET, {}, "signature authentication resident-record card-face-entry"),
        (Procedure.PIN_RESET, {"unknown_pins": frozenset({PinKind.SIGNATURE})}, "signature"),
        (Procedure.PIN_CHANGE, {"changed_pins": frozenset({PinKind.AUTHENTICATION})}, "authentication"),
        (Procedure.REVOCATION, {}, ""),
        (Procedure.REVOCATION, {"knows_pins": True}, "signature authentication resident-record card-face-entry"),
        (Procedure.REVOCATION, {"knows_pins": True, "holder": FACE}, ""),
        (Procedure.PIN_RESET, CHILDS, "authentication resident-record card-face-entry"),
        (Procedure.PIN_CHANGE, WARDS, "authentication resident-record card-face-entry"),
        (
            Procedure.PIN_RESET,
            {**WARDS, "signature_expires": ENDS},
            "signature authentication resident-record card-face-entry",
        ),
        (Procedure.NEW, {"holder": FACE}, ""),
        (Procedure.HOLD, {"holder": None}, ""),
    ],
)
def test_which_pins_a_procedure_takes(procedure: Procedure, answers: dict[str, Any], pins: str) -> None:
    """R-1.3, R-1.7, R-1.11, R-2.5, R-6.5, R-6.7; S-41, S-42, CF-13: of the certificates there are, the other two, or those named."""
    asked = interview(procedure, **answers)

    assert [pin.value for pin in asked.pins(NATIONAL)] == pins.split()
    tried = True if pins else None
    assert asked.pin_matches(NATIONAL) is (False if procedure is Procedure.PIN_RESET else tried)


def test_the_window_handles_the_pins_of_its_setting() -> None:
    """R-6.5, CF-13: under another `window_pins` no other PIN is asked about."""
    two = NATIONAL.with_settings({"window_pins": "signature,authentication"})

    assert interview(Procedure.RENEWAL).pins(two) == (PinKind.SIGNATURE, PinKind.AUTHENTICATION)


def test_a_forgotten_pin_that_is_not_asked_for_does_not_count() -> None:
    """S-61; R-6.3: of several only those of the procedure are set anew."""
    asked = interview(Procedure.NEW, kinds=AUTHENTICATION, unknown_pins=frozenset({PinKind.SIGNATURE}))

    assert asked.unknown(NATIONAL) == frozenset()
    assert interview(Procedure.REISSUE, unknown_pins=ALL_PINS).unknown(NATIONAL) == ALL_PINS


@pytest.mark.parametrize(
    ("procedure", "answers", "fresh"),
    [
        (Procedure.NEW, {}, "signature authentication"),
        (Procedure.NEW, {"authentication_expires": date(2026, 4, 1)}, "signature"),
        (Procedure.NEW, {"kinds": AUTHENTICATION}, "authentication"),
        (Procedure.NEW, {"reason": FeeReason.FIRST}, "signature authentication"),
        (Procedure.NEW, {"reason": FeeReason.OWN_REQUEST}, ""),
        (Procedure.NEW, {"reason": FeeReason.CARD_DAMAGED}, "signature authentication resident-record card-face-entry"),
        (Procedure.REISSUE, {}, ""),
        (Procedure.RENEWAL, {}, ""),
        (Procedure.PIN_RESET, {}, ""),
    ],
)
def test_which_pins_are_chosen_for_the_first_time(procedure: Procedure, answers: dict[str, Any], fresh: str) -> None:
    """R-6.1, R-8.1; S-18: of a first certificate; on a card made anew all: what was never chosen is not forgotten either."""
    asked = interview(procedure, **answers)

    assert {pin.value for pin in asked.fresh(NATIONAL)} == set(fresh.split())
    lost = interview(procedure, **{**answers, "unknown_pins": ALL_PINS})
    assert lost.unknown(NATIONAL) == set(lost.pins(NATIONAL)) - lost.fresh(NATIONAL)


def test_a_pin_that_was_never_chosen_identifies_nobody() -> None:
    """R-2.20, R-6.5: on a card whose other PINs the window does not handle a first certificate's holder shows a document."""
    two = NATIONAL.with_settings({"window_pins": "signature,authentication"})

    assert interview(Procedure.NEW).pin_matches(NATIONAL) is True
    assert interview(Procedure.NEW).pin_matches(two) is None
    assert interview(Procedure.NEW, unknown_pins=ALL_PINS).pin_matches(two) is None
    assert interview(Procedure.NEW, unknown_pins=ALL_PINS).pin_matches(NATIONAL) is False


def test_a_visit_is_what_was_said() -> None:
    """R-2.23, R-2.24: of a day past the end of a certificate it says so; the term of a reply runs for the one in hand."""
    sent = date(2026, 4, 1)
    asked = interview(Procedure.RENEWAL, inquiry_sent=sent, address_flagged=True, card_items_change=True)

    assert asked.visit(NATIONAL, ENDS).certificate_expired is False
    assert asked.visit(NATIONAL, date(2026, 6, 11)).certificate_expired is True
    assert asked.visit(NATIONAL, ON).inquiry_sent is None
    assert interview(Procedure.NEW, form="returned", inquiry_sent=sent).visit(NATIONAL, ON).inquiry_sent == sent
    assert asked.visit(NATIONAL, ON).address_flagged
    assert asked.visit(NATIONAL, ON).card_items_change


@pytest.mark.parametrize(
    ("procedure", "answer"), [(Procedure.PIN_RESET, "unknown_pins"), (Procedure.PIN_CHANGE, "changed_pins")]
)
def test_a_pin_of_no_certificate_is_neither_reset_nor_changed(procedure: Procedure, answer: str) -> None:
    """R-1.3, R-1.7, R-6.5; S-08: named alone it is refused, beside another left out; who has the certificate has its PIN."""

    def told(*named: PinKind, **answers: Any) -> tuple[tuple[PinKind, ...], bool]:
        asked = interview(
            procedure,
            Applicant.LEGAL_REPRESENTATIVE,
            **{"holder": CHILD, "claim": PARENT, answer: frozenset(named), **answers},
        )
        return asked.pins(NATIONAL), asked.lacks_its_pin(NATIONAL)

    assert told(PinKind.SIGNATURE) == ((), True)
    assert told(PinKind.SIGNATURE, PinKind.AUTHENTICATION) == ((PinKind.AUTHENTICATION,), False)
    assert told(PinKind.SIGNATURE, signature_expires=ENDS) == ((PinKind.SIGNATURE,), False)
    named: dict[str, Any] = {answer: frozenset({PinKind.SIGNATURE})}
    grown_up = interview(procedure, **named)
    assert (grown_up.pins(NATIONAL), grown_up.lacks_its_pin(NATIONAL)) == ((PinKind.SIGNATURE,), False)
    assert not interview(Procedure.NEW, unknown_pins=frozenset({PinKind.SIGNATURE})).lacks_its_pin(NATIONAL)


FACE_PIN, RECORD_PIN = frozenset({PinKind.CARD_FACE_ENTRY}), frozenset({PinKind.RESIDENT_RECORD})
EXPIRED = (ShownDocument(kind=DocumentKind.DRIVERS_LICENCE, expires=ON - timedelta(days=1)),)


@pytest.mark.parametrize(
    ("procedure", "answers", "left", "matches"),
    [
        (Procedure.RENEWAL, {"unknown_pins": FACE_PIN, "documents": ()}, FACE_PIN, True),
        (Procedure.RENEWAL, {"unknown_pins": FACE_PIN | RECORD_PIN, "documents": ()}, FACE_PIN | RECORD_PIN, True),
        (Procedure.RENEWAL, {"unknown_pins": FACE_PIN, "documents": EXPIRED}, FACE_PIN, True),
        (Procedure.RENEWAL, {"unknown_pins": FACE_PIN}, frozenset(), False),  # a document can be brought
        (Procedure.RENEWAL, {"unknown_pins": FACE_PIN, "documents": (), "form": "returned"}, frozenset(), False),
        (Procedure.RENEWAL, {"unknown_pins": ALL_PINS, "documents": ()}, frozenset(), False),
        (Procedure.NEW, {"unknown_pins": FACE_PIN, "documents": ()}, FACE_PIN, True),
        (Procedure.NEW, {"unknown_pins": FACE_PIN | RECORD_PIN, "documents": ()}, frozenset(), False),
        (Procedure.PIN_RESET, {"unknown_pins": FACE_PIN, "documents": ()}, frozenset(), False),
    ],
)
def test_a_pin_of_no_certificate_does_not_keep_one_from_its_holder(
    *, procedure: Procedure, answers: dict[str, Any], left: frozenset[PinKind], matches: bool
) -> None:
    """R-2.20, R-6.3, R-6.5; S-13: the PINs of the certificates identify; another one stays as it is where no document sets it anew."""
    asked = interview(procedure, **answers)

    assert asked.left_as_they_are(NATIONAL) == left
    assert asked.pin_matches(NATIONAL) is matches
    agent = interview(procedure, Applicant.VOLUNTARY_AGENT, **answers)
    assert agent.left_as_they_are(NATIONAL) == frozenset()


@pytest.mark.parametrize(("sent", "visits"), [(date(2023, 11, 29), 1), (date(2023, 11, 28), 1), (date(2023, 10, 1), 1)])
def test_a_reply_that_came_too_late_is_as_none(sent: date, visits: int) -> None:
    """R-2.24, E-36: within its term (29 December is closed: 4 January) the reply has a PIN set anew; after it the known PINs identify."""
    answers: dict[str, Any] = {"on": date(2024, 1, 1), "documents": (), "form": "returned", "inquiry_sent": sent}
    found = asked(Procedure.NEW, unknown_pins=frozenset({PinKind.RESIDENT_RECORD}), **answers)
    in_time = sent == date(2023, 11, 29)

    assert len(found.visits) == visits
    assert ("reply", True) in listed(found.visits[0]) if in_time else ("reply", True) not in listed(found.visits[0])
    assert ("checklist.pin-stays" in codes(found)) is not in_time
