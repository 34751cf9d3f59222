"""What a verifier is told of serials: their status, and what has taken their place (R-5.25, R-5.26).

A serial that was never given, one still on its way and one of the other kind look alike: unknown, and no successor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from openjpki.authority.acts import Doer, act
from openjpki.authority.issuance.serials import key_of
from openjpki.authority.means import Means
from openjpki.authority.models import Certificate, Revocation, Verifier
from openjpki.authority.models.certificate import PENDING
from openjpki.authority.publishing.status import found_of
from openjpki.authority.responding.answering import verdict
from openjpki.authority.responding.view import NotSure
from openjpki.authority.verbs import Verb
from openjpki.authority.verifiers.access import hold_right
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CertificateKind, CertificateState, RevocationReason
from openjpki.rules.linking import current_serial
from openjpki.rules.standing import shown_at
from openjpki.rules.verifiers import Right


class NoStatusNow(Failure):
    """Answers come from the lists, and a partition has no current one: nothing sure can be said."""

    code = "verifier.no-status-now"
    kind = Kind.UNAVAILABLE
    ja = "有効な失効リストがないため、いまは状態を答えられません。しばらくしてからお試しください。"
    en = "There is no current revocation list, so no status can be told now. Try again later."


@dataclass(frozen=True, kw_only=True)
class SerialStatus:
    """What is told of one serial (R-5.25)."""

    serial: int
    status: str
    """ "good", "revoked" or "unknown", as OCSP says it at the same moment."""
    check_method: str
    """ "ocsp": by the register as it is now; "crl": by the last list."""
    source_updated_at: datetime
    revoked_at: datetime | None = None
    reason: RevocationReason | None = None


def statuses(
    means: Means, row: Verifier, kind: CertificateKind, serials: Sequence[int], at: datetime
) -> tuple[SerialStatus, ...]:
    """Return the status of serials of one kind, in the order asked; raises `NotRegisteredFor` and `NoStatusNow`."""
    hold_right(row, Right.STATUS, kind)
    found = {one.serial: one for one in _handed_over().filter(key__in=[key_of(kind, serial) for serial in serials])}
    try:
        return tuple(_status(means, serial, found.get(serial), at) for serial in serials)
    except NotSure as error:
        raise NoStatusNow from error


def link(row: Verifier, kind: CertificateKind, serial: int, doer: Doer) -> int | None:
    """Return the serial that stands today for the holder of another one of the same kind, None if none does (R-5.26).

    That it was asked is recorded, by the verifier's name and the serial asked about.
    """
    hold_right(row, Right.LINKING, kind)
    with act():
        asked = _handed_over().filter(key=key_of(kind, serial)).first()
        found = None if asked is None else current_of(asked, doer.at)
        doer.note(Verb.SERIAL_LINKED, row, {"asked": key_of(kind, serial), "found": found is not None})
    return found


def current_of(asked: Certificate, at: datetime) -> int | None:
    """Return the newest serial of the same person and kind that is in force as far as the world is told at a moment."""
    theirs = list(_handed_over().filter(person_id=asked.person_id, kind=asked.kind))
    return current_serial(_numbered(asked, at), [_numbered(one, at) for one in theirs])


@dataclass(frozen=True, kw_only=True)
class _Numbered:
    """A certificate as `rules.linking` sees it."""

    holder: int
    kind: CertificateKind
    serial: int
    current: bool


def _numbered(certificate: Certificate, at: datetime) -> _Numbered:
    shown = shown_at(_rows(certificate), at)
    ended = certificate.state in (CertificateState.REVOKED.value, CertificateState.SUPERSEDED.value)
    stands = shown is None and not (ended and not _rows(certificate))
    held = shown is not None and shown.reason is RevocationReason.CERTIFICATE_HOLD
    return _Numbered(
        holder=certificate.person_id,
        kind=CertificateKind(certificate.kind),
        serial=certificate.serial,
        current=(stands or held) and certificate.expires >= civil_date(at),
    )


def _rows(certificate: Certificate) -> list[Revocation]:
    return list(Revocation.objects.filter(certificate_key=certificate.key).order_by("pk"))


def _handed_over() -> "QuerySet[Certificate]":
    return Certificate.objects.exclude(state__in=[state.value for state in PENDING])


def _status(means: Means, serial: int, certificate: Certificate | None, at: datetime) -> SerialStatus:
    method = "crl" if means.policy.ocsp_mode == "from-crl" else "ocsp"
    if certificate is None:
        return SerialStatus(serial=serial, status="unknown", check_method=method, source_updated_at=at)
    found = found_of(means, certificate, at)
    answer = verdict(found)
    return SerialStatus(
        serial=serial,
        status=answer.status,
        check_method=method,
        source_updated_at=found.span.this_update,
        revoked_at=answer.revoked_at,
        reason=answer.reason,
    )
