"""What the authority tells about a certificate, at a moment."""

from datetime import datetime

from django.db.models import QuerySet

from openjpki.authority.models import Certificate, Revocation
from openjpki.authority.models.certificate import LIVE
from openjpki.desk.messages import CertificateRecord
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CertificateKind, CertificateState, LifeEvent, RevocationReason
from openjpki.rules.lifecycle import CERTIFICATE, CertificateEvent, advance


def state_at(certificate: Certificate, at: datetime) -> CertificateState:
    """Return a certificate's state at a moment: a live one whose last day is over is expired, not revoked (R-3.10)."""
    state = CertificateState(certificate.state)
    if state in LIVE and certificate.expires < civil_date(at):
        return advance(CERTIFICATE, state, CertificateEvent.EXPIRE)
    return state


def lives_at(certificate: Certificate, at: datetime) -> bool:
    """Tell whether a certificate is valid or held at a moment."""
    return state_at(certificate, at) in LIVE


def recorded(certificates: "QuerySet[Certificate]", at: datetime) -> tuple[CertificateRecord, ...]:
    """Return the records of those certificates that were ever signed, in the order of their issue."""
    signed = list(certificates.filter(der__isnull=False).select_related("card").order_by("issued_on", "kind", "serial"))
    endings: dict[str, Revocation] = {}
    keys = [certificate.key for certificate in signed]
    for row in Revocation.objects.filter(certificate_key__in=keys).order_by("pk"):
        endings[row.certificate_key] = row
    return tuple(_record(certificate, endings.get(certificate.key), at) for certificate in signed)


def _record(certificate: Certificate, ending: Revocation | None, at: datetime) -> CertificateRecord:
    return CertificateRecord(
        serial=certificate.serial,
        kind=CertificateKind(certificate.kind),
        state=state_at(certificate, at),
        issued_on=certificate.issued_on,
        expires=certificate.expires,
        card_number=certificate.card.card_number,
        issuing_municipality=certificate.issuing_municipality,
        reason=RevocationReason(ending.reason) if ending else None,
        event=_EVENTS.get(ending.event) if ending else None,
        effective_at=ending.effective_at if ending else None,
        visible_at=ending.visible_at if ending else None,
        certificate=bytes(certificate.der or b""),
    )


_EVENTS = {event.value: event for event in LifeEvent}
"""A certificate that was never handed over ended by no event of anybody's life."""
