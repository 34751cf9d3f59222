"""What must hold in a whole home, whatever was killed: at every moment, and once all is taken up again."""

from collections import Counter
from datetime import timedelta

from cryptography import x509

from openjpki.audit.models import Entry
from openjpki.authority.models import (
    Card,
    CardChannel,
    CardKey,
    CardSession,
    Certificate,
    CrlPublication,
    PinReset,
    Receipt,
    Revocation,
)
from openjpki.authority.models.certificate import LIVE
from openjpki.card.image import CardImage
from openjpki.card.pins import PinName
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.window.cards import card_subject
from openjpki.window.models import Application, CardHolding, Order, OutboxMessage, RegisterEvent
from tests.faults import facts
from tests.faults.stage import CARDS, NUMBERS, Stage
from tests.unit.authority import invariants as authority

_STEP_VERBS = {
    "keyed": "certificate.ordered",
    "issued": "certificate.received",
    "written": "certificate.written",
    "confirmed": "certificate.confirmed",
    "active": "certificate.activated",
}
_ENTERED = {"application.accepted", "application.refused", "revocation.requested", "pin-reset.requested"}
_DONE_VERBS = {"pin-reset": "pin-reset.permitted"}
"""Procedure → how its end is recorded, where it is not `application.done`."""


def always(stage: Stage) -> None:
    """Hold what must hold between any two steps, also while a crash's pieces still lie about."""
    authority.check()
    _no_permission_of_nobodys(stage)
    _lists_rise()
    _nobody_is_left_with_nothing(stage)
    _every_act_has_its_row()
    _every_session_is_believed_once()
    for name in stage.house.cards.list():
        image = stage.house.cards.look(name)  # whole, or this raises
        assert all(0 <= pin.tries <= pin.limit for pin in image.pins.values())
        channel = CardChannel.objects.filter(card__card_number=image.number).first()
        assert channel is None or channel.counter <= image.channel.counter, f"{name}: believed before it was durable"
        assert image.channel.failures <= 1, f"{name}: more failures than sessions that were cut off"


def at_rest(stage: Stage) -> None:
    """Hold what must hold once everything is taken up again."""
    always(stage)
    assert facts.settled(stage.house), "something is left to be taken up"
    assert facts.card_uses_all_live(stage.house), "a card uses another certificate than the authority's live one"
    _one_effect_each()
    _cards_say_their_day(stage)
    stage.clock.advance_to(stage.clock() + timedelta(days=1))
    stage.house.authority.publish_crls()
    _every_ending_is_shown(stage)


def _lists_rise() -> None:
    rows = CrlPublication.objects.order_by("issuer_id", "municipality", "pk")
    partitions: dict[tuple[int, str], list[CrlPublication]] = {}
    for row in rows:
        partitions.setdefault((row.issuer_id, row.municipality), []).append(row)
    for lists in partitions.values():
        numbers = [row.number for row in lists]
        assert numbers == list(range(1, len(lists) + 1)), f"list numbers {numbers}"
        moments = [row.this_update for row in lists]
        assert moments == sorted(moments), "a list older than the one before"


def _nobody_is_left_with_nothing(stage: Stage) -> None:
    """A card's certificate in use is live, or its successor is on the card, in force, and an application waits."""
    live = [state.value for state in LIVE]
    for resident, name in CARDS.items():
        image = stage.house.cards.look(name)
        for kind in CertificateKind:
            alive = facts.live_certificate(resident, kind)
            if alive is None or facts.card_uses_live(stage.house, resident, kind):
                continue
            shadow = image.keys[kind].shadow
            assert alive.state in live
            assert shadow is not None, f"{name}: the live certificate is nowhere"
            assert shadow.certificate == bytes(alive.der or b""), f"{name}: the live certificate is not on the card"
            waiting = Order.objects.for_municipality("99201").filter(
                serial=alive.serial, kind=kind.value, step__in=["written", "confirmed"]
            )
            assert waiting.filter(application__state__in=["fee-settled", "ready", "partly-issued"]).exists(), (
                f"{name}: nobody will bring the new certificate into use"
            )


def _no_permission_of_nobodys(stage: Stage) -> None:
    """A PIN may be set by permission only while a reset of that card is open or done, or at its hand-over (R-6.3).

    What the factory lets a holder set is no matter of a permission. The PIN of the text application is: it leaves the
    factory closed, and the authority approves that it is set on that very card, which both sides write down.
    """
    for resident, name in CARDS.items():
        image = stage.house.cards.look(name)
        if image.face is not None and PinKind.CARD_FACE_ENTRY in _never_set(image):
            _is_of_a_hand_over(NUMBERS[resident])
        permitted = [pin for pin in image.permitted if image.pins[pin].digest is not None]
        resets = Application.objects.for_municipality("99201").filter(
            resident__resident_code=resident, procedure="pin-reset", state__in=["ready", "done"]
        )
        assert not permitted or resets.exists(), f"{name}: {permitted} of no reset"


def _never_set(image: CardImage) -> frozenset[PinName]:
    return frozenset(pin for pin in image.permitted if image.pins[pin].digest is None)


