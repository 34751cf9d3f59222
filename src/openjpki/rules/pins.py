"""The form of the PINs and their tries (R-6.1, R-6.2). No sentence and no exception here ever contains a PIN."""

import string

from openjpki.errors import Failure, Kind
from openjpki.rules.kinds import PinKind
from openjpki.rules.policy import Policy
from openjpki.rules.words import Told

SIGNATURE_PIN_SHORTEST = 6
SIGNATURE_PIN_LONGEST = 16
"""Characters of the signature PIN (R-6.1)."""
DIGITS_PIN_LENGTH = 4
SIGNATURE_PIN_TRIES = 5
DIGITS_PIN_TRIES = 3

_LETTERS = frozenset(string.ascii_uppercase)
_DIGITS = frozenset(string.digits)


class ToldPin(Told):
    """Which PIN it is, in a refusal: `{pin:ja}` and `{pin:en}` name it in the sentences, as data it is its kind (R-6.5)."""

    def __init__(self, kind: PinKind) -> None:
        super().__init__(kind)

    def __format__(self, language: str) -> str:
        """Return its name in a language; its kind without one."""
        named = super().__format__(language)
        return f"{named} PIN" if language == "en" else named


class BadSignaturePin(Failure):
    """The PIN has not the form of a signature PIN."""

    code = "pin.signature-form"
    kind = Kind.REFUSED
    ja = "署名用電子証明書の暗証番号は、英字の大文字と数字をそれぞれ1文字以上使って、6文字以上16文字以下で設定してください。"
    en = "The signature PIN takes 6 to 16 characters, upper-case letters and digits, at least one of each."


class BadDigitsPin(Failure):
    """The PIN has not the form of a four-digit PIN."""

    code = "pin.digits-form"
    kind = Kind.REFUSED
    ja = "{pin:ja}は、数字4桁で設定してください。"
    en = "The {pin:en} takes exactly four digits."


def check_pin(kind: PinKind, pin: str, policy: Policy) -> str:
    """Return the PIN as it is to be set; raise `BadSignaturePin` or `BadDigitsPin` (R-6.1; S-42, S-56).

    Under `sign_pin_lowercase = "fold"` lower-case letters of a signature PIN become upper-case; else they are refused.
    A PIN of the wrong form must not be sent to the card (R-6.2).
    """
    if kind is not PinKind.SIGNATURE:
        if len(pin) != DIGITS_PIN_LENGTH or not _DIGITS.issuperset(pin):
            raise BadDigitsPin(pin=ToldPin(kind))
        return pin
    folded = pin.upper() if policy.sign_pin_lowercase == "fold" and pin.isascii() else pin
    used = set(folded)
    long_enough = SIGNATURE_PIN_SHORTEST <= len(folded) <= SIGNATURE_PIN_LONGEST
    if not (long_enough and used <= _LETTERS | _DIGITS and used & _LETTERS and used & _DIGITS):
        raise BadSignaturePin
    return folded


def tries(kind: PinKind) -> int:
    """Return how many consecutive misses lock a PIN: 5 for the signature PIN, 3 for the others (R-6.2)."""
    return SIGNATURE_PIN_TRIES if kind is PinKind.SIGNATURE else DIGITS_PIN_TRIES


def left_after(kind: PinKind, left: int, *, matched: bool) -> int:
    """Return the tries left after a comparison; a hit restores them all, a locked PIN stays locked (R-6.2)."""
    if left == 0:
        return 0
    return tries(kind) if matched else left - 1
