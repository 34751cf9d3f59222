"""The life of an application's row: every state it takes is by a step of `rules.application`."""

from collections.abc import Iterable
from datetime import datetime

from openjpki.desk.messages import Refused
from openjpki.rules.application import APPLICATION, ApplicationEvent, step
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import ApplicationState, Procedure
from openjpki.rules.policy import Policy
from openjpki.window.answers import AuthorityRefused
from openjpki.window.equipment import note
from openjpki.window.models import Application, FindingRecord
from openjpki.window.officer import Officer
from openjpki.window.verbs import Verb

ENDS = frozenset(state for state in ApplicationState if not APPLICATION.events(state))
"""States from which nothing leads on."""
_PRESETS = ("national", "page")
OWN_POLICY = "own"


def move(application: Application, *events: ApplicationEvent, at: datetime) -> None:
    """Move an application along the steps of its procedure, inside the act's transaction; raise `IllegalTransition`."""
    state = ApplicationState(application.state)
    for event in events:
        state = step(Procedure(application.procedure), state, event).after
    application.state = state.value
    application.closed_at = at if state in ENDS else None
    application.save(update_fields=("state", "closed_at"))


def write_findings(application: Application, findings: Iterable[Finding], *, at: datetime) -> None:
    """Keep what the person was told, refusals and advice alike."""
    FindingRecord.objects.across_municipalities().bulk_create(
        FindingRecord(
            municipality=application.municipality,
            application=application,
            found_at=at,
            code=finding.code,
            rule=finding.rule,
            sentence=finding.sentence,
            severity=finding.severity,
            ja=finding.ja,
            en=finding.en,
            bring_ja=finding.bring_ja,
            bring_en=finding.bring_en,
        )
        for finding in findings
    )


def perform(officer: Officer, message_id: str, refused: Refused | None, *, at: datetime) -> None:
    """Close the application whose order the authority answered; an order without one, or with one closed already, needs nothing."""
    rows = Application.objects.for_municipality(officer.municipality)
    application = rows.select_for_update().filter(message_id=message_id).first()
    if application is None or ApplicationState(application.state) in ENDS:
        return
    if refused is None:
        move(application, ApplicationEvent.PERFORM, at=at)
        note(officer, Verb.APPLICATION_DONE, subject(application), at=at)
        return
    write_findings(application, (AuthorityRefused.by(refused).finding,), at=at)
    move(application, ApplicationEvent.REFUSE, at=at)
    note(officer, Verb.APPLICATION_REFUSED, subject(application), at=at, codes=[refused.code])


def subject(application: Application) -> str:
    """Return how the audit record names an application."""
    return f"application:{application.municipality}/{application.receipt}"


def policy_name(policy: Policy) -> str:
    """Return the preset that a policy is, or "own" if single settings differ from every preset."""
    return next((name for name in _PRESETS if Policy.preset(name) == policy), OWN_POLICY)
