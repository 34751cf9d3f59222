"""A thief with one city's client certificate, its own key and an officer's key, on the real line: what they open, and what not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from openjpki.authority.cards.factory import CardFactory
from openjpki.authority.issuance.admission import key_digest
from openjpki.authority.models import Card, CardKey, Certificate, Order, Person, PinReset
from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.messages import (
    CardAnswers,
    CardCommands,
    CardRequest,
    CardWork,
    CardWorkAsked,
    CertificateActivated,
    CertificateIssued,
    CertificateOrder,
    CertificatesAsked,
    DeliveryConfirmed,
    PinResetApproved,
    PinResetOrder,
    ReportAccepted,
    Request,
)
from openjpki.rules.kinds import CardState, LifeEvent, PinKind
from tests.support.authority import CARD, CARD_EXPIRES, MOVED, RESIDENT, Scene
from tests.support.desk import Desk, Ends
from tests.unit.card.cards import Bench, zeros

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)

THEIRS, THEIR_CARD = "22222222222", "222222222222222"
"""A resident of Aoba, the thief's city, and the card."""


@dataclass
class Thief:
    """Has everything of Aoba (99202) that speaks at the desk, and nothing of Wakaba (99201)."""

    desk: Desk
    port: int
    ends: Ends

    def sends(self, request: Request, *, sender: str = "99202", signer: str | None = None) -> str:
        """Send a message over HTTPS under Aoba's certificate, signed with Aoba's keys; return the code of the refusal."""
        who = "sato" if isinstance(request, CertificateOrder | CardRequest) else ""
        stolen = self.desk.keys.key_of("99202", who)
        envelope = self.desk.seal(request, municipality=sender, signer=signer, key=stolen)
        self.desk.line = self.ends.line(self.port, shown_as="99202")
        return self.desk.refusal(envelope, peer=sender)


@pytest.fixture
def thief(tmp_path: Path) -> Iterator[Thief]:
    """Return the thief, while Hanako lives in Wakaba with her card and one Aoba resident with theirs."""
    desk = Desk(Scene(tmp_path).open())
    scene = desk.scene
    for message in (
        scene.person(),
        scene.card(),
        scene.person(THEIRS, municipality="99202", attributes=MOVED),
        scene.card(THEIR_CARD, resident=THEIRS, municipality="99202"),
    ):
        assert isinstance(desk.carrier.send(message), ReportAccepted)
    for signer in ("", "sato"):
        desk.keys.key_of("99201", signer)
        desk.keys.key_of("99202", signer)
    ends = Ends(tmp_path / "ends")
    with ends.serving(desk.receive) as port:
        yield Thief(desk, port, ends)


def test_no_certificate_for_another_citys_resident(thief: Thief) -> None:
    """Every way of ordering for Hanako with Aoba's things is refused, and nothing of it is left (R-1.1)."""
    scene = thief.desk.scene
    hers = scene.order()
    as_theirs = scene.order(municipality="99202")
    with_their_card = scene.order(card=THEIR_CARD, municipality="99202")
    with_her_card = scene.order(resident=THEIRS, municipality="99202")

    assert thief.sends(hers, sender="99202") == "desk.other-sender"
    assert thief.sends(hers, sender="99201") == "desk.other-peer"
    assert thief.sends(as_theirs) == "authority.other-municipality"
    assert thief.sends(with_their_card) == "authority.other-municipality"
    assert thief.sends(with_her_card) == "authority.card-of-another"
    assert not Order.objects.exists()
    assert not Certificate.objects.exists()


def test_no_resident_is_taken_from_another_city(thief: Thief) -> None:
    """A move to Aoba that Wakaba has not reported, a departure in Wakaba's name, a death, a card: all refused (R-5.21)."""
    scene = thief.desk.scene

    assert thief.sends(scene.arrival_report()) == "authority.departure-missing"
    assert thief.sends(scene.departure(municipality="99202", to_municipality="99201")) == "authority.other-municipality"
    assert thief.sends(scene.departure()) == "desk.other-sender"
    assert thief.sends(scene.departure(), sender="99201") == "desk.other-peer"
    assert thief.sends(scene.person(municipality="99202")) == "authority.person-known"
    assert thief.sends(scene.card("3" * 15, municipality="99202")) == "authority.other-municipality"
    gone = scene.life_event(LifeEvent.DEATH, attributes=None, municipality="99202")
    assert thief.sends(gone) == "authority.other-municipality"
    lost = scene.card(state=CardState.ABOLISHED, event=LifeEvent.CARD_LOST, municipality="99202")
    assert thief.sends(lost) == "authority.other-municipality"
    hanako = Person.objects.get(resident_code=RESIDENT)
    assert (hanako.municipality, hanako.state, hanako.leaving_to) == ("99201", "resident", "")
    assert Card.objects.get(card_number=CARD).state == "active"


