"""A day at two counters with the real authority and real cards behind them: what breaks is taken up again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import get_args

import pytest

from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.messages import CertificateOrder, DeliveryConfirmed, Reply, Request
from openjpki.errors import Failure, Kind
from openjpki.readers.store import CardStore
from openjpki.rules.kinds import ApplicationState, CertificateKind, CertificateState, LifeEvent
from openjpki.site.city import MUNICIPALITIES
from openjpki.site.entropy import entropy
from openjpki.site.home import Home, Settings
from openjpki.site.house import CounterCard, House
from openjpki.window.changes import Change
from openjpki.window.examination import Shown
from openjpki.window.officer import Clerk
from openjpki.window.window import Window
from tests.support.carrier import InProcess

pytestmark = pytest.mark.django_db(databases=["authority", "window"], transaction=True)

WAKABA = Clerk("sato", "99201")
MINATO = Clerk("suzuki", "99202")
HANAKO = "12345678901"
REGISTER = f"""resident_code,name,kana,address,birth_date,sex,resident_since
{HANAKO},見本　花子,ミホン　ハナコ,見本県若葉市一丁目2番3号,1990-06-10,female,2015-04-01
"""
BY_PIN = Shown(pin_matches=True)


class Clock:
    """A clock that the day's story turns."""

    def __init__(self) -> None:
        self.now = datetime(2021, 7, 1, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.now

    def turn(self, day: str) -> None:
        """Set the clock to ten o'clock of a Japanese day."""
        self.now = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(hours=1)


class Gone(Failure):
    """The card was taken off the reader."""

    code = "test.scenario.card-gone"
    kind = Kind.UNAVAILABLE
    ja = "カードがありません。"
    en = "The card is gone."


class Line:
    """The line to the authority: cut before or behind a message."""

    def __init__(self, house: House) -> None:
        self._carrier = InProcess(house.authority.handle)
        self.lost: set[type] = set()
        self.unanswered: set[type] = set()

    def send(self, request: Request) -> Reply:
        """Send, unless the line is cut."""
        if type(request) in self.lost:
            raise AuthorityUnreachable
        reply = self._carrier.send(request)
        if type(request) in self.unanswered:
            raise AuthorityUnreachable
        return reply


@dataclass
class Day:
    """Two counters, one authority, one card."""

    house: House
    clock: Clock
    line: Line
    window: Window
    clerk: Clerk = WAKABA
    """At whose counter the card lies."""

    @contextmanager
    def card(self) -> Iterator[CounterCard]:
        """Lay Hanako's card on the reader."""
        house = replace(self.house, window=self.window)
        with house.card_at_counter("hanako", self.clerk, HANAKO) as card:
            yield card

    def states(self, clerk: Clerk) -> dict[CertificateKind, CertificateState]:
        """Return the newest certificate's state of each kind, as a counter knows it."""
        return {c.kind: c.state for c in self.window.residents.show(clerk, HANAKO).certificates}

    def in_use(self) -> dict[CertificateKind, bytes | None]:
        """Return the digests of the certificates that the card uses."""
        with self.card() as card:
            return {kind: card.digest_in_use(kind) for kind in CertificateKind}


@pytest.fixture
def day(tmp_path: Path) -> Day:
    """Return a day on which Hanako is registered and holds her card."""
    home = Home.create(tmp_path / "home", Settings(purpose="sandbox", algorithm="p-384-sha-384"))
    clock = Clock()
    house = House.of(home, clock)
    for municipality in MUNICIPALITIES:
        house.authority.enrol(municipality)
    house.authority.ceremony()
    line = Line(house)
    window = Window(carrier=line, policy=house.policy, clock=clock, entropy=entropy)
    window.residents.import_csv(WAKABA, REGISTER)
    image = house.factory.make(municipality="99201", expires=date(2031, 6, 10))
    CardStore(home.cards).create("hanako", image)
    found = Day(house, clock, line, window)
    with found.card() as card:
        window.cards.hand_over(WAKABA, resident_code=HANAKO, card=card)
    return found


def test_issue_move_reissue_renew(day: Day) -> None:
    """One life at two counters: issued, moved, re-issued free, too early, renewed (E-13, E-17, E-20, E-30)."""
    acts = day.window.procedures
    with day.card() as card:
        issued = acts.new_issue(WAKABA, resident_code=HANAKO, card=card, shown=BY_PIN)
    assert {order.expires for order in issued.application.orders} == {date(2026, 6, 10)}

    day.clock.turn("2024-05-01")
    moved = day.window.events.move_in(
        MINATO, resident_code=HANAKO, from_municipality="99201", address="見本県みなと市港町9番地", on=date(2024, 5, 1)
    )
    assert [ended.kind for ended in moved.ended] == [CertificateKind.SIGNATURE]
    day.clerk = MINATO
    assert day.states(MINATO) == {
        CertificateKind.SIGNATURE: CertificateState.REVOKED,
        CertificateKind.AUTHENTICATION: CertificateState.VALID,
    }

    with day.card() as card:
        again = acts.reissue(MINATO, resident_code=HANAKO, card=card, shown=BY_PIN, kinds=[CertificateKind.SIGNATURE])
    assert again.application.fee is not None
    assert (again.application.fee.yen, again.application.orders[0].expires) == (0, date(2026, 6, 10))

    day.clock.turn("2026-03-11")
    with day.card() as card:
        renewed = acts.renew(MINATO, resident_code=HANAKO, card=card, shown=BY_PIN)
    assert {order.expires for order in renewed.application.orders} == {date(2031, 6, 10)}
    newest = {order.kind: order.certificate for order in renewed.application.orders}
    assert day.in_use() == {kind: sha256(certificate).digest() for kind, certificate in newest.items()}


@pytest.mark.parametrize("cut", [CertificateOrder, DeliveryConfirmed])
@pytest.mark.parametrize("lost", ["question", "answer"])
def test_a_line_cut_in_the_middle(day: Day, cut: type, lost: str) -> None:
    """The line breaks before or behind an order or a confirmation: resumed, each certificate is issued once."""
    (day.line.lost if lost == "question" else day.line.unanswered).add(cut)
    with day.card() as card:
        waiting = day.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=card, shown=BY_PIN)
    assert waiting.application.state is ApplicationState.READY

    day.line.lost.clear()
    day.line.unanswered.clear()
    with day.card() as card:
        done = day.window.procedures.resume(WAKABA, receipt=waiting.application.receipt, card=card)

    assert done.done
    certificates = day.window.residents.show(WAKABA, HANAKO).certificates
    assert [c.state for c in certificates] == [CertificateState.VALID] * 2
    assert day.in_use() == {c.kind: sha256(c.certificate).digest() for c in certificates}


