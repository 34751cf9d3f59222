"""The card images of a home that is brought up or made again."""

from contextlib import suppress

from openjpki.authority.models import CardChannel
from openjpki.card.imagefile import ImageDamaged, ImageEmpty, ImageOfOtherVersion, ImageTooLarge
from openjpki.site.house import House


def bring_up_all(house: House) -> None:
    """Bring the images of all cards up to the present form; repeating it changes nothing.

    A damaged image, or one of an unknown version, stays as it is, byte for byte: one card that nobody can use must not keep
    the home from its upgrade.
    """
    for name in house.cards.list():
        with suppress(ImageDamaged, ImageEmpty, ImageTooLarge, ImageOfOtherVersion):
            try:
                house.cards.look(name)
            except ImageOfOtherVersion:
                house.cards.rewrite(name, house.factory.upgrade)


def carry_counters(house: House) -> None:
    """Raise the session counter of each card to the highest that the authority knows of it.

    A backup takes cards before the authority. A session between the two leaves a card whose counter the authority has
    seen rise further: it would be taken for a copy, and could not be administered.
    """
    for name in house.cards.list():
        with house.cards.open(name) as card:
            image = card.initial
            known = CardChannel.objects.filter(card__card_number=image.number).values_list("counter", flat=True).first()
            if known is not None and known > image.channel.counter:
                card.keep(image.with_channel(counter=known))
