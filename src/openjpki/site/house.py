"""The composition root: every seam of every role gets what this home gives it, here and nowhere else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from openjpki.audit.ledger import Ledger
from openjpki.authority.authority import Authority
from openjpki.authority.gate import Gate
from openjpki.authority.keys import KeyStore
from openjpki.card.administration import Administration
from openjpki.card.terminal import JpkiTerminal
from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import FreshKeys, KeySource
from openjpki.pki.profiles import ProfileSet
from openjpki.readers.inprocess import InProcessReader, InsertedCard
from openjpki.readers.store import CardStore
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.policy import Policy
from openjpki.site.audit_safe import FileSafe
from openjpki.site.city import MUNICIPALITIES
from openjpki.site.clock import Clock, real_moment
from openjpki.site.desk import DeskRoom
from openjpki.site.entropy import entropy
from openjpki.site.home import Home
from openjpki.site.migration import empty, migrate
from openjpki.site.server import LOOPBACK
from openjpki.site.settings import ROLES
from openjpki.window.window import Window


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


class CounterCard:
    """A virtual card on the counter's reader: what `window.counter.CardAtCounter` asks, done by its administration."""

    def __init__(self, inserted: InsertedCard, keys: KeySource, algorithm: KeyAlgorithm) -> None:
        self.inserted = inserted
        self.administration = Administration(inserted, keys, algorithm)
        self.terminal = JpkiTerminal(inserted)

    def card_number(self) -> str:
        """Return the card's number."""
        return self.inserted.image.number

    def generate_key(self, kind: CertificateKind) -> bytes:
        """Make a key pair in the shadow slot."""
        return self.administration.generate_key(kind)

    def prove(self, kind: CertificateKind, message: bytes) -> bytes:
        """Sign with the shadow key."""
        return self.administration.prove(kind, message)

    def load(self, kind: CertificateKind, certificate: bytes, issuer: bytes) -> None:
        """Write the certificate beside the shadow key."""
        self.administration.load_certificate(kind, certificate, issuer)

    def read_back(self, kind: CertificateKind) -> bytes:
        """Return the certificate as the card stored it."""
        return self.administration.read_back(kind)

    def activate(self, kind: CertificateKind) -> None:
        """Bring the new key and certificate into use."""
        self.administration.activate(kind)

    def waiting_key(self, kind: CertificateKind) -> bytes | None:
        """Return the public key of the shadow slot, if there is one."""
        return self.administration.waiting_key(kind)

    def certificate_in_use(self, kind: CertificateKind) -> bytes | None:
        """Return the certificate in use, if there is one."""
        return self.administration.certificate_in_use(kind)

    def discard(self, kind: CertificateKind) -> None:
        """Empty the shadow slot."""
        self.administration.discard(kind)


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
        settings = home.settings
        profiles = ProfileSet.sandbox(f"http://{LOOPBACK}:{settings.port}", algorithm=KeyAlgorithm(settings.algorithm))
        policy = home.policy()
        key_source = key_source or FreshKeys()
        folder = home.path / "authority"
        authority = Authority(
            profiles=profiles,
            policy=policy,
            clock=clock,
            key_source=key_source,
            entropy=entropy,
            keys=KeyStore(folder / "keys", folder / "passphrase"),
            public=home.public,
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
    def card_at_counter(self, name: str) -> Iterator[CounterCard]:
        """Insert a card of this home into the counter's reader while the block runs."""
        with InProcessReader(self.cards).insert(name) as inserted:
            yield CounterCard(inserted, self.key_source, self.profiles.algorithm)
