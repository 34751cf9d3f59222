"""How certificates end: the one place that writes revocations."""

from collections.abc import Iterable

from django.db.models import Q

from openjpki.authority.acts import Doer
from openjpki.authority.means import Means
from openjpki.authority.models import Card, Certificate, Issuer, Order, OrderState, Person, Revocation
from openjpki.authority.models.certificate import LIVE, OPEN, PENDING
from openjpki.authority.publishing import journal
from openjpki.authority.verbs import Verb
from openjpki.rules.dates import civil_date, first_second, last_second
from openjpki.rules.kinds import CertificateKind, CertificateState, LifeEvent, OtherCause
from openjpki.rules.lifecycle import CERTIFICATE, CertificateEvent, advance
from openjpki.rules.revocation import Cause, Effect, Ending, effect_of, visible_at

_VERBS = {
    CertificateEvent.HOLD: Verb.CERTIFICATE_HELD,
    CertificateEvent.REVOKE: Verb.CERTIFICATE_REVOKED,
    CertificateEvent.SUPERSEDE: Verb.CERTIFICATE_SUPERSEDED,
    CertificateEvent.DISCARD: Verb.CERTIFICATE_DISCARDED,
}


def end_for(
    means: Means, person: Person, cause: LifeEvent, effect: Effect, doer: Doer, *, card: Card | None = None
) -> list[Certificate]:
    """End, inside the act, what a cause ends of a person's certificates, of one card or of all; return the live ones.

    Orders on the way for those kinds are closed: what was signed for the old facts must never become valid. The
    caller holds the person's row.
    """
    ended: list[Certificate] = []
    for kind in CertificateKind:
        ending = effect.of(kind)
        if ending is None:
            continue
        mine = Q(person=person, kind=kind.value) & (Q(card=card) if card else Q())
        for order in Order.objects.filter(mine, state__in=[state.value for state in OPEN]):
            close(means, order, f"event.{cause.value}", doer)
        states = [state.value for state in LIVE]
        living = Certificate.objects.filter(mine, state__in=states, expires__gte=civil_date(doer.at))
        ended.extend(row for row in living.order_by("serial") if _end(means, row, ending, cause, doer))
        _hasten(means, Certificate.objects.filter(mine, state=CertificateState.REVOKED.value), ending, cause, doer)
    return ended


def supersede(means: Means, old: Certificate, doer: Doer) -> None:
    """End a certificate in favour of its successor (R-5.7), inside the act that activates that one."""
    _move_by_rule(means, old, CertificateEvent.SUPERSEDE, LifeEvent.RENEWAL, doer)


def release(card: Card, doer: Doer) -> None:
    """Lift the hold of a card's certificates, inside the act; only under `auth_hold_release = "release"` (R-5.20)."""
    for certificate in Certificate.objects.filter(card=card, state=CertificateState.HELD.value):
        certificate.state = advance(CERTIFICATE, CertificateState.HELD, CertificateEvent.RELEASE).value
        certificate.save(update_fields=["state"])
        holds = Revocation.objects.filter(certificate_key=certificate.key, released_at__isnull=True)
        holds.update(released_at=doer.at)
        journal.note(certificate.key, doer.at)
        doer.note(Verb.CERTIFICATE_RELEASED, certificate)


def end_of_generation(means: Means, issuer: Issuer, cause: Cause, doer: Doer, *, most: int) -> int:
    """End, inside the act, up to so many certificates of a generation for a cause of the authority's own; return how many.

    Those that ended and do not show yet are shown at once, once nothing lives any more; they count too. The persons' rows
    are locked first, as every ending has them, and what was read before that is read again.
    """
    living = Q(state__in=[state.value for state in LIVE], expires__gte=civil_date(doer.at))
    open_ones = Certificate.objects.filter(living | Q(state__in=[state.value for state in PENDING]), issuer=issuer)
    hidden_rows = Revocation.objects.filter(issuer=issuer, visible_at__gt=doer.at, effective_at__lte=doer.at)
    hidden_ones = Certificate.objects.filter(
        key__in=hidden_rows.values("certificate_key"), state=CertificateState.REVOKED.value
    )
    batch = list(open_ones.order_by("serial").values_list("key", "person_id")[:most])
    late = list(hidden_ones.order_by("serial").values_list("key", "person_id")[: most - len(batch)])
    people = Person.objects.filter(pk__in={person for _, person in (*batch, *late)})
    list(people.order_by("pk").select_for_update())
    keys = [key for key, _ in batch]
    for order in Order.objects.filter(certificate_key__in=keys, state__in=[state.value for state in OPEN]):
        close(means, order, f"event.{cause.value}", doer)
    for certificate in open_ones.filter(living, key__in=keys).order_by("serial"):
        end_one(means, certificate, cause, doer)
    for certificate in hidden_ones.filter(key__in=[key for key, _ in late]).order_by("serial"):
        _hasten(means, [certificate], _ending(means, certificate, cause, doer), cause, doer)
    return len(batch) + len(late)


