from datetime import timedelta
from typing import Any

import pytest

from openjpki.rules.kinds import (
    Applicant,
    PinKind,
    Power,
    Procedure,
)
from openjpki.rules.representation import Claim
from tests.unit.rules.checklist.interviews import (
    NATIONAL,
    ON,
    asked,
    codes,
    listed,
)

AGENT, HOUSEHOLD = Applicant.VOLUNTARY_AGENT, Applicant.HOUSEHOLD
PARENT = Claim(power=Power.PARENT, same_household=True)


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
