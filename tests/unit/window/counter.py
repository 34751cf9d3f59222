"""A counter for tests: a window over a stand-in authority, a clock that a test turns, and the persons of the tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from django.db import connections

from openjpki.audit.models import Entry
from openjpki.desk.carrier import AuthorityUnreachable, SealRefused
from openjpki.desk.messages import Refused, Reply, Request
from openjpki.rules.dates import JST
from openjpki.rules.documents import DocumentKind, ShownDocument
from openjpki.rules.kinds import Applicant, Power
from openjpki.rules.policy import Policy
from openjpki.window.examination import Shown
from openjpki.window.officer import Clerk
from openjpki.window.procedures import Outcome
from openjpki.window.window import Window
from tests.support.carrier import InProcess
from tests.unit.window.authority import StandInAuthority
from tests.unit.window.card import CounterCard

PAGE = Path(__file__).resolve().parents[3] / "docs" / "window.md"
WAKABA = Clerk("sato", "99201")
MINATO = Clerk("suzuki", "99202")
HANAKO = "12345678901"
TARO = "12345678902"
CHILD = "12345678903"
HEADER = "住民票コード,氏名,フリガナ,住所,生年月日,性別,住定日"
REGISTER = f"""{HEADER}
{HANAKO},見本　花子,ミホン　ハナコ,見本県若葉市一丁目2番3号,1990-06-10,女,2015-04-01
{TARO},見本　太郎,ミホン　タロウ,見本県若葉市一丁目2番3号,平成元年1月8日,男,2015-04-01
{CHILD},見本　小春,ミホン　コハル,見本県若葉市一丁目2番3号,2012-04-01,女,2012-04-01
"""
BY_PIN = Shown(pin_matches=True)
BY_LICENCE = Shown(
    documents=(ShownDocument(kind=DocumentKind.DRIVERS_LICENCE, expires=date(2031, 1, 1)),), copies_taken=True
)
NOTHING = Shown()
BY_PARENT = Shown(
    applicant=Applicant.LEGAL_REPRESENTATIVE,
    power=Power.PARENT,
    representative_documents=(
        ShownDocument(kind=DocumentKind.DRIVERS_LICENCE, expires=date(2031, 1, 1)),
        ShownDocument(kind=DocumentKind.RESIDENT_RECORD),
    ),
)


def at(day: str, hour: int = 10) -> datetime:
    """Return a moment of a Japanese day."""
    return datetime.combine(date.fromisoformat(day), time(hour), JST)


@dataclass
class Clock:
    """A clock that stands until a test turns it."""

    now: datetime = field(default_factory=lambda: at("2021-07-01"))
    meanwhile: Callable[[], object] | None = None
    """What somebody else does, once, when an act next looks at the clock: before it opens its transaction."""

    def __call__(self) -> datetime:
        """Return the moment."""
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return self.now

    def turn(self, day: str) -> None:
        """Set the clock to ten o'clock of a day."""
        self.now = at(day)


@dataclass
class Desk:
    """A carrier that passes the wire form, and is cut, loses answers, or is told to refuse."""

    carrier: InProcess
    reachable: bool = True
    sent: list[Request] = field(default_factory=list)
    cut_before: set[type] = field(default_factory=set)
    """Messages that do not arrive."""
    cut_after: set[type] = field(default_factory=set)
    """Messages that arrive while the answer is lost."""
    refuses_seal: str = ""
    """The code by which the gate refuses every envelope."""
    answers: dict[type, Reply] = field(default_factory=dict)
    """Answers given in the authority's place."""

    def send(self, request: Request) -> Reply:
        """Send, as far as the test lets it; never from inside an act's transaction."""
        assert not connections["window"].savepoint_ids, "the authority was asked inside a transaction"
        if not self.reachable or type(request) in self.cut_before:
            raise AuthorityUnreachable
        if self.refuses_seal:
            raise SealRefused(reason=self.refuses_seal, ja="できません。", en="It cannot be done.")
        self.sent.append(request)
        if type(request) in self.answers:
            return self.answers[type(request)]
        reply = self.carrier.send(request)
        if type(request) in self.cut_after:
            raise AuthorityUnreachable
        return reply

    def refuse(self, kind: type, code: str = "test.no") -> None:
        """Have messages of a kind refused."""
        self.answers[kind] = Refused(code=code, ja="できません。", en="It cannot be done.")

    def names(self) -> list[str]:
        """Return the kinds of the messages sent."""
        return [type(request).__name__ for request in self.sent]


@dataclass
class Counter:
    """Everything a test of the window needs."""

    window: Window
    desk: Desk
    authority: StandInAuthority
    clock: Clock
    card: CounterCard = field(default_factory=CounterCard)

    @classmethod
    def open(cls, policy: Policy | None = None) -> "Counter":
        """Open a counter under a policy."""
        clock = Clock()
        authority = StandInAuthority(clock, policy or Policy())
        desk = Desk(InProcess(authority.handle))
        window = Window(carrier=desk, policy=policy or Policy(), clock=clock, entropy=numbers())
        return cls(window, desk, authority, clock)

    def register(self) -> "Counter":
        """Enter the persons of the tests."""
        self.window.residents.import_csv(WAKABA, REGISTER)
        return self

    def with_card(self, resident_code: str = HANAKO) -> "Counter":
        """Enter the persons and hand a card over to one of them."""
        self.register()
        self.window.cards.hand_over(WAKABA, resident_code=resident_code, card=self.card)
        return self

    def with_certificates(self) -> "Counter":
        """Enter the persons, hand a card over to Hanako and issue both certificates: they end on 2026-06-10 (E-13)."""
        self.with_card()
        assert self.issue().done
        self.desk.sent.clear()
        return self

    def issue(self) -> Outcome:
        """Issue both certificates to Hanako, identified by her PIN."""
        return self.window.procedures.new_issue(WAKABA, resident_code=HANAKO, card=self.card, shown=BY_PIN)


def numbers() -> Callable[[int], bytes]:
    """Return an entropy that counts, so that every number is another one."""
    given = iter(range(1, 1_000_000))

    def entropy(length: int) -> bytes:
        return next(given).to_bytes(length, "big")

    return entropy


def audited(verb: str) -> list[Entry]:
    """Return the audit rows of a verb."""
    return list(Entry.objects.using("window").filter(verb=verb).order_by("pk"))
