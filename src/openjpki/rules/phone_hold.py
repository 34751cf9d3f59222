"""一時停止 by telephone: what the call centre asks before it stops a card (R-5.8, R-5.20). Pure.

Only that a question was asked is recorded, never what the caller answered. Stopping by mistake costs a signature
certificate and a way to the window; not stopping a lost card costs more, so few questions are enough.
"""

from collections.abc import Collection
from enum import Enum, unique
from typing import Final


@unique
class Question(Enum):
    """What a caller may be asked."""

    NAME = "name"
    ADDRESS = "address"
    BIRTH_DATE = "birth-date"
    SEX = "sex"
    WHERE_LOST = "where-lost"
    """Where and when the card was last seen."""
    CALL_BACK = "call-back"
    """A number at which the caller was called back."""


ALWAYS: Final = (Question.NAME, Question.ADDRESS, Question.BIRTH_DATE)
"""Asked in every call; the real call centre's questions are not public (docs/divergences.md)."""


def unasked(asked: Collection[Question]) -> tuple[Question, ...]:
    """Return what must still be asked before a card is stopped."""
    return tuple(question for question in ALWAYS if question not in asked)
