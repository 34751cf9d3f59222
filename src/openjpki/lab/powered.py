"""A card without a file: powered, in memory, for one user at a time from any thread."""

from threading import Lock

from openjpki.card.card import Card
from openjpki.card.image import CardImage
from openjpki.card.memory import carry_out


class PoweredCard:
    """A `Connection` and a `readers.vpcd.Pluggable`. What it remembers lives as long as it does."""

    def __init__(self, image: CardImage) -> None:
        self._card = Card(image)
        self._one_at_a_time = Lock()

    @property
    def image(self) -> CardImage:
        """Return everything that is on the card now."""
        return self._card.image

    def transmit(self, apdu: bytes) -> bytes:
        """Return the card's answer, status word included."""
        with self._one_at_a_time:
            return carry_out(self._card.receive(apdu), _kept)

    def reset(self) -> None:
        """Return to the state after power-on."""
        with self._one_at_a_time:
            self._card.reset()

    def rewrite(self, image: CardImage) -> None:
        """Put another image on the card, as the counter does that it was carried to; nothing stays verified."""
        with self._one_at_a_time:
            self._card = Card(image)


def _kept(_: CardImage) -> None:
    """Memory is as durable as a test needs it."""
