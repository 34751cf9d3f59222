"""The wall behind the applets: which image may follow which. What breaks it is a bug, and is never stored."""

from openjpki.card.image import CardImage, Container
from openjpki.card.pins import PIN_NAMES, PinName, Proof


class ForbiddenChange(Exception):
    """A card was about to remember what nothing allowed. It is a fault of the card's code, not of a command."""


def check(before: CardImage, after: CardImage, *, proof: Proof | None = None, administered: bool = False) -> None:
    """Raise `ForbiddenChange` unless the change is one of those that a card may make.

    * A PIN's tries rise, and a PIN changes, only by `proof` that the present one was shown, or by a permission that is
      spent with it (R-6.2, R-6.3). Tries fall freely.
    * Keys, certificates, hand-over data and permissions change only inside the authority's channel (`administered`),
      where no PIN changes. A key in use goes only if the waiting one, with its certificate, takes its place; a waiting
      certificate is not overwritten.
    * The attributes on its face, with what is signed over them, change only inside the channel, the rest of it never.
    * Number, salt and administration keys never change; the counters of sessions and challenges only rise, and failures
      are only forgotten inside a channel.
    """
    checks = (
        _lasting(before) == _lasting(after),
        after.channel.counter >= before.channel.counter,
        after.challenges >= before.challenges,
        administered or after.channel.failures >= before.channel.failures,
        administered or (_administration(before) == _administration(after) and after.permitted <= before.permitted),
        not administered or before.pins == after.pins,
        all(_may_follow(before.keys[kind], after.keys[kind]) for kind in before.keys),
        all(_pin_may_follow(before, after, name, proof) for name in PIN_NAMES),
    )
    if not all(checks):
        raise ForbiddenChange


def _lasting(image: CardImage) -> object:
    return image.number, image.salt, image.channel.keys, None if image.face is None else image.face.lasting()


def _administration(image: CardImage) -> object:
    return image.keys, image.municipality, image.expires, image.face


def _may_follow(before: Container, after: Container) -> bool:
    if after.active != before.active:
        return after.active is not None and after.active == before.shadow and after.shadow is None
    waits = before.shadow is not None and before.shadow.certificate is not None
    return not waits or after.shadow in {None, before.shadow}


def _pin_may_follow(before: CardImage, after: CardImage, name: PinName, proof: Proof | None) -> bool:
    old, new = before.pins[name], after.pins[name]
    if (new.limit, new.digest) == (old.limit, old.digest) and new.tries <= old.tries:
        return True
    shown = old.digest is not None and proof == Proof(name, old.digest)
    permitted = name in before.permitted - after.permitted
    return new.limit == old.limit == new.tries and (shown or permitted)
