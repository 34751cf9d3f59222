"""What a card remembers without power, and how a change of it becomes true.

A card does no I/O. An act that changes what is durable is a generator: it yields the whole image that must be durable,
and is resumed only when it is. Whoever drives it writes, flushes, resumes. If the power fails in between, the generator
is never resumed: the card answered nothing, and on the next power-on either the old or the new image is true.
"""

from collections.abc import Callable, Generator
from typing import TypeVar

from openjpki.card.image import CardImage
from openjpki.card.pins import Proof
from openjpki.card.transition import check

T = TypeVar("T")

Steps = Generator[CardImage, None, T]
"""An act: yields each image that must be durable before it goes on; returns its answer."""


def carry_out(steps: Steps[T], keep: Callable[[CardImage], None]) -> T:
    """Drive an act to its answer: `keep` returns only once the image it was given is durable, or raises."""
    while True:
        try:
            image = next(steps)
        except StopIteration as end:
            answer: T = end.value
            return answer
        keep(image)


class Memory:
    """The image in force. It changes only through `commit`, which believes in a change once it is durable."""

    def __init__(self, image: CardImage) -> None:
        self._image = image

    @property
    def image(self) -> CardImage:
        """Return the image in force."""
        return self._image

    def commit(self, image: CardImage, *, proof: Proof | None = None, administered: bool = False) -> Steps[None]:
        """Have this image made durable; only then is it in force. Raises `ForbiddenChange`, with nothing stored.

        `proof` and `administered` say what allows the change (`transition.check`).
        """
        check(self._image, image, proof=proof, administered=administered)
        yield image
        self._image = image
