"""最新の利用者情報(4情報)提供: what a holder consents to, for how long, and when something is given (R-8.7). Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import Enum, unique
from typing import Final

from openjpki.rules.dates import months_after
from openjpki.rules.kinds import RevocationReason
from openjpki.rules.person import CertifiedAttributes

LONGEST_MONTHS: Final = 60
"""A consent runs for as long as a certificate at the most; the real term is not public (docs/divergences.md)."""

NEWS: Final = frozenset({RevocationReason.AFFILIATION_CHANGED, RevocationReason.SUPERSEDED})
"""Ends of the old signature certificate after which the attributes are asked for (R-8.7 step 4)."""


@unique
class Item(Enum):
    """The four attributes, one by one: only what was consented to is given."""

    NAME = "name"
    ADDRESS = "address"
    BIRTH_DATE = "birth-date"
    SEX = "sex"


@unique
class Lapse(Enum):
    """Why a consent gives nothing on a day."""

    WITHDRAWN = "withdrawn"
    NOT_BEGUN = "not-begun"
    OVER = "over"


@dataclass(frozen=True, kw_only=True)
class Term:
    """The days of a consent, both included."""

    since: date
    until: date

    def is_sound(self) -> bool:
        """Say whether it has a day, and is not longer than a consent may run."""
        return self.since <= self.until <= months_after(self.since, LONGEST_MONTHS)


def lapse(term: Term, on: date, *, withdrawn: bool) -> Lapse | None:
    """Return why a consent gives nothing on a day, None while it holds; a withdrawal counts at once (R-8.7 step 7)."""
    if withdrawn:
        return Lapse.WITHDRAWN
    if on < term.since:
        return Lapse.NOT_BEGUN
    return Lapse.OVER if on > term.until else None


def given(items: Collection[Item], attributes: CertifiedAttributes) -> dict[str, str]:
    """Return the items consented to, as text, and none of the others (R-8.7 step 6)."""
    texts = {
        Item.NAME: attributes.name,
        Item.ADDRESS: attributes.address,
        Item.BIRTH_DATE: attributes.birth_date.isoformat(),
        Item.SEX: attributes.sex.value,
    }
    return {item.value: texts[item] for item in Item if item in items}
