"""What a card's answers about a PIN mean to a person: wrong, locked, to be entered first."""

from openjpki.card.apdu import CommandApdu, Ins, ResponseApdu
from openjpki.card.connection import UnexpectedAnswer
from openjpki.card.status import SW, tries_in
from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import PinKind
from openjpki.rules.pins import ToldPin

_LOCKED = frozenset({SW.BLOCKED, SW.REFERENCE_DATA_UNUSABLE})


class WrongPin(Failure):
    """The PIN did not match; a try is spent."""

    code = "card.pin.wrong"
    kind = Kind.REFUSED
    ja = "{pin:ja}が違います。ロックされるまであと{tries}回です。"
    en = "The {pin:en} is wrong. Tries left before it locks: {tries}."


class PinLocked(Failure):
    """The PIN has no tries left, or was never set."""

    code = "card.pin.locked"
    kind = Kind.REFUSED
    ja = "{pin:ja}がロックされているか、まだ設定されていません。市区町村の窓口で設定し直してください。"
    en = "The {pin:en} is locked or was never set. It can be set again at the municipal counter."


class PinLockedAlone(PinLocked):
    """The PIN is locked and the other certificate's PIN is not: a kiosk can set it anew as well (R-6.6)."""

    ja = (
        "{pin:ja}がロックされているか、まだ設定されていません。市区町村の窓口で設定し直してください。アプリで予約すれば、もう一方の暗証番号を使って、"
        "コンビニ等のキオスク端末でも設定し直せます(署名用と利用者証明用の電子証明書がどちらも有効な場合に限ります)。"
    )
    en = (
        "The {pin:en} is locked or was never set. It can be set again at the municipal counter; and, after an application in the app and with "
        "the other certificate's PIN, at a kiosk in a convenience store (only while both certificates are in force)."
    )


class LastTry(Failure):
    """The card has the PIN a second time, with one try left there: a miss would lock it."""

    code = "card.pin.last-try"
    kind = Kind.REFUSED
    ja = (
        "{pin:ja}はカードの中の2か所にあり、もう一方は残り1回です。ロックを避けるため、変更していません。"
        "市区町村の窓口で設定し直してください。"
    )
    en = (
        "The card has the {pin:en} in two places, and one try is left in the other. So that it does not lock, nothing was changed. "
        "It can be set again at the municipal counter."
    )


class PinNotVerified(Failure):
    """The card wants the PIN first."""

    code = "card.pin.not-verified"
    kind = Kind.REFUSED
    ja = "先に暗証番号を入力してください。"
    en = "The PIN must be entered first."


def unexpected(command: CommandApdu, answer: ResponseApdu) -> UnexpectedAnswer:
    """Return what is told of an answer that the specification does not foresee."""
    return UnexpectedAnswer(command=Ins(command.ins).words, sw=f"{answer.sw:04X}")


def tries_told(command: CommandApdu, answer: ResponseApdu) -> int:
    """Return the tries left that the answer to a retry query tells; raises `UnexpectedAnswer`."""
    tries = tries_in(answer.sw)
    if tries is None:
        raise unexpected(command, answer)
    return tries


def hold_right(command: CommandApdu, answer: ResponseApdu, kind: PinKind) -> None:
    """Raise what an answer to VERIFY means, unless the PIN matched: `WrongPin` with the tries left, `PinLocked`, `UnexpectedAnswer`."""
    pin, tries = ToldPin(kind), misses_told(command, answer)
    if tries == 0:
        raise PinLocked(pin=pin)
    if tries is not None:
        raise WrongPin(pin=pin, tries=tries)


def misses_told(command: CommandApdu, answer: ResponseApdu) -> int | None:
    """Return the tries left after what VERIFY sent did not match, 0 if it is locked; None if it matched. Raises `UnexpectedAnswer`."""
    tries = 0 if answer.sw in _LOCKED else tries_in(answer.sw)
    if tries is None and not answer.ok:
        raise unexpected(command, answer)
    return tries


def hold_set(command: CommandApdu, answer: ResponseApdu) -> None:
    """Raise what an answer to a change means, unless the PIN was set: `PinNotVerified`, `UnexpectedAnswer`."""
    if answer.sw == SW.SECURITY_STATUS_NOT_SATISFIED:
        raise PinNotVerified
    if not answer.ok:
        raise unexpected(command, answer)
