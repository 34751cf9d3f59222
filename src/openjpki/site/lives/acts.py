"""What is done with a test card, each act through the same doors as anybody's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from openjpki.authority.cards.holders import made_for, registered
from openjpki.card.terminal import JpkiTerminal, PinLocked, WrongPin
from openjpki.errors import Failure, Kind
from openjpki.lab.catalogue import PINS
from openjpki.lab.catalogue.card import Act, Person, TestCard, What
from openjpki.lab.city import MUNICIPALITIES
from openjpki.lab.dated import EVENTS
from openjpki.readers.inprocess import InProcessReader
from openjpki.rules.dates import civil_date
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.kinds import Applicant, CertificateKind, LifeEvent, PinKind, Power, Procedure
from openjpki.rules.lifecycle import CardEvent
from openjpki.rules.validity import card_expiry
from openjpki.site.entropy import entropy
from openjpki.site.handover import hand_over
from openjpki.site.house import CounterCard, House
from openjpki.window.changes import Change
from openjpki.window.examination import Shown
from openjpki.window.officer import Clerk

CLERK: Final = "clerk"
"""The login of whoever sits at either city's counter."""
_PROOF_OF_POWER: Final[Mapping[Power, DocumentKind]] = {
    Power.PARENT: DocumentKind.FAMILY_REGISTER_CERTIFICATE,
    Power.GUARDIAN: DocumentKind.GUARDIANSHIP_CERTIFICATE,
}
_WRONG: Final[Mapping[CertificateKind, bytes]] = {
    CertificateKind.SIGNATURE: b"WRONG0",
    CertificateKind.AUTHENTICATION: b"0000",
}
"""PINs of the right form that no test card has."""


class ActFailed(Failure):
    """An act did not come to its end: something in this installation is broken."""

    code = "lab.act-failed"
    kind = Kind.UNAVAILABLE
    ja = "テストカード「{name}」の「{act}」が最後まで終わりませんでした({reason})。ホームは作られていません。もう一度実行してください。"
    en = 'The act "{act}" of the test card "{name}" did not come to its end ({reason}). No home was made. Run it again.'


@dataclass
class Life:
    """One holder of a test card in a home: where they live now, and what is done."""

    house: House
    card: TestCard
    person: Person
    stay_until: date | None
    municipality: str

    def do(self, acts: Sequence[Act]) -> None:
        """Do the acts of one day now, all at the counter or none; raises what they refuse, and `ActFailed`."""
        if acts[0].what is What.HAND_OVER:
            self._have_made()
        if acts[0].what in _ACTS:
            for act in acts:
                _ACTS[act.what](self, act)
            return
        with self.house.card_at_counter(self.card.name, self.clerk, self.code) as card:
            for act in acts:
                _AT_COUNTER[act.what](self, act, card)

    def _have_made(self) -> None:
        """Have the card made by the authority's factory, for the holder as they are registered (R-3.7)."""
        at = self.house.clock()
        holder, policy = registered(self.code, at), self.house.policy
        today, born = civil_date(at), holder.attributes.birth_date
        expiry = card_expiry(policy, issued=today, received=today, born=born, stay_until=self.stay_until)
        self.house.cards.create(self.card.name, made_for(self.house.factory, holder, expiry.expires, at))

    @property
    def clerk(self) -> Clerk:
        """Return who serves the holder."""
        return Clerk(CLERK, self.municipality)

    @property
    def code(self) -> str:
        """Return the holder's resident code."""
        return self.person.resident_code

    def failed(self, act: Act, reason: str) -> ActFailed:
        """Return the refusal of an act that did not come to its end."""
        return ActFailed(name=self.card.name, act=act.what.value, reason=reason)


def _hand_over(life: Life, act: Act, card: CounterCard) -> None:
    """Hand the card over; the holder sets the PINs."""
    handed = hand_over(
        life.house,
        life.clerk,
        card,
        resident_code=life.code,
        pins={kind: PINS.of(kind) for kind in PinKind if kind in life.card.pins},
        stay_until=life.stay_until,
    )
    _delivered(life, act, handed.waiting)


def _issue(procedure: Procedure) -> Callable[[Life, Act, CounterCard], None]:
    """Return the act that issues certificates by a procedure."""

    def issue(life: Life, act: Act, card: CounterCard) -> None:
        procedures = life.house.window.procedures
        by = {
            Procedure.NEW: procedures.new_issue,
            Procedure.RENEWAL: procedures.renew,
            Procedure.REISSUE: procedures.reissue,
        }[procedure]
        outcome = by(life.clerk, resident_code=life.code, card=card, shown=_shown(life, card), kinds=act.kinds)
        if not outcome.done:
            reason = outcome.interruption.code if outcome.interruption else outcome.application.state.value
            raise life.failed(act, reason)

    return issue


