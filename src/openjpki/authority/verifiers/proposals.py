"""A verifier's registration as several operators approve it: the notification, field by field, as an act's content."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from openjpki.authority.acts import Doer
from openjpki.authority.means import Means
from openjpki.authority.models import ControlledAct
from openjpki.authority.verifiers.register import Registration, RegistrationUnsound, enter, hold_registrable
from openjpki.rules.verifiers import Ground, Right, VerifierKind


def content_for(registration: Registration) -> dict[str, Any]:
    """Return the content of the act: what is approved is every word of it."""
    return {
        "code": registration.code,
        "name": registration.name,
        "kind": registration.kind.value,
        "grounds": [word.value for word in Ground if word in registration.grounds],
        "rights": [word.value for word in Right if word in registration.rights],
        "since": registration.since.isoformat(),
        "until": registration.until.isoformat(),
        "corporate_number": registration.corporate_number,
    }


def registration_in(content: Mapping[str, Any]) -> Registration:
    """Return the registration that an act's content says: `content_for`'s counterpart; raises `RegistrationUnsound`."""
    try:
        return Registration(
            code=content["code"],
            name=content["name"],
            kind=VerifierKind(content["kind"]),
            grounds=frozenset(map(Ground, content["grounds"])),
            rights=frozenset(map(Right, content["rights"])),
            since=date.fromisoformat(content["since"]),
            until=date.fromisoformat(content["until"]),
            corporate_number=content["corporate_number"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RegistrationUnsound(field="content") from error


def check(_: Means, content: Mapping[str, Any], __: datetime) -> None:
    """Raise what stands against a registration, before it is proposed."""
    hold_registrable(registration_in(content))


def enter_approved(held: ControlledAct, content: Mapping[str, Any], doer: Doer) -> None:
    """Enter the verifier inside the act that was approved; the register names the act for good."""
    registration = registration_in(content)
    hold_registrable(registration)
    enter(registration, doer, approved_by=f"act:{held.pk}")
