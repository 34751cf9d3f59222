"""An authority, a card of its factory, and a counter's relay between them: what tests of card administration talk to."""

import hashlib
from dataclasses import dataclass, field

from openjpki.authority.cards.factory import CardFactory
from openjpki.card.connection import CardRemoved
from openjpki.card.image import CardImage
from openjpki.desk.messages import (
    CardAnswers,
    CardCommands,
    CardWork,
    CardWorkAsked,
    CardWorkDone,
    CertificateActivated,
    CertificateIssued,
    CertificateOrder,
    DeliveryConfirmed,
    PinResetOrder,
    Reply,
    Request,
)
from openjpki.rules.kinds import CertificateKind, PinKind, Procedure
from openjpki.window.officer import Clerk
from openjpki.window.relay import RelayedCard
from tests.support.authority import CARD, CARD_EXPIRES, RESIDENT, SIGNATURE, Scene
from tests.support.carrier import InProcess
from tests.unit.card.cards import Bench, zeros

CLERK = Clerk("sato", "99201")


@dataclass
class Wire:
    """A carrier and a connection at once: it keeps whatever passes the window, and may do worse where a test says so."""

    scene: Scene
    card: Bench
    commands: list[bytes] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    pull_at: int | None = None
    """How many commands go through before the card is pulled off the reader."""
    answered: bool = False
    """Whether the card still carries out the command at which it is pulled."""

    def send(self, request: Request) -> Reply:
        """Take a message to the authority."""
        return InProcess(self.scene.authority.handle).send(request)

    def transmit(self, apdu: bytes) -> bytes:
        """Take a command to the card."""
        if self.pull_at == 0:
            if self.answered:
                self.card.transmit(apdu)
            self.card.power_on_again()
            self.pull_at = None
            raise CardRemoved
        self.pull_at = None if self.pull_at is None else self.pull_at - 1
        self.commands.append(apdu)
        answer = self.card.transmit(apdu)
        self.answers.append(answer)
        return answer


@dataclass
class Counter:
    """A scene in which Hanako holds a card of the authority's factory, and its card lies on a reader."""

    scene: Scene
    wire: Wire
    relayed: RelayedCard

    @classmethod
    def open(cls, scene: Scene) -> "Counter":
        """Report Hanako and her card, make that card, and lay it on the reader."""
        scene.with_card()
        factory = CardFactory(scene.authority.card_keys, zeros)
        image = factory.make_numbered(CARD, municipality="99201", expires=CARD_EXPIRES)
        wire = Wire(scene, Bench(image))
        relayed = RelayedCard(
            connection=wire,
            carrier=wire,
            officer=CLERK,
            resident_code=RESIDENT,
            moment=scene.clock,
            new_id=lambda: scene.new_id("work"),
        )
        return cls(scene, wire, relayed)

    @property
    def card(self) -> Bench:
        """Return the card."""
        return self.wire.card

    def lay(self, image: CardImage) -> None:
        """Lay another card on the reader."""
        self.wire.card = Bench(image)

    def asked(
        self,
        work: CardWork,
        kind: CertificateKind | None = SIGNATURE,
        *,
        order_id: str | None = None,
        digest: bytes | None = None,
        municipality: str = "99201",
        resident: str = RESIDENT,
        card: str = CARD,
    ) -> CardWorkAsked:
        """Return the question for a piece of work."""
        return CardWorkAsked(
            work_id=self.scene.new_id("work"),
            municipality=municipality,
            officer="sato",
            resident_code=resident,
            card_number=card,
            work=work,
            kind=kind,
            order_id=order_id,
            certificate_digest=digest,
            asked_at=self.scene.clock(),
        )

    def carried(self, commands: CardCommands) -> CardAnswers:
        """Pass a session's commands to the card."""
        return self.relayed._carried(commands)

    def commands(self, request: Request) -> CardCommands:
        """Send a message that must be answered by commands."""
        return self.scene.expect(CardCommands, request)

    def do(self, request: CardWorkAsked) -> CardWorkDone:
        """Carry a piece of work out, message by message."""
        second = self.commands(self.carried(self.commands(request)))
        return self.scene.expect(CardWorkDone, self.carried(second))

    def ordered(self, kind: CertificateKind = SIGNATURE, procedure: Procedure = Procedure.NEW) -> CertificateIssued:
        """Have the card make a key and order a certificate for it."""
        order_id = self.scene.new_id()
        key = self.relayed.generate_key(kind)
        order = CertificateOrder(
            order_id=order_id,
            municipality="99201",
            officer="sato",
            resident_code=RESIDENT,
            card_number=CARD,
            kind=kind,
            procedure=procedure,
            public_key=key,
            proof_of_possession=self.relayed.prove(kind, order_id),
            ordered_at=self.scene.clock(),
        )
        return self.scene.expect(CertificateIssued, order)

    def confirmation(self, issued: CertificateIssued) -> DeliveryConfirmed:
        """Return the window's word that the certificate is on the card."""
        return DeliveryConfirmed(
            order_id=issued.order_id,
            municipality="99201",
            read_back=hashlib.sha256(issued.certificate).digest(),
            confirmed_at=self.scene.clock(),
        )

    def in_force(self, kind: CertificateKind = SIGNATURE, procedure: Procedure = Procedure.NEW) -> CertificateIssued:
        """Bring an issue as far as the authority's activation; the card does not use it yet."""
        issued = self.ordered(kind, procedure)
        self.relayed.load(kind, issued.certificate)
        assert self.relayed.read_back(kind) == issued.certificate
        self.scene.expect(CertificateActivated, self.confirmation(issued))
        return issued

    def reset(self, pin: PinKind = PinKind.AUTHENTICATION, *, card: str = CARD) -> PinResetOrder:
        """Return an order to let a PIN be set anew."""
        return PinResetOrder(
            order_id=self.scene.new_id("reset"),
            municipality="99201",
            officer="sato",
            resident_code=RESIDENT,
            card_number=card,
            pin=pin,
            ordered_at=self.scene.clock(),
        )
