"""The composition root: every seam of every role gets what this home gives it, here and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields

from openjpki.authority.authority import Authority
from openjpki.authority.card_factory import CardFactory
from openjpki.authority.card_keys import NAME, CardKeys
from openjpki.authority.card_works import FORMS
from openjpki.authority.keys import KeyStore
from openjpki.card.administration import KeyForm
from openjpki.card.terminal import JpkiTerminal
from openjpki.desk.carrier import InProcess
from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import FreshKeys, KeySource, PrivateKey
from openjpki.pki.profiles import ProfileSet
from openjpki.readers.inprocess import InProcessReader
from openjpki.readers.store import CardStore
from openjpki.rules.policy import Policy
from openjpki.site.city import MUNICIPALITIES
from openjpki.site.clock import Clock
from openjpki.site.entropy import entropy
from openjpki.site.home import Home
from openjpki.site.migration import empty, migrate
from openjpki.site.server import LOOPBACK
from openjpki.window.officer import Officer
from openjpki.window.relay import RelayedCard
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


@dataclass(frozen=True, kw_only=True)
class CounterCard(RelayedCard):
    """A virtual card on the counter's reader: what the window asks goes through it to the authority, PINs never do."""

    terminal: JpkiTerminal
    """Where the holder types a PIN: it goes to the card and nowhere else."""


@dataclass(frozen=True, kw_only=True)
class House:
    """All roles of one home, put together."""

    home: Home
    clock: Clock
    policy: Policy
    profiles: ProfileSet
    key_source: KeySource
    authority: Authority
    window: Window
    cards: CardStore
    factory: CardFactory

    @classmethod
    def of(cls, home: Home, clock: Clock) -> "House":
        """Put the roles of a home together; its web addresses answer for this authority from now on."""
        settings = home.settings
        profiles = ProfileSet.sandbox(f"http://{LOOPBACK}:{settings.port}", algorithm=KeyAlgorithm(settings.algorithm))
        policy = home.policy()
        key_source = FreshKeys()
        folder = home.path / "authority"
        card_keys = CardKeys(folder / "keys" / f"{NAME}.key", folder / "passphrase")
        authority = Authority(
            profiles=profiles,
            policy=policy,
            clock=clock,
            key_source=key_source,
            entropy=entropy,
            keys=KeyStore(folder / "keys", folder / "passphrase"),
            card_keys=card_keys,
            public=home.public,
        )
        return cls(
            home=home,
            clock=clock,
            policy=policy,
            profiles=profiles,
            key_source=key_source,
            authority=authority,
            window=Window(carrier=InProcess(authority.handle), policy=policy, clock=clock, entropy=entropy),
            cards=CardStore(home.cards),
            factory=CardFactory(card_keys, entropy),
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
    def card_at_counter(self, name: str, officer: Officer, resident_code: str) -> Iterator[CounterCard]:
        """Lay a card of this home on the reader of an officer's counter, for a resident's business, while the block runs."""
        with InProcessReader(self.cards, make_key=self._make_key).insert(name) as inserted:
            relayed = self.window.card_on_reader(inserted, officer, resident_code)
            parts = {part.name: getattr(relayed, part.name) for part in fields(relayed)}
            yield CounterCard(**parts, terminal=JpkiTerminal(inserted))

    def _make_key(self, form: KeyForm) -> PrivateKey:
        """Make a card's key: what happens inside a chip, this process does for a virtual card."""
        algorithms = {known: algorithm for algorithm, known in FORMS.items()}
        return self.key_source.generate(algorithms[form])
