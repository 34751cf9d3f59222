"""Words of choices: the Japanese one is taken where a closed vocabulary has it, and a slip of the fingers gets a hint."""

from collections.abc import Collection
from difflib import get_close_matches
from enum import Enum

from openjpki.rules.kinds import CertificateKind, FeeReason, LifeEvent, PinKind, Procedure, RevocationReason
from openjpki.rules.words import word

_VOCABULARIES: tuple[type[Enum], ...] = (Procedure, CertificateKind, PinKind, LifeEvent, FeeReason, RevocationReason)
_MAX_WORD = 64
"""Characters of a word that is looked at: no choice has as many, and near ones are searched letter by letter."""


def meant(text: str, choices: Collection[object]) -> str | None:
    """Return the one choice whose Japanese word this is (更新: renewal); None if there is none, or more than one."""
    if text.isascii():
        return None
    named = (one for vocabulary in _VOCABULARIES for one in vocabulary if word(one, "ja") == text)
    found = {str(one.value) for one in named if one.value in choices}
    return found.pop() if len(found) == 1 else None


def near(text: str, choices: Collection[object]) -> str | None:
    """Return the choice that a wrong word is nearest to, if one is near enough."""
    return next(iter(get_close_matches(text[:_MAX_WORD], [str(one) for one in choices], n=1)), None)
