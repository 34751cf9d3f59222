"""A home for the fault tests: three people of Wakaba, their cards, and the hands of a counter to work them.

Keys are P-384: an elliptic key costs a millisecond. Hanako has both certificates, Taro a card without any, Jiro a
card with his face on it that nobody gave him yet.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from openjpki.authority.cards.factory import Registered
from openjpki.authority.cards.holders import made_for
from openjpki.authority.models import Person
from openjpki.desk.carrier import AuthorityUnreachable, Carrier
from openjpki.desk.messages import Reply, Request
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.site.clock import SteppedClock
from openjpki.site.entropy import entropy
from openjpki.site.handover import hand_over
from openjpki.site.home import Home, Settings
from openjpki.site.house import CounterCard, House
from openjpki.window.examination import Shown
from openjpki.window.officer import Clerk
from openjpki.window.window import Window

SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION
WAKABA = Clerk("sato", "99201")
SECOND = Clerk("tanaka", "99201")
"""Who approves what `WAKABA` entered."""
MINATO = Clerk("suzuki", "99202")
HANAKO, TARO, JIRO, SABURO = "12345678901", "12345678902", "12345678903", "12345678904"
CARDS = {HANAKO: "hanako", TARO: "taro", JIRO: "jiro"}
NUMBERS = {HANAKO: "900000000000001", TARO: "900000000000002", JIRO: "900000000000003"}
PINS = {PinKind.SIGNATURE: "C4NARY7PIN", PinKind.AUTHENTICATION: "7291"}
ALL_PINS = PINS | {PinKind.RESIDENT_RECORD: "7291", PinKind.CARD_FACE_ENTRY: "7291"}
"""Of a card with a face."""
WRONG_PIN, NEW_PIN = b"1111", b"2468"
_HEADER = "住民票コード,氏名,フリガナ,住所,生年月日,性別,住定日"
REGISTER = f"""{_HEADER}
{HANAKO},見本　花子,ミホン　ハナコ,見本県若葉市一丁目2番3号,1990-06-10,女,2015-04-01
{TARO},見本　太郎,ミホン　タロウ,見本県若葉市一丁目2番3号,1989-01-08,男,2015-04-01
{JIRO},見本　次郎,ミホン　ジロウ,見本県若葉市一丁目2番3号,1991-03-04,男,2015-04-01
"""
NEWCOMER = f"""{_HEADER}
{SABURO},見本　三郎,ミホン　サブロウ,見本県若葉市二丁目2番3号,1992-03-04,男,2015-04-01
"""
BY_LICENCE = Shown(
    documents=(ShownDocument(kind=DocumentKind.DRIVERS_LICENCE, expires=date(2033, 1, 1)),), copies_taken=True
)
BEGUN = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
"""10:00 in Japan of the day on which the homes were made."""
FACTORY_DAY = date(2036, 3, 31)
"""The last day that the factory put on the cards, before the authority knew whose they would be."""
RENEWAL = datetime(2030, 5, 1, 1, 0, tzinfo=UTC)
"""Inside the renewal window of Hanako's certificates."""


class Line:
    """The line to the authority, which may be cut: a message or its answer is lost then."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._is_cut = False

    def cut(self) -> None:
        """Let nothing pass any more, in either direction."""
        self._is_cut = True

    def send(self, request: Request) -> Reply:
        """Carry a message; raise what an absent authority is."""
        if self._is_cut:
            raise AuthorityUnreachable
        reply = self._carrier.send(request)
        if self._is_cut:
            raise AuthorityUnreachable
        return reply


class Interrupted(Exception):
    """What ends an act at a chosen step while a stage is set. Nobody catches it."""


@dataclass(frozen=True)
class Stage:
    """A house with a clock that a test sets."""

    house: House
    clock: SteppedClock
    line: Line

    @classmethod
    def on(cls, home: Path, at: datetime, checkpoint: Callable[[str], None]) -> "Stage":
        """Open a home at a legal moment, with a seam behind every committed step."""
        clock = SteppedClock(at)
        house = House.of(Home.open(home), clock, checkpoint=checkpoint)
        line = Line(house.desk.carrier())
        window = Window(carrier=line, policy=house.policy, clock=clock, entropy=entropy, checkpoint=checkpoint)
        return cls(replace(house, window=window), clock, line)

    @contextmanager
    def card(self, resident: str) -> Iterator[CounterCard]:
        """Lay a person's card on the reader."""
        with self.house.card_at_counter(CARDS[resident], WAKABA, resident) as card:
            yield card

    def interrupted_at(self, step: str) -> "Stage":
        """Return the stage with a seam that interrupts after a step, as a power cut would."""

        def stop(passed: str) -> None:
            if passed == step:
                raise Interrupted(step)

        return Stage.on(self.house.home.path, self.clock(), stop)

    def issue(self, resident: str, *kinds: CertificateKind) -> None:
        """Issue certificates to a person who shows a driver's licence."""
        with self.card(resident) as card:
            self.house.window.procedures.new_issue(
                WAKABA, resident_code=resident, card=card, shown=BY_LICENCE, kinds=kinds or tuple(CertificateKind)
            )

    def hand_over(self, resident: str, pins: Mapping[PinKind, str] = PINS) -> None:
        """Hand a person's card over."""
        with self.card(resident) as card:
            hand_over(self.house, WAKABA, card, resident_code=resident, pins=pins)

    def issue_until(self, step: str) -> None:
        """Begin an issue to Taro that is interrupted after a step."""
        with suppress(Interrupted):
            self.interrupted_at(step).issue(TARO, AUTHENTICATION)


def make_home(path: Path) -> None:
    """Make the home that every test of the session copies."""
    home = Home.create(path, Settings(purpose="sandbox", algorithm="p-384-sha-384"))
    clock = SteppedClock(BEGUN)
    house = House.of(home, clock)
    house.furnish()
    house.authority.ceremony()
    house.authority.publish_crls()
    stage = Stage(house, clock, Line(house.desk.carrier()))
    house.window.residents.import_csv(WAKABA, REGISTER)
    for resident in (HANAKO, TARO):
        blank = house.factory.make_numbered(NUMBERS[resident], municipality="99201", expires=FACTORY_DAY)
        house.cards.create(CARDS[resident], blank)
    jiro = Registered(
        resident_code=JIRO, attributes=Person.objects.get(resident_code=JIRO).attributes(), municipality="99201"
    )
    house.cards.create(CARDS[JIRO], made_for(house.factory, jiro, FACTORY_DAY, clock(), NUMBERS[JIRO]))
    for resident in (HANAKO, TARO):
        stage.hand_over(resident)
    stage.issue(HANAKO)
    clock.advance_to(BEGUN + timedelta(hours=1))