def end_one(means: Means, certificate: Certificate, cause: Cause, doer: Doer) -> None:
    """Revoke one certificate, inside the act, for a cause of the authority's own (R-5.2, R-5.9, R-5.10)."""
    _move(means, certificate, CertificateEvent.REVOKE, _ending(means, certificate, cause, doer), cause, doer)


def _ending(means: Means, certificate: Certificate, cause: Cause, doer: Doer) -> Ending:
    kind = CertificateKind(certificate.kind)
    ending = effect_of(means.policy, cause, civil_date(doer.at), kinds=(kind,)).of(kind)
    if ending is None:
        raise AssertionError(cause)  # the rules end what such a cause names
    return ending


def close(means: Means, order: Order, because: str, doer: Doer) -> None:
    """Close an order that came to nothing; what may have been signed for it ends as revoked, unspecified (R-5.11).

    From step 2 on a signature may exist, stored or not, so the serial is revoked even if no certificate is at hand.
    """
    order.state, order.closed_because = OrderState.CLOSED.value, because
    order.save(update_fields=["state", "closed_because"])
    doer.note(Verb.ORDER_CLOSED, order, {"because": because})
    states = [state.value for state in PENDING]
    certificate = Certificate.objects.filter(key=order.certificate_key, state__in=states).first()
    if certificate is not None:
        _move_by_rule(means, certificate, CertificateEvent.DISCARD, OtherCause.NOT_HANDED_OVER, doer)


def _move_by_rule(means: Means, certificate: Certificate, event: CertificateEvent, cause: Cause, doer: Doer) -> None:
    """Take an edge for a cause that names its one certificate."""
    _move(means, certificate, event, _ending(means, certificate, cause, doer), cause, doer)


def _end(means: Means, certificate: Certificate, ending: Ending, cause: Cause, doer: Doer) -> bool:
    event = CertificateEvent.HOLD if ending.held else CertificateEvent.REVOKE
    if event is CertificateEvent.HOLD and certificate.state == CertificateState.HELD.value:
        return False
    _move(means, certificate, event, ending, cause, doer)
    return True


def _move(
    means: Means, certificate: Certificate, event: CertificateEvent, ending: Ending, cause: Cause, doer: Doer
) -> None:
    """Take one edge of the life cycle and write its row; an illegal one raises and changes nothing.

    A certificate loses its force when the authority records it (the Act Art. 15), not when the cause happened: what
    was signed in between stays good.
    """
    certificate.state = advance(CERTIFICATE, CertificateState(certificate.state), event).value
    certificate.save(update_fields=["state"])
    effective = max(doer.at, first_second(ending.ends))
    Revocation.objects.create(
        certificate_key=certificate.key,
        serial=certificate.serial,
        issuer_id=certificate.issuer_id,
        issuing_municipality=certificate.issuing_municipality,
        expires_at=last_second(certificate.expires),
        reason=ending.reason.value,
        event=cause.value,
        effective_at=effective,
        visible_at=max(effective, visible_at(means.policy, cause, effective)),
    )
    journal.note(certificate.key, doer.at)
    doer.note(_VERBS[event], certificate, {"reason": ending.reason.value, "cause": cause.value})


def _hasten(means: Means, revoked: Iterable[Certificate], ending: Ending, cause: Cause, doer: Doer) -> None:
    """Show an ending at once that would show tomorrow, if a second cause comes that shows at once.

    A key reported as leaked on the day of a move must not count as good until midnight.
    """
    seen = visible_at(means.policy, cause, max(doer.at, first_second(ending.ends)))
    keys = [certificate.key for certificate in revoked]
    for row in Revocation.objects.filter(certificate_key__in=keys, visible_at__gt=seen):
        row.visible_at = max(seen, row.effective_at)
        row.save(update_fields=["visible_at"])
        journal.note(row.certificate_key, doer.at)
        doer.note(Verb.REVOCATION_HASTENED, f"certificate:{row.certificate_key}", {"cause": cause.value})