def test_nothing_of_another_city_is_read_ended_or_confirmed(thief: Thief) -> None:
    """Aoba learns nothing of Hanako's certificates, revokes none, and confirms no order that is not its own."""
    desk, scene = thief.desk, thief.desk.scene
    issued = desk.carrier.send(scene.order())
    assert isinstance(issued, CertificateIssued)
    question = CertificatesAsked(municipality="99202", resident_code=RESIDENT, card_number=CARD, asked_at=scene.clock())

    assert thief.sends(question) == "authority.other-municipality"
    assert thief.sends(scene.confirmation(issued, municipality="99202")) == "authority.order-unknown"
    revocation = scene.revocation(LifeEvent.KEY_COMPROMISE, municipality="99202")
    thief.desk.line = thief.ends.line(thief.port, shown_as="99202")
    assert desk.refusal(desk.seal(revocation), peer="99202") == "authority.other-municipality"
    desk.line = thief.ends.line(thief.port)
    assert isinstance(desk.carrier.send(scene.confirmation(issued)), CertificateActivated)


def test_a_departure_that_came_to_nothing_is_no_door(thief: Thief) -> None:
    """Once Wakaba says that Hanako stays, in whatever words, or time has passed, Aoba takes her by no old notice (R-5.21)."""
    desk, scene = thief.desk, thief.desk.scene
    theirs = thief.ends.line(thief.port)

    def wakaba(request: Request) -> None:
        desk.line = theirs
        assert isinstance(desk.carrier.send(request), ReportAccepted)

    wakaba(scene.departure())
    wakaba(scene.departure(to_municipality="99201"))
    assert thief.sends(scene.arrival_report()) == "authority.departure-missing"
    wakaba(scene.departure())
    wakaba(scene.life_event(LifeEvent.MOVE))
    assert thief.sends(scene.arrival_report()) == "authority.departure-missing"
    wakaba(scene.departure())
    scene.clock.advance_to(scene.clock() + scene.authority.terms.departure + timedelta(days=1))
    assert thief.sends(scene.arrival_report()) == "authority.departure-missing"
    assert Person.objects.get(resident_code=RESIDENT).municipality == "99201"


def test_who_went_abroad_is_claimed_without_what_they_had(thief: Thief) -> None:
    """Aoba may say that Wakaba's emigrant lives there now; her card and its certificates are told to nobody for that."""
    desk, scene = thief.desk, thief.desk.scene
    issued = desk.carrier.send(scene.order())
    assert isinstance(issued, CertificateIssued)
    assert isinstance(desk.carrier.send(scene.confirmation(issued)), CertificateActivated)
    gone = scene.life_event(LifeEvent.EMIGRATION, attributes=None)
    assert isinstance(desk.carrier.send(gone), ReportAccepted)
    desk.line = thief.ends.line(thief.port, shown_as="99202")
    claim = desk.post(desk.seal(scene.person(municipality="99202", attributes=MOVED)), peer="99202")
    assert isinstance(claim, ReportAccepted)
    question = CertificatesAsked(municipality="99202", resident_code=RESIDENT, card_number=CARD, asked_at=scene.clock())

    assert thief.sends(question) == "authority.card-left-behind"
    assert thief.sends(scene.order(municipality="99202")) == "authority.card-left-behind"
    lost = scene.card(state=CardState.ABOLISHED, event=LifeEvent.CARD_LOST, municipality="99202")
    assert thief.sends(lost) == "authority.card-left-behind"
    card = Card.objects.get(card_number=CARD)
    assert (card.municipality, card.state) == ("99201", "active")


def test_a_stolen_certificate_alone_opens_nothing(thief: Thief) -> None:
    """With the line's certificate but without a key that signs, no message is taken at all."""
    desk, scene = thief.desk, thief.desk.scene
    desk.line = thief.ends.line(thief.port, shown_as="99202")
    made_up = desk.keys.made("99202", "nobody")
    order = msgspec.structs.replace(
        scene.order(resident=THEIRS, card=THEIR_CARD, municipality="99202"), officer="nobody"
    )

    assert desk.refusal(desk.seal(order, key=made_up), peer="99202") == "desk.signer-unknown"
    assert desk.refusal(desk.seal(scene.departure(municipality="99202"), key=made_up), peer="99202") == (
        "desk.bad-signature"
    )


def test_stolen_keys_alone_do_not_reach_the_desk(thief: Thief, tmp_path: Path) -> None:
    """Without a certificate of the desk's CA, one's own with the right name included, the line does not come about."""
    desk, scene = thief.desk, thief.desk.scene
    desk.line = Ends(tmp_path / "own").line(thief.port)

    with pytest.raises(AuthorityUnreachable):
        desk.carrier.send(scene.order(resident=THEIRS, card=THEIR_CARD, municipality="99202"))
    assert not Order.objects.exists()


