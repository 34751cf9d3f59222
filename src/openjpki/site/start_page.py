"""What the start page of `openjpki serve` shows: plain values. A view fills them, the template draws them.

Days are Japanese civil dates; moments are UTC-aware. The words of the page stand in `start_page_words`.
"""

import shlex
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.template.loader import render_to_string

from openjpki.errors import Language
from openjpki.rules.dates import JST
from openjpki.rules.era import spoken
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, RevocationReason

TEMPLATE = "site/start_page.html"


@dataclass(frozen=True, kw_only=True)
class Link:
    """A file or page that can be opened."""

    text: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Command:
    """A line to copy into a terminal, and what it does."""

    sentence: str
    line: str


@dataclass(frozen=True, kw_only=True)
class MunicipalityEntry:
    """A municipality of the sandbox."""

    code: str
    prefecture: str
    name: str
    romaji: str
    residents: int
    """How many persons its resident register holds."""


@dataclass(frozen=True, kw_only=True)
class CertificateEntry:
    """One certificate of a card."""

    kind: CertificateKind
    serial: int
    """発行番号."""
    state: CertificateState
    issued: date
    expires: date
    """The last day on which it is valid (R-3.1)."""
    ended: date | None = None
    """The day of its revocation, None while it stands or if it only expired: expiry is not revocation."""
    reason: RevocationReason | None = None
    href: str = ""
    """Where the certificate can be downloaded, empty if nowhere."""


@dataclass(frozen=True, kw_only=True)
class CardEntry:
    """One My Number card with every certificate that it was ever given, oldest first."""

    name: str
    """The name under which the command line knows it."""
    state: CardState
    expires: date
    certificates: tuple[CertificateEntry, ...]


@dataclass(frozen=True, kw_only=True)
class ResidentEntry:
    """An invented resident. No age is shown: it would depend on the day on which the page is read."""

    code: str = field(repr=False)
    """住民票コード of the sandbox."""
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    municipality: str
    cards: tuple[CardEntry, ...]


@dataclass(frozen=True, kw_only=True)
class AuthorityEntry:
    """One generation of a certification authority."""

    kind: CertificateKind
    generation: int
    subject: str
    not_before: date
    not_after: date
    fingerprint: str
    """SHA-256, upper-case hexadecimal pairs separated by colons, as OpenSSL prints it."""
    files: tuple[Link, ...]
    """The certificate in its forms (DER, PEM), each under its file's name."""

    @property
    def fingerprint_pairs(self) -> tuple[str, ...]:
        """Return the pairs, between which a line may break."""
        return tuple(self.fingerprint.split(":"))


@dataclass(frozen=True, kw_only=True)
class RevocationListEntry:
    """The newest revocation list of one authority for one municipality, or for its own certificate."""

    kind: CertificateKind
    generation: int
    municipality: str
    """Empty for the CA's own certificate."""
    number: int
    this_update: datetime
    next_update: datetime
    entries: int
    href: str


@dataclass(frozen=True, kw_only=True)
class ResponderEntry:
    """Where the state of a certificate can be asked, and the line that asks."""

    kind: CertificateKind
    url: str
    command: str


@dataclass(frozen=True, kw_only=True)
class StoryStep:
    """One step of the last story."""

    at: datetime
    title: str
    sentences: tuple[str, ...]
    outcomes: tuple[str, ...]
    """What was checked, and held."""
    rules: tuple[str, ...]
    artefacts: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Story:
    """The last story told in this home."""

    steps: tuple[StoryStep, ...]
    transcript: Link | None = None


@dataclass(frozen=True, kw_only=True)
class StartPage:
    """Everything on the page. Empty tuples and a missing story are drawn as such, with what to do about it."""

    language: Language
    other_language_href: str
    version: str
    now: datetime
    """The sandbox's legal moment."""
    clock_shifted: bool
    """Whether the legal clock differs from the real one."""
    municipalities: tuple[MunicipalityEntry, ...]
    residents: tuple[ResidentEntry, ...]
    """Of this page; the figures count what it shows."""
    authorities: tuple[AuthorityEntry, ...]
    revocation_lists: tuple[RevocationListEntry, ...]
    responders: tuple[ResponderEntry, ...]
    story: Story | None
    next_commands: tuple[Command, ...]
    further_href: str = ""
    """Where the next residents are; empty if these are the last."""

    @property
    def cards(self) -> tuple[CardEntry, ...]:
        """Return every card of every resident."""
        return tuple(chain.from_iterable(resident.cards for resident in self.residents))

    @property
    def certificate_states(self) -> tuple[tuple[CertificateState, int], ...]:
        """Return how many certificates stand in which state, in the order of a certificate's life, zeros left out."""
        found = Counter(certificate.state for card in self.cards for certificate in card.certificates)
        return tuple((state, found[state]) for state in CertificateState if found[state])


def parts_of(day: date, language: Language, *, weekday: bool = True) -> tuple[str, ...]:
    """Return a civil date, as it is told everywhere, in the parts that a line break may part.

    Japanese: 令和8年（2026年） and 11月23日（月）; English: 2026-11-23 and (Mon). A birth date is told without its weekday.
    """
    end = "年）" if language == "ja" else " "
    first, found, rest = spoken(day, language, weekday=weekday).partition(end)
    return tuple(filter(None, (first + found.rstrip(), rest)))


def written_time(moment: datetime) -> str:
    """Return the Japanese wall-clock time of a moment: 10:05."""
    return f"{moment.astimezone(JST):%H:%M}"


def ocsp_command(*, issuer_file: str, certificate_file: str, url: str) -> str:
    """Return the command that asks a responder for one certificate's state: two lines, safe to paste into a shell.

    OpenSSL trusts the answer because the responder's certificate comes from the issuer given with `-CAfile`, which it
    reads as PEM only; the certificate may be DER.
    """
    issuer, certificate = shlex.quote(issuer_file), shlex.quote(certificate_file)
    return f"openssl ocsp -issuer {issuer} -CAfile {issuer} \\\n  -cert {certificate} -url {shlex.quote(url)}"


def render(page: StartPage) -> str:
    """Return the page as HTML. It needs no script, and its style is one static file."""
    context: dict[str, Any] = {"page": page}
    return render_to_string(TEMPLATE, context)
