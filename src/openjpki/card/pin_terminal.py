"""The terminal's side of the four PINs (R-6.5): where each lies on a card, and by which command it is changed.

JPKI and text application set a PIN by CHANGE REFERENCE DATA, common and 住基 application by CHANGE KEY (C myna-card).
For the holder the PIN of the resident record is one; on the card both have it, and each is changed by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from openjpki.card import common, jpki, juki, text
from openjpki.card.apdu import CommandApdu, Ins
from openjpki.card.connection import Connection, NotJpkiCard
from openjpki.card.conversation import CURRENT, Conversation, Place
from openjpki.card.objects import ISSUER_DOMAIN_AID
from openjpki.card.pin_answers import (
    LastTry,
    PinLocked,
    PinLockedAlone,
    PinNotVerified,
    WrongPin,
    hold_right,
    hold_set,
    tries_told,
)
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import PinKind
from openjpki.rules.pin_reset import OTHER_PIN, kiosk_helps
from openjpki.rules.pins import ToldPin, check_pin
from openjpki.rules.policy import Policy


class NoSuchPin(Failure):
    """The card has no such PIN."""

    code = "card.pin.absent"
    kind = Kind.REFUSED
    ja = "このカードには、求められた暗証番号がありません。"
    en = "The card has no such PIN."


@dataclass(frozen=True, kw_only=True)
class _Reference:
    """One PIN reference of a card, and class, instruction and P1 of the command that sets it."""

    kind: PinKind
    place: Place
    file: int
    cla: int
    ins: Ins
    p1: int


def _by_24(kind: PinKind, place: Place, file: int) -> _Reference:
    return _Reference(kind=kind, place=place, file=file, cla=0x00, ins=Ins.CHANGE_REFERENCE_DATA, p1=0x01)


def _by_32(kind: PinKind, aid: bytes, file: int) -> _Reference:
    place = Place(aid=aid, without=NoSuchPin, without_file=NoSuchPin)
    return _Reference(kind=kind, place=place, file=file, cla=0x80, ins=Ins.CHANGE_KEY, p1=0x00)


JPKI: Final = Place(aid=jpki.AID, without=NotJpkiCard, without_file=NoSuchPin)
_TEXT = Place(aid=text.AID, without=NoSuchPin, without_file=NoSuchPin)
_REFERENCES: Final[Mapping[PinKind, tuple[_Reference, ...]]] = {
    PinKind.SIGNATURE: (_by_24(PinKind.SIGNATURE, JPKI, jpki.SIGNATURE_PIN),),
    PinKind.AUTHENTICATION: (_by_24(PinKind.AUTHENTICATION, JPKI, jpki.AUTHENTICATION_PIN),),
    PinKind.RESIDENT_RECORD: (
        _by_32(PinKind.RESIDENT_RECORD, common.AID, common.PIN),
        _by_32(PinKind.RESIDENT_RECORD, juki.AID, juki.PIN),
    ),
    PinKind.CARD_FACE_ENTRY: (_by_24(PinKind.CARD_FACE_ENTRY, _TEXT, text.PIN),),
}
"""In the order in which they are changed; the last is the first to be asked."""


class PinTerminal:
    """A conversation about the PINs of one card.

    PINs of the wrong form are never sent (R-6.1, R-6.2): every method that takes one raises `BadSignaturePin` or
    `BadDigitsPin` before the card is asked. A PIN given as a bytearray is overwritten with zeros after use; copies
    that Python makes on the way cannot be.
    """

    def __init__(self, connection: Connection, policy: Policy | None = None) -> None:
        self._talk = Conversation.over(connection)
        self._policy = policy or Policy()

    def tries_left(self, kind: PinKind) -> int:
        """Return how many times the PIN may still be wrong; 0 if it is locked or was never set. Spends no try."""
        return min(map(self._tries, _REFERENCES[kind]))

    def hold_usable(self, kind: PinKind) -> int:
        """Return the tries left before anybody types; raises `PinLocked` where there is none. Spends no try."""
        tries = self.tries_left(kind)
        if not tries:
            raise self._locked(kind)
        return tries

    def verify(self, kind: PinKind, pin: bytes | bytearray) -> None:
        """Show the PIN wherever the card has it; raises `WrongPin` or `PinLocked`."""
        try:
            checked = self._checked(kind, pin)
            for reference in reversed(_REFERENCES[kind]):
                self._verify(reference, checked)
        finally:
            wipe(pin)

    def set(self, kind: PinKind, new: bytes | bytearray) -> None:
        """Set a PIN that the card has once after `verify`, or any where the authority lets it be set without (R-6.3).

        Raises `PinNotVerified`.
        """
        try:
            checked = self._checked(kind, new)
            for reference in _REFERENCES[kind]:
                self._set(reference, checked)
        finally:
            wipe(new)

    def set_first(self, kind: PinKind, new: bytes | bytearray) -> None:
        """Set a PIN that may be set without an old one; where that was done already, it must be the same.

        Raises `WrongPin` where it is another one, `PinLocked` where it may not be set and never was, or is locked.
        """
        try:
            checked = self._checked(kind, new)
            for reference in _REFERENCES[kind]:
                self._set_first(reference, checked)
        finally:
            wipe(new)

    def change(self, kind: PinKind, present: bytes | bytearray, new: bytes | bytearray) -> None:
        """Set a new PIN in place of the present one; raises `WrongPin`, `PinLocked` or `LastTry`, with nothing changed.

        Where the card has the PIN twice, the last reference is asked first and changed last: a change that was cut off in
        between is made whole by the same change again, which finds the other reference changed already.
        """
        try:
            checked, old = self._checked(kind, new), self._checked(kind, present)
            *others, last = _REFERENCES[kind]
            self._verify(last, old)
            for reference in others:
                self._change(reference, old, checked)
            if others:
                self._verify(last, old)
            self._set(last, checked)
        finally:
            wipe(present)
            wipe(new)

    def leave(self) -> None:
        """Close what was opened: who comes to the card next must type again."""
        self._talk.leave(ISSUER_DOMAIN_AID)

    def _change(self, reference: _Reference, old: bytes, new: bytes) -> None:
        """Change the PIN in a reference that may have another one, or the new one already: no try of it is its last."""
        if self._tries(reference) == 1:
            raise LastTry(pin=ToldPin(reference.kind))
        try:
            self._verify(reference, old)
        except WrongPin as wrong:
            if wrong.data["tries"] == 1:  # another miss would lock it
                raise
            self._verify(reference, new)
            return
        self._set(reference, new)

    def _set_first(self, reference: _Reference, new: bytes) -> None:
        try:
            self._set(reference, new)
        except PinNotVerified:
            self._verify(reference, new)

    def _tries(self, reference: _Reference) -> int:
        self._talk.select(reference.place, reference.file)
        command = CommandApdu(cla=0x00, ins=Ins.VERIFY, p1=0x00, p2=CURRENT)
        return tries_told(command, self._talk.ask(command))

    def _verify(self, reference: _Reference, pin: bytes) -> None:
        self._talk.select(reference.place, reference.file)
        command = CommandApdu(cla=0x00, ins=Ins.VERIFY, p1=0x00, p2=CURRENT, data=pin)
        try:
            hold_right(command, self._talk.ask(command), reference.kind)
        except PinLocked:
            raise self._locked(reference.kind) from None

    def _locked(self, kind: PinKind) -> PinLocked:
        """Return what is told of a locked PIN, with the kiosk where one helps (R-6.6)."""
        locked = PinLockedAlone if self._kiosk_helps(kind) else PinLocked
        return locked(pin=ToldPin(kind))

    def _kiosk_helps(self, kind: PinKind) -> bool:
        """Tell whether the holder need not go to the window: the other PIN's tries are asked, which spends none (R-6.6)."""
        other = OTHER_PIN.get(kind)
        if other is None:
            return False
        try:
            usable = frozenset({other} if self.tries_left(other) else ())
        except Failure:  # that the PIN is locked is known all the same
            return False
        return kiosk_helps(self._policy, pin=kind, usable=usable)

    def _set(self, reference: _Reference, new: bytes) -> None:
        self._talk.select(reference.place, reference.file)
        command = CommandApdu(cla=reference.cla, ins=reference.ins, p1=reference.p1, p2=CURRENT, data=new)
        hold_set(command, self._talk.ask(command))

    def _checked(self, kind: PinKind, pin: bytes | bytearray) -> bytes:
        return check_pin(kind, pin.decode("latin-1"), self._policy).encode("ascii")


def wipe(pin: bytes | bytearray) -> None:
    """Overwrite a PIN with zeros, where it can be."""
    if isinstance(pin, bytearray):
        pin[:] = bytes(len(pin))
