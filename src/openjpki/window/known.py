"""What a resident has, asked of the authority first: it may have ended or held a certificate that no window ordered.

A card that was stopped by telephone is such a case (R-5.20): the authority calls no municipality.
"""

from dataclasses import dataclass

from openjpki.window.entries import ResidentEntry
from openjpki.window.equipment import Equipment
from openjpki.window.loading import load_resident
from openjpki.window.officer import Officer
from openjpki.window.outbox import Outbox
from openjpki.window.procedures import refresh_known
from openjpki.window.residents import Residents


@dataclass(frozen=True, kw_only=True)
class Known:
    """A person with cards and certificates, and whether the authority said so just now."""

    resident: ResidentEntry
    afresh: bool
    """False: the authority was not reached, or a message waits before the question; this is what was last heard."""


class Asking:
    """Reads of one person that ask the authority."""

    def __init__(self, equipment: Equipment, outbox: Outbox, residents: Residents) -> None:
        self._equipment = equipment
        self._outbox = outbox
        self._residents = residents

    def ask(self, officer: Officer, resident_code: str) -> Known:
        """Return one person as the authority knows the certificates now; both records say that it was read. Raises `ResidentNotFound`."""
        afresh = refresh_known(self._equipment, self._outbox, load_resident(officer, resident_code))
        return Known(resident=self._residents.show(officer, resident_code), afresh=afresh)