def test_what_was_overheard_is_worth_nothing(thief: Thief) -> None:
    """Wakaba's own envelope, taken from its line, is no use on the thief's, nor a second time on its own."""
    desk = thief.desk
    overheard = desk.seal(desk.scene.order())
    desk.line = thief.ends.line(thief.port)
    assert isinstance(desk.post(overheard), CertificateIssued)
    assert desk.refusal(overheard) == "desk.replayed"

    desk.line = thief.ends.line(thief.port, shown_as="99202")
    assert desk.refusal(overheard) == "desk.other-peer"


def test_without_the_card_nothing_is_certified(thief: Thief) -> None:
    """Own residents too: a key that no session with that very card made is refused, however well it proves itself."""
    scene = thief.desk.scene
    in_a_drawer = scene.order(resident=THEIRS, card=THEIR_CARD, municipality="99202")
    CardKey.objects.filter(digest=key_digest(in_a_drawer.public_key)).delete()
    in_another_card = scene.order(resident=THEIRS, card=THEIR_CARD, municipality="99202")
    hers = Card.objects.get(card_number=CARD)
    CardKey.objects.filter(digest=key_digest(in_another_card.public_key)).update(card=hers)

    assert thief.sends(in_a_drawer) == "authority.key-not-from-card"
    assert thief.sends(in_another_card) == "authority.key-not-from-card"
    assert not Order.objects.exists()
    assert not Certificate.objects.exists()


def test_with_a_key_of_the_card_the_rest_holds(thief: Thief) -> None:
    """The key must prove itself for this order, once, and a handed-out certificate is not valid before it was read back."""
    desk, scene = thief.desk, thief.desk.scene
    honest = scene.order(resident=THEIRS, card=THEIR_CARD, municipality="99202")
    other = scene.order(resident=THEIRS, card=THEIR_CARD, municipality="99202")
    borrowed = msgspec.structs.replace(other, proof_of_possession=honest.proof_of_possession)
    unknown_card = scene.order(resident=THEIRS, card="8" * 15, municipality="99202")
    too_late = msgspec.structs.replace(honest, ordered_at=scene.clock().replace(year=2025))

    assert thief.sends(borrowed) == "authority.no-possession"
    assert thief.sends(unknown_card) == "authority.card-unknown"
    assert thief.sends(too_late) == "authority.order-too-old"
    longer = scene.card(THEIR_CARD, resident=THEIRS, municipality="99202", expires=date(2045, 6, 10))
    assert thief.sends(longer) == "authority.card-too-long"
    desk.line = thief.ends.line(thief.port, shown_as="99202")
    issued = desk.post(desk.seal(honest, key=desk.keys.key_of("99202", "sato")), peer="99202")
    assert isinstance(issued, CertificateIssued)
    wrong = DeliveryConfirmed(
        order_id=issued.order_id, municipality="99202", read_back=b"\x00" * 32, confirmed_at=scene.clock()
    )
    assert thief.sends(wrong) == "authority.read-back-differs"
    assert scene.word(issued) == "unknown"


def test_a_session_from_before_the_move_opens_nothing(thief: Thief) -> None:
    """Aoba opened a session with its resident's card, who has moved to Wakaba since: it goes no further (R-1.1, R-6.3)."""
    desk, scene = thief.desk, thief.desk.scene
    order = PinResetOrder(
        order_id="reset",
        municipality="99202",
        officer="sato",
        resident_code=THEIRS,
        card_number=THEIR_CARD,
        pin=PinKind.SIGNATURE,
        ordered_at=scene.clock(),
    )
    assert isinstance(desk.carrier.send(order), PinResetApproved)
    asked = CardWorkAsked(
        work_id="work",
        municipality="99202",
        officer="sato",
        resident_code=THEIRS,
        card_number=THEIR_CARD,
        work=CardWork.ALLOW_PIN_SET,
        order_id="reset",
        asked_at=scene.clock(),
    )
    opened = desk.carrier.send(asked)
    assert isinstance(opened, CardCommands)
    factory = CardFactory(scene.authority.card_keys, zeros)
    card = Bench(factory.make_numbered(THEIR_CARD, municipality="99202", expires=CARD_EXPIRES))
    answers = CardAnswers(
        session_id=opened.session_id,
        municipality="99202",
        officer="sato",
        answers=tuple(card.transmit(command) for command in opened.apdus),
    )
    leaves = scene.departure(municipality="99202", to_municipality="99201", resident=THEIRS)
    arrives = scene.life_event(LifeEvent.MOVE, municipality="99201", resident=THEIRS)
    for fact in (leaves, arrives):
        assert isinstance(desk.carrier.send(fact), ReportAccepted)

    assert thief.sends(answers) == "authority.other-municipality"
    assert thief.sends(answers) == "authority.card-session.over"
    assert thief.sends(asked) == "authority.other-municipality"
    assert PinReset.objects.get().spent_at is None
