"""The seam between a terminal and a card: one method on bytes, and what goes wrong with it."""

from typing import Protocol

from openjpki.errors import Failure, Kind


class CardRemoved(Failure):
    """The card is no longer in the reader."""

    code = "card.removed"
    kind = Kind.UNAVAILABLE
    ja = "カードがリーダーから外れています。カードを置き直して、もう一度行ってください。"
    en = "The card is no longer in the reader. Put it back and try again."


class NotJpkiCard(Failure):
    """The card has no JPKI application."""

    code = "card.not-jpki"
    kind = Kind.REFUSED
    ja = "このカードには公的個人認証の機能がありません。マイナンバーカードを置いてください。"
    en = "This card has no JPKI application. Put a My Number card in the reader."


class UnexpectedAnswer(Failure):
    """The card answered something its specification does not foresee here."""

    code = "card.unexpected-answer"
    kind = Kind.UNAVAILABLE
    ja = "カードから想定外の応答がありました({command}: {sw})。"
    en = "The card gave an unexpected answer ({command}: {sw})."


class Connection(Protocol):
    """A way to one card: a reader in this process, a virtual PC/SC reader, a real one."""

    def transmit(self, apdu: bytes) -> bytes:
        """Return the card's answer, status word included; raises `CardRemoved`."""
        ...
