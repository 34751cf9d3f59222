"""Whether a PIN can be reset at a kiosk, or only at the window (R-6.6)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from openjpki.rules.catalogue import find
from openjpki.rules.dates import in_japan
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.policy import Policy

OTHER_PIN: Mapping[PinKind, PinKind] = {
    PinKind.SIGNATURE: PinKind.AUTHENTICATION,
    PinKind.AUTHENTICATION: PinKind.SIGNATURE,
}
"""The PIN that opens the way to resetting another one at a kiosk. The other two PINs are reset at the window only."""


@dataclass(frozen=True, kw_only=True)
class KioskReset:
    """Where the reset is done, and why; `kiosk` only if it can be done at that moment."""

    place: Literal["kiosk", "kiosk-later", "window"]
    """`kiosk-later`: at a kiosk, after what the findings say."""
    findings: tuple[Finding, ...]


def kiosk_reset(
    policy: Policy,
    *,
    pin: PinKind,
    known: frozenset[PinKind],
    in_force: frozenset[CertificateKind],
    applied: datetime | None,
    at: datetime,
) -> KioskReset:
    """Say whether a PIN can be reset at a kiosk at an aware moment (R-6.6), free of charge; else at the window (R-6.3).

    `known`: the PINs the holder knows and that are not locked; `in_force`: the certificates neither expired nor ended;
    `applied`: when the app took the application (card face, chip, live face), None if it did not.
    The last minute of the hours and the last second of the term are included.
    """
    barred = tuple(_window_only(pin, known, in_force))
    if barred:
        return KioskReset(place="window", findings=barred)
    waits = tuple(_not_now(policy, applied, at))
    if waits:
        return KioskReset(place="kiosk-later", findings=waits)
    return KioskReset(place="kiosk", findings=(_free(pin),))


def kiosk_helps(
    policy: Policy,
    *,
    pin: PinKind,
    usable: frozenset[PinKind],
    in_force: frozenset[CertificateKind] = frozenset(CertificateKind),
) -> bool:
    """Tell whether a kiosk may set this PIN anew some time, beside the window (R-6.6).

    `usable`: the PINs of the card that are set and not locked, whether or not their holder knows them; `in_force`: the
    certificates, as far as they are known. A municipality whose `kiosk_reset_hours` are none has no such way.
    """
    return policy.kiosk_reset_hours > 0 and not any(_window_only(pin, usable, in_force))


def _window_only(pin: PinKind, known: frozenset[PinKind], in_force: frozenset[CertificateKind]) -> Iterator[Finding]:
    """Tell what no kiosk can help: these refusals name the window's papers (R-6.3, R-6.6)."""
    if pin not in OTHER_PIN:
        yield find("kiosk.window-only")
    elif OTHER_PIN[pin] not in known:
        yield find("kiosk.other-pin-unknown")
    if in_force != frozenset(CertificateKind):
        yield find("kiosk.certificate-not-in-force")


def _not_now(policy: Policy, applied: datetime | None, at: datetime) -> Iterator[Finding]:
    hours = policy.kiosk_hours
    if applied is None or applied > at:
        yield find("kiosk.app-first", hours=policy.kiosk_reset_hours)
    elif at - applied > timedelta(hours=policy.kiosk_reset_hours):
        yield find("kiosk.too-late", hours=policy.kiosk_reset_hours)
    if not hours.opens <= in_japan(at).time() <= hours.closes:
        yield find("kiosk.closed", opens=f"{hours.opens:%H:%M}", closes=f"{hours.closes:%H:%M}")


def _free(pin: PinKind) -> Finding:
    places_ja, places_en = _PLACES[pin]
    return find("kiosk.free", places_ja=places_ja, places_en=places_en)


_PLACES: Mapping[PinKind, tuple[str, str]] = {
    PinKind.SIGNATURE: (
        "セブン-イレブン、ファミリーマート、ローソン、ミニストップ等",
        "7-Eleven, FamilyMart, Lawson, Ministop and others",
    ),
    PinKind.AUTHENTICATION: ("セブン-イレブン、イオンリテール", "7-Eleven and Aeon Retail"),
}
"""Chains with such kiosks, as far as the sources name them."""
