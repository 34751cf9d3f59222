"""When what anybody uses without the window is open: the call centre, コンビニ交付, the kiosks (R-4.6)."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, unique

from openjpki.rules.catalogue import find
from openjpki.rules.finding import Finding
from openjpki.rules.office import Because, hours_of
from openjpki.rules.policy import Policy
from openjpki.rules.settings import Calendar, Hours, Office


@unique
class PublicService(Enum):
    """What is used at home, on the telephone or in a shop."""

    HOLD_CALL = "hold-call"
    """一時保留 by telephone (R-2.7)."""
    CONVENIENCE_STORE = "convenience-store"
    """コンビニ交付: certificates of the resident record at a kiosk."""
    KIOSK_RESET = "kiosk-reset"
    """A PIN set anew at a kiosk (R-6.6)."""


@dataclass(frozen=True, kw_only=True)
class ServiceHours:
    """Whether a service is open at a moment, why, and what is told."""

    open: bool
    because: Because
    hours: Hours | None
    """Its hours, both ends included; None: day and night."""
    rules: tuple[str, ...]
    findings: tuple[Finding, ...]


def service_hours(policy: Policy, *, service: PublicService, at: datetime) -> ServiceHours:
    """Say whether a service is open at an aware moment, both ends of its hours included (R-4.6; S-06).

    The call centre takes a hold at any hour of any day. Days of maintenance are closed days of the setting.
    """
    if service is PublicService.HOLD_CALL:
        return ServiceHours(
            open=True, because="open", hours=None, rules=("R-2.7", "R-4.6"), findings=(find("hold.by-telephone"),)
        )
    place, code, rules = _place(policy, service)
    found = hours_of(place, at, rule="R-4.6")
    clock = {"opens": f"{place.hours.opens:%H:%M}", "closes": f"{place.hours.closes:%H:%M}"}
    return ServiceHours(
        open=found.open,
        because=found.because,
        hours=place.hours,
        rules=(*found.rules, *rules),
        findings=() if found.open else (find(code, **clock),),
    )


def _place(policy: Policy, service: PublicService) -> tuple[Office, str, tuple[str, ...]]:
    """Return hours and calendar, what is told of a closed one, and further rules."""
    if service is PublicService.CONVENIENCE_STORE:
        return policy.convenience_service, "service.convenience-store-closed", ()
    every_day = Office(code=service.value, hours=policy.kiosk_hours, calendar=Calendar())
    return every_day, "kiosk.closed", ("R-6.6",)
