"""What must hold in the authority's tables after every act, crash and recovery."""

from collections import Counter

from openjpki.audit.models import Entry
from openjpki.authority.models import (
    Certificate,
    Issuer,
    OcspResponder,
    Order,
    OrderState,
    Revocation,
    Serial,
    StatusChange,
    StatusHead,
)
from openjpki.authority.models.certificate import LIVE, OPEN, PENDING
from openjpki.authority.responding.standings import pack
from openjpki.rules.kinds import CertificateState

ENDED = (CertificateState.REVOKED, CertificateState.SUPERSEDED, CertificateState.HELD)

ORDER_AND_CERTIFICATE: dict[OrderState, set[CertificateState | None]] = {
    OrderState.NUMBERED: {None},
    OrderState.LINTED: {CertificateState.PREPARED},
    OrderState.SIGNED: {CertificateState.UNDELIVERED},
    OrderState.CONFIRMED: {CertificateState.UNDELIVERED},
    OrderState.ACTIVATED: {
        CertificateState.VALID,
        CertificateState.HELD,
        CertificateState.REVOKED,
        CertificateState.SUPERSEDED,
        CertificateState.EXPIRED,
    },
    OrderState.CLOSED: {None, CertificateState.REVOKED},
}
"""What may stand behind an order in each of its states."""


def check() -> None:
    """Hold every invariant; an AssertionError names the one that broke."""
    certificates = {certificate.key: certificate for certificate in Certificate.objects.all()}
    _orders(certificates)
    _revocations(certificates)
    _serials(certificates)
    _slots(certificates)
    _journal(certificates)


def _orders(certificates: dict[str, Certificate]) -> None:
    orders = {order.certificate_key: order for order in Order.objects.all()}
    assert set(certificates) <= set(orders), "a certificate without an order"
    for order in orders.values():
        behind = certificates.get(order.certificate_key)
        state = CertificateState(behind.state) if behind else None
        assert state in ORDER_AND_CERTIFICATE[OrderState(order.state)], f"{order}: {order.state} with {state}"


def _revocations(certificates: dict[str, Certificate]) -> None:
    rows = Counter(Revocation.objects.filter(released_at__isnull=True).values_list("certificate_key", flat=True))
    for key, certificate in certificates.items():
        ended = CertificateState(certificate.state) in ENDED
        assert (rows[key] > 0) is ended, f"{certificate}: {certificate.state} with {rows[key]} revocations"
    for row in Revocation.objects.all():
        of = certificates[row.certificate_key]
        assert (row.serial, row.issuer_id, row.issuing_municipality) == (
            of.serial,
            of.issuer_id,
            of.issuing_municipality,
        )
        acts = Entry.objects.using("authority").filter(subject=str(of), recorded_at=row.effective_at)
        assert acts.exists(), f"{row} without its audit row"


def _serials(certificates: dict[str, Certificate]) -> None:
    drawn = set(Serial.objects.values_list("key", flat=True))
    orders = set(Order.objects.values_list("certificate_key", flat=True))
    others = [f"{issuer.kind}/{issuer.serial}" for issuer in Issuer.objects.all()]
    others += [f"{one.issuer.kind}/{one.serial}" for one in OcspResponder.objects.select_related("issuer")]
    assert len(others) == len(set(others)), "a serial given twice"
    assert orders.isdisjoint(others), "a serial given twice"
    assert drawn == orders.union(others), "a serial drawn for nothing, or never drawn"
    assert set(certificates) <= orders


def _slots(certificates: dict[str, Certificate]) -> None:
    for states in (LIVE, PENDING):
        words = {state.value for state in states}
        slots = Counter((one.card_id, one.kind) for one in certificates.values() if one.state in words)
        assert all(count == 1 for count in slots.values()), f"two certificates in one slot: {words}"
    open_states = {state.value for state in OPEN}
    open_orders = Counter((one.card_id, one.kind) for one in Order.objects.all() if one.state in open_states)
    assert all(count == 1 for count in open_orders.values()), "two open orders for one slot"


def _journal(certificates: dict[str, Certificate]) -> None:
    """What the journal said last of a certificate is what its rows say; of one on its way it says nothing."""
    last = {
        (one.issuer_id, one.serial): bytes(one.standing) for one in StatusChange.objects.order_by("position").iterator()
    }
    pending = {state.value for state in PENDING}
    rows = {
        (one.issuer_id, one.serial): pack(Revocation.objects.filter(certificate_key=one.key).order_by("pk"))
        for one in certificates.values()
        if one.state not in pending
    }
    assert last == rows, "the journal says something else than the rows"
    positions = list(StatusChange.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, len(positions) + 1)), "a position is left out"
    assert sum(StatusHead.objects.values_list("last", flat=True)) == len(positions), "the head is not the last position"
