"""The card's challenges for GET CHALLENGE: from a durable counter instead of entropy, decision 0013.

None comes back on one card; one that was restored from a copy begins where the copy was made.
"""

from openjpki.card.image import CardImage
from openjpki.card.keyset import derive

_LABEL = b"openjpki get challenge"


def challenge(image: CardImage, count: int) -> bytes:
    """Return the challenge of the number that the image now has; nobody without the card's keys can foresee it."""
    return derive(image.channel.keys.mac, _LABEL, image.challenges.to_bytes(4), 8 * count)