def _is_of_a_hand_over(number: str) -> None:
    holding = CardHolding.objects.across_municipalities().get(card_number=number)
    pin = PinKind.CARD_FACE_ENTRY.value
    asked = Entry.objects.using("window").filter(verb="pin-reset.requested", subject=card_subject(holding))
    approved = PinReset.objects.filter(card__card_number=number, pin=pin, spent_at__isnull=False)
    assert approved.exists(), f"{number}: nobody approved that {pin} is set"
    assert asked.count() >= approved.count(), f"{number}: nobody asked that {pin} is set"


def _every_act_has_its_row() -> None:
    window = Entry.objects.using("window")
    verbs = Counter(window.values_list("verb", "subject"))
    for application in Application.objects.across_municipalities():
        name = f"application:{application.municipality}/{application.receipt}"
        assert any(verbs[verb, name] for verb in _ENTERED), f"{name} was never entered"
        if application.state == "done":
            done = _DONE_VERBS.get(application.procedure, "application.done")
            assert verbs[done, name] == 1, name
    for order in Order.objects.across_municipalities():
        passed = list(_STEP_VERBS)[: list(_STEP_VERBS).index(order.step) + 1] if order.step in _STEP_VERBS else []
        for step in passed:
            assert verbs[_STEP_VERBS[step], f"order:{order.order_id}"] == 1, f"{order}: {step}"
    events = window.filter(verb="event.recorded").count()
    assert events == RegisterEvent.objects.across_municipalities().count()
    handed = window.filter(verb="card.handed-over").count()
    cards = CardHolding.objects.across_municipalities().values("card_number").distinct()
    assert handed == cards.count(), "a card moves along with its holder, and is handed over once"
    assert all(count == 1 for (verb, _), count in verbs.items() if verb == "message.delivered")


def _every_session_is_believed_once() -> None:
    """What a card did in a session stands in the record once, and every certificate's key was made in its card."""
    sessions = dict(CardSession.objects.values_list("session_id", "state"))
    acts = Counter(Entry.objects.using("authority").values_list("verb", "subject"))
    for session, state in sessions.items():
        assert acts["card-session.opened", f"card-session:{session}"] == 1, session
        assert acts["card-session.done", f"card-session:{session}"] == (state == "done"), session
        assert acts["card-session.closed", f"card-session:{session}"] == (state == "closed"), session
    for certificate in Certificate.objects.exclude(der=None):
        assert CardKey.objects.filter(digest=certificate.public_key_digest, card=certificate.card_id).exists()


def _cards_say_their_day(stage: Stage) -> None:
    """The next work on a card writes the municipality and the last day that the register has, whatever was cut off."""
    for resident, name in CARDS.items():
        known = Card.objects.filter(card_number=NUMBERS[resident]).select_related("person").first()
        if known is None:
            continue
        with stage.card(resident) as card:
            card.waiting_key_digest(CertificateKind.SIGNATURE)
        image = stage.house.cards.look(name)
        assert (image.municipality, image.expires) == (known.person.municipality, known.expires), name
        assert image.permitted == _never_set(image), f"{name}: a permission outlives another work on the card"
        assert image.face is None or PinKind.CARD_FACE_ENTRY not in image.permitted, (
            f"{name}: the permission of a hand-over outlives another work on the card"
        )


def _one_effect_each() -> None:
    """Every message had one effect: one receipt there, one mark here, no ending and no registration twice."""
    said = dict(OutboxMessage.objects.across_municipalities().values_list("message_id", "last_error"))
    taken = {message for message, error in said.items() if not error}
    receipts = set(Receipt.objects.values_list("message_id", flat=True))
    assert taken == receipts & said.keys()
    stays = Entry.objects.using("authority").filter(verb="person.stays").count()
    assert stays <= 1
    assert stays or receipts <= said.keys(), "only that somebody stays is said without the outbox"
    acts = Counter(Entry.objects.using("authority").values_list("verb", "subject"))
    once = ("person.registered", "card.registered", "certificate.revoked", "certificate.activated")
    assert all(count == 1 for (verb, _), count in acts.items() if verb in once), acts
    delivered = Entry.objects.using("window").filter(verb="message.delivered").count()
    assert delivered == len(taken)


def _every_ending_is_shown(stage: Stage) -> None:
    public = stage.house.home.public
    for row in Revocation.objects.select_related("issuer"):
        if row.visible_at > stage.clock() or row.released_at is not None:
            continue
        path = public / "crl" / f"{row.issuer}-{row.issuing_municipality}.crl"
        listed = x509.load_der_x509_crl(path.read_bytes())
        found = listed.get_revoked_certificate_by_serial_number(row.serial)
        assert found is not None, f"{row} is not shown"


def live_count() -> dict[str, int]:
    """Return how many live certificates each card has of each kind; there is never more than one."""
    live = Certificate.objects.filter(state__in=[state.value for state in LIVE])
    return dict(Counter(f"{one.card.card_number}/{one.kind}" for one in live.select_related("card")))


__all__ = ["NUMBERS", "always", "at_rest", "live_count"]
