"""The composition root: every seam of every role gets what this home gives it, here and nowhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from openjpki.audit.ledger import Ledger
from openjpki.authority.authority import Authority
from openjpki.authority.cards import face_key as card_face_key
from openjpki.authority.cards.face_key import CardFaceKey
from openjpki.authority.cards.faces import FaceWriter
from openjpki.authority.cards.factory import CardFactory
from openjpki.authority.cards.keys import NAME, CardKeys
from openjpki.authority.cards.works import FORMS
from openjpki.authority.control.kinds import DualControl
from openjpki.authority.desk.gate import Gate
from openjpki.authority.verifiers.access import RegisteredRequesters
from openjpki.card.administration import KeyForm
from openjpki.card.conversation import Conversation
from openjpki.card.pin_terminal import PinTerminal
from openjpki.card.terminal import JpkiTerminal
from openjpki.errors import Failure, Kind
from openjpki.pki.keys import FreshKeys, KeySource, PrivateKey
from openjpki.pki.profiles import ProfileSet
from openjpki.readers.inprocess import InProcessReader, InsertedCard
from openjpki.readers.store import CardStore
from openjpki.rules.policy import Policy
from openjpki.site.audit_safe import FileSafe
from openjpki.site.city import MUNICIPALITIES
from openjpki.site.clock import Clock, real_moment
from openjpki.site.desk import DeskRoom
from openjpki.site.entropy import entropy
from openjpki.site.home import Home
from openjpki.site.linting import external_lint
from openjpki.site.migration import empty, migrate
from openjpki.site.settings import ROLES
from openjpki.site.signing import responder_keys, signing_keys
from openjpki.window.officer import Officer
from openjpki.window.relay import RelayedCard
from openjpki.window.window import Window

if TYPE_CHECKING:
    from openjpki.site.verifiers import VerifierRoom


class DatabasesTaken(Failure):
    """The databases of a new home hold the rows of another."""

    code = "home.databases-taken"
    kind = Kind.REFUSED
    ja = (
        "データベースには {path} とは別のホームの記録があります。上書きしません。"
        "OPENJPKI_POSTGRES_PREFIX で別のデータベースを指定してください。"
    )
    en = (
        "The databases hold another home's records than that of {path}, which will not be overwritten. "
        "Name others with OPENJPKI_POSTGRES_PREFIX."
    )


def _pass(_: str) -> None:
    """Be no checkpoint: outside tests nothing happens between two steps."""


@dataclass(frozen=True, kw_only=True)
class CounterCard(RelayedCard):
    """A virtual card on the counter's reader: what the window asks goes through it to the authority, PINs never do."""

    terminal: JpkiTerminal
    """Where the holder types a PIN: it goes to the card and nowhere else."""
    pins: PinTerminal
    """Where the holder sets one."""


@dataclass(frozen=True)
class ReaderCard:
    """A virtual card on the counter's reader before it is said whose business it is here for."""

    window: Window
    inserted: InsertedCard

    def card_number(self) -> str:
        """Return what the card says its number is."""
        return JpkiTerminal(self.inserted).card_number()

    def for_resident(self, officer: Officer, resident_code: str) -> CounterCard:
        """Return the card for one resident's business at an officer's counter."""
        talk = Conversation(self.inserted)
        relayed = self.window.card_on_reader(talk, officer, resident_code)
        parts = {part.name: getattr(relayed, part.name) for part in fields(relayed)}
        return CounterCard(**parts, terminal=JpkiTerminal(talk), pins=PinTerminal(talk))


