"""References to keys (鍵ID): sixteen bytes that name the key of a certificate, or of a file."""

from typing import Final

SIZE = 16


def key_reference(number: str, group: str = "001") -> bytes:
    """Return the reference of a key: a number of seven digits, `08 05`, a group of three, four zeros (C myna-card).

    Production references begin with 5, those of the test hierarchy with 6; ours begin with 9, so that nothing here
    passes for either.
    """
    return number.encode("ascii") + b"\x08\x05" + group.encode("ascii") + bytes(4)


CARD_ISSUER: Final = key_reference("9000001")
"""Whom GET DATA 0042 names."""
RECORD_KEY: Final = key_reference("9000002")
"""What EF 0002 of the common and the 住基 application name; which key that is on a real card is not known."""
FACE_ISSUER: Final = key_reference("9000023")
"""The key by which the issuer signs what is on a card's face, and which it certifies by itself."""
TEXT_BASIC: Final = key_reference("9000034")
VISUAL_BASIC: Final = key_reference("9000024")
"""What the basic information of the two applications names: another key than the one that signs (C myna-card)."""
CARD_KEY: Final = key_reference("9000100")
"""The card's own key for INTERNAL AUTHENTICATE."""