def _shown(life: Life, card: CounterCard | None = None) -> Shown:
    """Return who comes with what: the holder with a document and, if there is one, the PIN; or who acts for them."""
    if life.card.represented is not None:
        return Shown(
            applicant=Applicant.LEGAL_REPRESENTATIVE,
            power=life.card.represented,
            copies_taken=True,
            representative_documents=(
                ShownDocument(kind=DocumentKind.DRIVERS_LICENCE),
                ShownDocument(kind=_PROOF_OF_POWER[life.card.represented]),
            ),
        )
    own = DocumentKind.PASSPORT if life.person.japanese else DocumentKind.RESIDENCE_CARD
    shown = Shown(documents=(ShownDocument(kind=own),), copies_taken=True)
    if card is None or PinKind.AUTHENTICATION not in life.card.pins:
        return shown
    card.terminal.verify_pin(CertificateKind.AUTHENTICATION, _pin(PinKind.AUTHENTICATION))
    return replace(shown, pin_matches=True)


def _pin(kind: PinKind) -> bytearray:
    return bytearray(PINS.of(kind).encode())


def _register_event(life: Life, act: Act) -> None:
    """Enter what happened in the resident register, at the counter of the city where the holder lives then (R-5.3, R-5.4)."""
    house, on = life.house, civil_date(life.house.clock())
    event = EVENTS[act.what]
    place = next((one.code for one in MUNICIPALITIES if act.value.startswith(one.prefecture + one.name)), "")
    if event is LifeEvent.MOVE and place != life.municipality:
        left, life.municipality = life.municipality, place
        recorded = house.window.events.move_in(
            life.clerk, resident_code=life.code, from_municipality=left, address=act.value, on=on
        )
    else:
        change = Change(event=event, on=on)
        if event is LifeEvent.MOVE:
            change = replace(change, address=act.value)
        elif event is LifeEvent.NAME:
            change = replace(change, name=act.value, kana=act.kana)
        recorded = house.window.events.record(life.clerk, resident_code=life.code, change=change)
    _delivered(life, act, recorded.waiting)


def _card_event(event: CardEvent, cause: LifeEvent | None = None) -> Callable[[Life, Act], None]:
    """Return the act that stops or abolishes the card (R-5.2, R-5.8)."""

    def change(life: Life, act: Act) -> None:
        number = life.house.cards.look(life.card.name).number
        changed = life.house.window.cards.change(
            life.clerk, resident_code=life.code, card_number=number, event=event, cause=cause
        )
        _delivered(life, act, changed.waiting)

    return change


def _revoke(life: Life, act: Act) -> None:
    """Have certificates ended at the holder's word (R-5.1, R-5.2)."""
    outcome = life.house.window.revocations.request(
        life.clerk, resident_code=life.code, event=EVENTS[act.what], shown=_shown(life), kinds=act.kinds
    )
    _delivered(life, act, outcome.waiting)


def _lock(life: Life, act: Act) -> None:
    """Type wrong PINs until the card takes no other (R-6.2)."""
    with InProcessReader(life.house.cards, entropy=entropy).insert(life.card.name) as inserted:
        terminal = JpkiTerminal(inserted)
        for kind in act.kinds:
            _until_locked(terminal, kind)


def _until_locked(terminal: JpkiTerminal, kind: CertificateKind) -> None:
    while True:
        try:
            terminal.verify_pin(kind, bytearray(_WRONG[kind]))
        except WrongPin:
            continue
        except PinLocked:
            return


def _delivered(life: Life, act: Act, waiting: int) -> None:
    if waiting:
        raise life.failed(act, "desk.authority-unreachable")


_AT_COUNTER: Mapping[What, Callable[[Life, Act, CounterCard], None]] = {
    What.HAND_OVER: _hand_over,
    What.ISSUE: _issue(Procedure.NEW),
    What.RENEW: _issue(Procedure.RENEWAL),
    What.REISSUE: _issue(Procedure.REISSUE),
}
"""Acts for which the card lies on the counter's reader."""
_ACTS: Mapping[What, Callable[[Life, Act], None]] = {
    What.MOVE: _register_event,
    What.RENAME: _register_event,
    What.DEATH: _register_event,
    What.EMIGRATION: _register_event,
    What.HOLD: _card_event(CardEvent.SUSPEND),
    What.LOSE: _card_event(CardEvent.ABOLISH, LifeEvent.CARD_LOST),
    What.REVOKE: _revoke,
    What.LEAK: _revoke,
    What.LOCK: _lock,
}
