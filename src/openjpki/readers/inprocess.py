"""A reader in this process: virtual cards from a store, powered while they are inserted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from types import TracebackType
from typing import Self, TypeVar

from openjpki.card.acts import MakeKey
from openjpki.card.card import Card
from openjpki.card.connection import CardRemoved
from openjpki.card.memory import Steps, carry_out
from openjpki.card.settings import CardSettings
from openjpki.readers.store import CardStore, StoredCard

T = TypeVar("T")
_POWER_ON_BYTES = 16


class InProcessReader:
    """Inserts cards of a store; as many at once as are wanted, each by one user. `make_key` makes their new keys.

    `entropy` is what cards are powered with; without it one that was restored from a copy repeats its challenges.
    """

    def __init__(
        self,
        store: CardStore,
        settings: CardSettings | None = None,
        make_key: MakeKey | None = None,
        entropy: Callable[[int], bytes] = lambda _: b"",
    ) -> None:
        self._store = store
        self._settings = settings
        self._make_key = make_key
        self._entropy = entropy

    def insert(self, name: str) -> "InsertedCard":
        """Power a card of the store; raises what `CardStore.open` raises."""
        stored = self._store.open(name)
        return InsertedCard(
            stored, Card(stored.initial, self._settings, self._make_key, self._entropy(_POWER_ON_BYTES))
        )


class InsertedCard:
    """A powered card: a `Connection`.

    One command at a time, from any thread. If a change cannot be made durable the card loses its power at once: it
    answers nothing, and comes back, after the next insertion, as what was stored. A context manager.
    """

    def __init__(self, stored: StoredCard, card: Card) -> None:
        self._stored = stored
        self._card: Card | None = card
        self._one_at_a_time = Lock()

    def transmit(self, apdu: bytes) -> bytes:
        """Return the card's answer, after what it changed is durable; raises `CardRemoved`, `CardNotWritten`."""
        with self._powered() as card:
            return self._carry_out(card.receive(apdu))

    def reset(self) -> None:
        """Reset the card: nothing is selected and nothing verified; raises `CardRemoved`."""
        with self._powered() as card:
            card.reset()

    def remove(self) -> None:
        """Take the card out and give its file back; removing twice is no fault."""
        with self._one_at_a_time:
            self._cut_power()

    def __enter__(self) -> Self:
        """Hold the card in the reader."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the card out."""
        self.remove()

    @contextmanager
    def _powered(self) -> Iterator[Card]:
        with self._one_at_a_time:
            if self._card is None:
                raise CardRemoved
            yield self._card

    def _carry_out(self, steps: Steps[T]) -> T:
        try:
            return carry_out(steps, self._stored.keep)
        except BaseException:
            self._cut_power()
            raise

    def _cut_power(self) -> None:
        self._card = None
        self._stored.close()
