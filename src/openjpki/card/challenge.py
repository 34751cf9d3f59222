"""The card's challenges for GET CHALLENGE: from a durable counter, decision 0013, and from what it was powered with.

None comes back on one card. One that was restored from a copy counts from where the copy was made: what its reader gave
it at power-on then tells its challenges from those of before.
"""

from openjpki.card.image import CardImage
from openjpki.card.keyset import derive

_LABEL = b"openjpki get challenge"


def challenge(image: CardImage, count: int, power_on: bytes = b"") -> bytes:
    """Return the challenge of the number that the image now has; nobody without the card's keys can foresee it.

    `power_on` are the bytes that nobody else gave it; without them a copy repeats.
    """
    return derive(image.channel.keys.mac, _LABEL, image.challenges.to_bytes(4) + power_on, 8 * count)
