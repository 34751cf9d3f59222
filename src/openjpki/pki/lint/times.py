"""Moments as lists and answers encode them."""

from datetime import UTC, datetime

from openjpki.pki import der

_TWO_DIGITS, _FOUR_DIGITS = 13, 15
"""Length of a UTCTime and of a GeneralizedTime in whole seconds with Z (RFC 5280 §4.1.2.5)."""
_FIRST_OF_1900 = 50
"""A UTCTime's year from 50 on is of the nineteen hundreds (RFC 5280 §4.1.2.5.1)."""


def read_time(encoded: bytes) -> datetime | None:
    """Return the moment of a UTCTime or GeneralizedTime (DER, whole seconds, Z), UTC; None if it is none."""
    tag, text = encoded[:1], encoded[2:]
    if (tag, len(text)) == (bytes((der.UTC_TIME,)), _TWO_DIGITS):
        text = (b"19" if text[:2] >= b"%d" % _FIRST_OF_1900 else b"20") + text
    elif (tag, len(text)) != (bytes((der.GENERALIZED_TIME,)), _FOUR_DIGITS):
        return None
    if not text[:-1].isdigit() or not text.endswith(b"Z"):
        return None
    try:
        month, day, hour, minute, second = (int(text[at : at + 2]) for at in range(4, 14, 2))
        return datetime(int(text[:4]), month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