@pytest.mark.parametrize("method", ["generate_key", "prove", "load", "read_back", "activate"])
def test_a_card_taken_away_in_the_middle(day: Day, method: str) -> None:
    """The card leaves the reader in the middle of a renewal: the old certificates work on, and it is resumed."""
    with day.card() as card:
        day.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=card, shown=BY_PIN)
    before = day.in_use()
    day.clock.turn("2026-03-11")

    with day.card() as card:
        take_away(card, method)
        waiting = day.window.procedures.renew(WAKABA, resident_code=HANAKO, card=card, shown=BY_PIN)
    assert isinstance(waiting.interruption, Gone)
    assert day.in_use() == before

    with day.card() as card:
        assert day.window.procedures.resume(WAKABA, receipt=waiting.application.receipt, card=card).done
    assert all(day.in_use()[kind] != before[kind] for kind in CertificateKind)
    assert not set(day.states(WAKABA).values()) - {CertificateState.VALID}


def take_away(card: CounterCard, method: str) -> None:
    """Have the card gone from the reader when it is asked for something."""
    object.__setattr__(card, method, _gone)


def _gone(*_: object) -> None:
    raise Gone


def test_the_authority_away_all_day(day: Day) -> None:
    """Nothing is lost: register events, an application and a revocation wait, and all arrive in their order."""
    with day.card() as card:
        day.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=card, shown=BY_PIN)
    day.line.lost |= set(get_args(Request))
    move = Change(event=LifeEvent.MOVE, on=date(2021, 7, 1), address="見本県若葉市五丁目6番7号")
    day.window.events.record(WAKABA, resident_code=HANAKO, change=move)
    with day.card() as card:
        waiting = day.window.procedures.reissue(
            WAKABA, resident_code=HANAKO, card=card, shown=BY_PIN, kinds=[CertificateKind.SIGNATURE]
        )
    assert waiting.application.state is ApplicationState.READY

    day.line.lost.clear()
    with day.card() as card:
        done = day.window.procedures.resume(WAKABA, receipt=waiting.application.receipt, card=card)

    assert done.done
    assert day.states(WAKABA)[CertificateKind.SIGNATURE] is CertificateState.VALID
    states = [c.state for c in day.window.residents.show(WAKABA, HANAKO).certificates]
    assert states.count(CertificateState.REVOKED) == 1
    held = day.window.revocations.request(WAKABA, resident_code=HANAKO, event=LifeEvent.HOLD, shown=Shown())
    assert {ended.kind: ended.state for ended in held.ended} == {
        CertificateKind.AUTHENTICATION: CertificateState.HELD,
        CertificateKind.SIGNATURE: CertificateState.REVOKED,
    }


def test_a_key_that_the_card_lost(day: Day) -> None:
    """The card lost the key that was certified: a new key gets a new order, and the old certificate never comes alive."""
    with day.card() as card:
        take_away(card, "load")
        waiting = day.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=card, shown=BY_PIN)
    with day.card() as card:
        for kind in CertificateKind:
            card.discard(kind)

        done = day.window.procedures.resume(WAKABA, receipt=waiting.application.receipt, card=card)

    assert done.done
    assert {order.serial for order in done.application.orders} != {waiting.application.orders[0].serial}
    newest = {order.kind: order.certificate for order in done.application.orders}
    assert day.in_use() == {kind: sha256(certificate).digest() for kind, certificate in newest.items()}
    day.house.authority.resume()
    certificates = day.window.residents.show(WAKABA, HANAKO).certificates
    assert [c.state for c in certificates if c.certificate in newest.values()] == [CertificateState.VALID] * 2
