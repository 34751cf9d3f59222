"""An order under lock, and the ways it can be refused for what it is."""

from dataclasses import dataclass

from django.db.models import Q

from openjpki.authority.acts import Doer, act
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.ending import close
from openjpki.authority.means import Means
from openjpki.authority.models import Card, Certificate, Order, OrderState, Person
from openjpki.authority.models.certificate import LIVE
from openjpki.authority.questions import Change, Question
from openjpki.desk.carrier import decode_request
from openjpki.desk.messages import CertificateOrder
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import CertificateKind, CertificateState
from openjpki.rules.lifecycle import CERTIFICATE, CertificateEvent, advance


class OrderUnknown(Failure):
    """There is no such order."""

    code = "authority.order-unknown"
    kind = Kind.REFUSED
    ja = "申請 {order_id} は受け付けていません。"
    en = "There is no order {order_id}."


class OrderClosed(Failure):
    """The order came to nothing."""

    code = "authority.order-closed"
    kind = Kind.REFUSED
    ja = "申請 {order_id} は取りやめになっています({because})。カードで鍵を作り直し、新しい番号で申請してください。"
    en = "The order {order_id} was closed ({because}). Make a new key in the card and order under a new id."


_HELD = Question(
    lambda slot: (
        Order.objects.select_related("person", "card")
        .filter(order_id=slot("order_id"))
        .select_for_update(of=("person", "self", "card"), no_key=True)
    )
)
_CERTIFICATE = Question(lambda slot: Certificate.objects.select_related("issuer").filter(key=slot("key")))
_PLACE = Question(
    lambda slot: Certificate.objects.filter(
        Q(key=slot("key")) | Q(card=slot("card"), kind=slot("kind"), state__in=[state.value for state in LIVE])
    )
)


_MOVED = Change(Order, "state", "superseded_serial")
_ADVANCED = Change(Certificate, "state")
_SIGNED = Change(Certificate, "state", "der")


@dataclass(frozen=True)
class Held:
    """An order whose person is locked: nothing else moves the person's certificates until the act ends."""

    order: Order
    person: Person
    card: Card

    @property
    def state(self) -> OrderState:
        """Return how far the order has come."""
        return OrderState(self.order.state)

    @property
    def kind(self) -> CertificateKind:
        """Return what was ordered."""
        return CertificateKind(self.order.kind)

    @property
    def request(self) -> CertificateOrder:
        """Return the order as it came."""
        request = decode_request(bytes(self.order.request))
        if not isinstance(request, CertificateOrder):
            raise TypeError(self.order.order_id)
        return request

    @property
    def certificate(self) -> Certificate:
        """Return the certificate; there is one from step 2 on."""
        (certificate,) = _CERTIFICATE.ask(key=self.order.certificate_key)
        return certificate

    def hold_open(self) -> None:
        """Raise `OrderClosed` if the order came to nothing."""
        if self.state is OrderState.CLOSED:
            raise OrderClosed(order_id=self.order.order_id, because=self.order.closed_because)

    def certificate_and_place(self) -> tuple[Certificate, Certificate | None]:
        """Return the certificate and, if there is one, the live one of its kind on the card, whose place it takes."""
        key = self.order.certificate_key
        found = {row.key: row for row in _PLACE.ask(key=key, card=self.card.pk, kind=self.order.kind)}
        return found.pop(key), next(iter(found.values()), None)

    def move_to(self, state: OrderState) -> None:
        """Store how far the order has come now."""
        self.order.state = state.value
        _MOVED.store(self.order)


def hold(order_id: str) -> Held:
    """Lock an order's person inside the act and return both; raises `OrderUnknown`.

    The person's row is locked first, as every act does it; then the order's and the card's, because PostgreSQL gives of a
    row that it waited for the newest state, and of one that it did not lock the state from before the wait.
    """
    order = _HELD.one(order_id=order_id)
    if order is None:
        raise OrderUnknown(order_id=order_id)
    return Held(order, order.person, order.card)


def give_up(means: Means, order_id: str, because: str, doer: Doer) -> None:
    """Close an order that cannot reach its signature; what may have been signed for it is revoked."""
    with act():
        held = hold(order_id)
        if held.state in (OrderState.NUMBERED, OrderState.LINTED):
            close(means, held.order, because, doer)
    means.checkpoint(Checkpoint.ORDER_CLOSED)


def advance_to(certificate: Certificate, event: CertificateEvent) -> None:
    """Take one edge of the life cycle, with which a signature is stored; an illegal one raises and changes nothing."""
    certificate.state = advance(CERTIFICATE, CertificateState(certificate.state), event).value
    (_SIGNED if event is CertificateEvent.SIGN else _ADVANCED).store(certificate)
