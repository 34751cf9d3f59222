"""What a test card is: whose, by which acts it became what it is, and what it should make a service do. Pure data.

Days are counted from the day on which the cards are made, so that an age, an open renewal window or an expiry is always
what the card's name says. `lab.dated` turns them into dates.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, unique
from typing import ClassVar

from openjpki.errors import Language
from openjpki.rules.kinds import CertificateKind, PinKind, Power, RevocationReason, Sex
from openjpki.rules.person import Municipality


@dataclass(frozen=True)
class Words:
    """One sentence in both languages."""

    ja: str
    en: str

    def text(self, language: Language) -> str:
        """Return the sentence in a language."""
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True, kw_only=True)
class Person:
    """An invented holder, as the resident register has them when the card is made. No such person exists."""

    number: int
    """Of the catalogue's persons; it stays a person's, whoever comes before or after."""
    name: str
    kana: str
    sex: Sex
    address: str
    municipality: Municipality
    age: int
    """Full years on the birthday below. A multiple of four keeps a birthday on 29 February what it is."""
    birthday: int
    """Days from today to that birthday; below 0 it is over."""
    japanese: bool = True

    @property
    def resident_code(self) -> str:
        """Return the 住民票コード in a home that has the test cards: eleven digits, that of no other sandbox resident."""
        return f"{self.municipality.code}9{self.number:05}"

    def born(self, today: date) -> date:
        """Return the birth date: on 29 February's place in a common year stands 28 February."""
        day = today + timedelta(days=self.birthday)
        try:
            return day.replace(year=day.year - self.age)
        except ValueError:
            return day.replace(year=day.year - self.age, day=28)


@unique
class What(Enum):
    """What is done with a card, or happens to its holder."""

    HAND_OVER = "hand-over"
    ISSUE = "issue"
    RENEW = "renew"
    REISSUE = "reissue"
    MOVE = "move"
    RENAME = "rename"
    DEATH = "death"
    EMIGRATION = "emigration"
    HOLD = "hold"
    """The card is stopped for a while (R-2.7, R-5.8)."""
    LOSE = "lose"
    """The card is reported as lost, and abolished (R-5.2)."""
    REVOKE = "revoke"
    """The holder asks for it (R-5.1)."""
    LEAK = "leak"
    """The holder reports that somebody else may use the key (R-5.2)."""
    LOCK = "lock"
    """Somebody types a wrong PIN until no try is left (R-6.2)."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act: on the last day on which the counter is open up to so many days from today (R-4.4)."""

    what: What
    days: int
    """From today, never above 0."""
    kinds: tuple[CertificateKind, ...] = ()
    """Which certificates it issues, ends by request, or whose PIN it locks."""
    value: str = ""
    """The new address or name."""
    kana: str = ""
    """The reading of the new name."""


@unique
class Standing(Enum):
    """What a service finds out about a certificate of a card."""

    GOOD = "good"
    REVOKED = "revoked"
    HELD = "held"
    """On hold: it may come back (R-5.20)."""
    EXPIRED = "expired"
    """Its last day is over. Lists and answers do not call it revoked (R-3.10)."""
    ABSENT = "absent"


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a service finds out about one certificate, and the reason where there is one."""

    standing: Standing
    reason: RevocationReason | None = None


@dataclass(frozen=True, kw_only=True)
class Pins:
    """The PINs of every test card. They are published: they protect nothing."""

    signature: str = "TEST2026"
    digits: str = "1234"
    """Of the three PINs of four digits."""

    def of(self, kind: PinKind) -> str:
        """Return the PIN of a kind."""
        return self.signature if kind is PinKind.SIGNATURE else self.digits


GOOD = Expected(standing=Standing.GOOD)
ABSENT = Expected(standing=Standing.ABSENT)
EXPIRED = Expected(standing=Standing.EXPIRED)


@dataclass(frozen=True, kw_only=True)
class TestCard:
    """A card of the catalogue."""

    __test__: ClassVar = False
    """No class of tests, whatever its name says to pytest."""

    name: str
    """One word, or several with hyphens: what commands and tests call it."""
    purpose: Words
    """What it is."""
    login: Words
    """What a service should do with it at a login by the authentication certificate."""
    signing: Words
    """What a service should do with it when it asks for a signature, or receives one."""
    person: Person | None
    """None: a card of nobody, as a factory has it in stock."""
    acts: tuple[Act, ...] = ()
    """In the order in which they are done."""
    authentication: Expected = GOOD
    signature: Expected = GOOD
    pins: frozenset[PinKind] = frozenset(PinKind)
    """Those that the holder set when the card was handed over."""
    stay: int | None = None
    """Days from today to the last day of a foreign resident's period of stay."""
    represented: Power | None = None
    """By what right a legal representative applied for the holder."""
    former: tuple[tuple[CertificateKind, Expected], ...] = ()
    """What became of the certificates before the present ones."""

    def expected(self, kind: CertificateKind) -> Expected:
        """Return what a service finds out about the certificate of a kind."""
        return self.signature if kind is CertificateKind.SIGNATURE else self.authentication

    @property
    def locked(self) -> frozenset[PinKind]:
        """Return the PINs that have no try left."""
        return frozenset(PinKind(kind.value) for act in self.acts if act.what is What.LOCK for kind in act.kinds)

    def opens(self, kind: CertificateKind) -> bool:
        """Say whether the published PIN lets the key of a kind sign, whatever its certificate is worth."""
        pin = PinKind(kind.value)
        return self.expected(kind).standing is not Standing.ABSENT and pin in self.pins - self.locked
