"""How an application at the counter may end: accepted, with what interrupted it, or refused with all that was found."""

from dataclasses import dataclass
from typing import cast

from openjpki.errors import Failure, Kind
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import ApplicationState
from openjpki.window.entries import ApplicationEntry
from openjpki.window.telling import Told


class ProcedureRefused(Failure):
    """The examination found what stands in the way; it is kept with the application."""

    code = "window.procedure-refused"
    kind = Kind.REFUSED
    ja = "受付番号 {receipt}:お手続きできません。{findings:ja}"
    en = "Application {receipt} is refused. {findings:en}"

    @property
    def receipt(self) -> str:
        """Return the refused application's receipt number."""
        return str(self.data["receipt"])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the refusals, and what becomes of a fee: code, rule, sentence, what to bring."""
        return cast("Told[Finding]", self.data["findings"]).things


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """An accepted application: done, or waiting with what interrupted it."""

    application: ApplicationEntry
    interruption: Failure | None

    @property
    def done(self) -> bool:
        """Say whether everything asked for stands on the card."""
        return self.application.state is ApplicationState.DONE
