"""The codes that a person reads off a card: 照合番号A from the back, 照合番号B from the front (C myna-card).

A terminal needs one of the two to be shown either; this reads them in the image itself, as the issuer may who made it.
"""

from dataclasses import dataclass, field

from openjpki.card import text, visual
from openjpki.card.codes import CodeYear, code_b
from openjpki.card.face import Face
from openjpki.card.face_reading import FaceUnreadable, number_in, printed_in
from openjpki.card.pictures import digits_in


@dataclass(frozen=True, kw_only=True)
class PrintedCodes:
    """Both codes of one card. `repr` shows neither."""

    code_a: str = field(repr=False)
    code_b: str = field(repr=False)


def printed_codes(face: Face, year: CodeYear) -> PrintedCodes:
    """Return the codes of a card that this house made; raises `FaceUnreadable` for another's, whose digits have another shape."""
    printed = printed_in(face.visual[visual.FACE])
    try:
        security_code = digits_in(printed.security_code)
    except ValueError as error:
        raise FaceUnreadable from error
    return PrintedCodes(
        code_a=number_in(face.text[text.NUMBER]),
        code_b=code_b(printed.born, printed.expires, security_code, year),
    )