@dataclass(frozen=True, kw_only=True)
class House:
    """All roles of one home, put together."""

    home: Home
    clock: Clock
    policy: Policy
    profiles: ProfileSet
    key_source: KeySource
    authority: Authority
    desk: DeskRoom
    window: Window
    cards: CardStore
    factory: CardFactory
    ledgers: tuple[Ledger, ...]
    """The audit record of each role."""

    @classmethod
    def of(
        cls,
        home: Home,
        clock: Clock,
        *,
        key_source: KeySource | None = None,
        checkpoint: Callable[[str], None] = _pass,
    ) -> "House":
        """Put the roles of a home together; new keys come from `key_source`, or are made when they are needed.

        `checkpoint` is called with the name of each step that became durable, in every room.
        """
        profiles = home.profiles()
        policy = home.policy()
        key_source = key_source or FreshKeys()
        folder = home.path / "authority"
        card_keys = CardKeys(folder / "keys" / f"{NAME}.key", folder / "passphrase")
        face_key = CardFaceKey(folder / "keys" / f"{card_face_key.NAME}.pem", folder / "passphrase")
        authority = Authority(
            profiles=profiles,
            policy=policy,
            clock=clock,
            entropy=entropy,
            keys=signing_keys(home, key_source),
            responder_keys=responder_keys(home, key_source),
            requesters=RegisteredRequesters(real_moment),
            card_keys=card_keys,
            face_key=face_key,
            public=home.public,
            keeper=home.settings.keys.partition("?")[0] or "files",
            external_lint=external_lint(home),
            dual_control=DualControl.read(home.settings.dual_control) or DualControl(),
            checkpoint=checkpoint,
        )
        desk = DeskRoom(home, authority, Gate(authority, clock=real_moment))
        return cls(
            home=home,
            clock=clock,
            policy=policy,
            profiles=profiles,
            key_source=key_source,
            authority=authority,
            desk=desk,
            window=Window(
                carrier=desk.carrier(),
                policy=policy,
                clock=clock,
                entropy=entropy,
                checkpoint=checkpoint,
            ),
            cards=CardStore(home.cards, checkpoint),
            factory=CardFactory(
                card_keys,
                entropy,
                FaceWriter(
                    key=face_key,
                    key_source=key_source,
                    entropy=entropy,
                ),
            ),
            ledgers=tuple(
                Ledger(
                    role=role,
                    safe=FileSafe(home.path, role),
                    clock=clock,
                    real=real_moment,
                    retention_years=policy.audit_retention_years,
                )
                for role in ROLES
            ),
        )

    def verifiers(self) -> "VerifierRoom":
        """Return what the authority's people do about verifiers and callers, and the verifiers' door.

        It is put together when it is asked for: judging a consent takes the whole of `documents`, which no other command of
        the authority needs.
        """
        from openjpki.site.verifiers import VerifierRoom

        return VerifierRoom(self.home, self.authority)

    def furnish(self, replaced: frozenset[str] = frozenset()) -> None:
        """Make the tables of a new home and enrol the sandbox's municipalities.

        A database server may hold rows already: they go if all CA keys in them are `replaced` ones, those of the story
        whose place this home takes. Raises `DatabasesTaken` if they are another home's.
        """
        migrate()
        if keys := self.authority.key_names():
            if not keys <= replaced:
                raise DatabasesTaken(path=self.home.path)
            empty()
        for municipality in MUNICIPALITIES:
            self.authority.enrol(municipality)

    @contextmanager
    def card_at_counter(self, name: str, officer: Officer, resident_code: str) -> Iterator[CounterCard]:
        """Lay a card of this home on the reader of an officer's counter, for a resident's business, while the block runs."""
        with self.card_on_reader(name) as card:
            yield card.for_resident(officer, resident_code)

    @contextmanager
    def card_on_reader(self, name: str) -> Iterator[ReaderCard]:
        """Lay a card of this home on the counter's reader while the block runs; whose it is shows by its number."""
        with InProcessReader(self.cards, make_key=self._make_key, entropy=entropy).insert(name) as inserted:
            yield ReaderCard(self.window, inserted)

    def _make_key(self, form: KeyForm) -> PrivateKey:
        """Make a card's key: what happens inside a chip, this process does for a virtual card."""
        algorithms = {known: algorithm for algorithm, known in FORMS.items()}
        return self.key_source.generate(algorithms[form])
