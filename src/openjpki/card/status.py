"""Status words: the two bytes that end every answer of a card (ISO 7816-4 §5.6, JICSAP v1.1)."""

from enum import IntEnum, unique

_COUNTER = 0x63C0
"""`63Cx`: a warning whose last digit counts the tries left (ISO 7816-4 §5.6)."""
MAX_COUNTER = 15
"""The largest number of tries one hexadecimal digit can tell."""


@unique
class SW(IntEnum):
    """The status words in use; `63Cx` is arithmetic (`tries_status`), not a list."""

    SUCCESS = 0x9000
    MORE_DATA = 0x6100
    """SW2 counts the bytes that GET RESPONSE brings next; 00 stands for 256 and more."""
    END_OF_FILE = 0x6282
    """Tolerated by the terminal's side; this card never answers it."""
    AUTHENTICATION_FAILED = 0x6300
    SECURITY_ENVIRONMENT = 0x66F1
    """No key can be delivered here (C myna-card)."""
    WRONG_LENGTH = 0x6700
    CHANNEL_NOT_SUPPORTED = 0x6881
    SECURE_MESSAGING_NOT_SUPPORTED = 0x6882
    WRONG_FILE_TYPE = 0x6981
    SECURITY_STATUS_NOT_SATISFIED = 0x6982
    BLOCKED = 0x6983
    REFERENCE_DATA_UNUSABLE = 0x6984
    CONDITIONS_NOT_SATISFIED = 0x6985
    NO_CURRENT_FILE = 0x6986
    SECURE_MESSAGING_WITHOUT_KEY = 0x69FC
    WRONG_DATA = 0x6A80
    FUNCTION_NOT_SUPPORTED = 0x6A81
    FILE_NOT_FOUND = 0x6A82
    RECORD_NOT_FOUND = 0x6A83
    WRONG_P1_P2 = 0x6A86
    REFERENCE_NOT_FOUND = 0x6A88
    OFFSET_OUTSIDE_FILE = 0x6B00
    INSTRUCTION_NOT_SUPPORTED = 0x6D00
    CLASS_NOT_SUPPORTED = 0x6E00


def tries_status(tries: int) -> int:
    """Return `63Cx` for this number of tries left, 0 to 15."""
    if not 0 <= tries <= MAX_COUNTER:
        message = f"a counter of {tries} does not fit one digit"
        raise ValueError(message)
    return _COUNTER | tries


def tries_in(sw: int) -> int | None:
    """Return the tries left that `63Cx` tells, or None for any other status word."""
    return sw & MAX_COUNTER if sw & ~MAX_COUNTER == _COUNTER else None


class Refusal(Exception):
    """A command is refused with this status word. It never leaves the card: `Card.receive` turns it into the answer."""

    def __init__(self, sw: SW) -> None:
        super().__init__(sw)
        self.sw = sw
