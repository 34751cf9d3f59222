"""Writes an examined application down, inside the act's transaction: the application, what it rests on, how it ended."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from openjpki.rules.application import ApplicationEvent
from openjpki.rules.course import due_grounds
from openjpki.rules.dates import civil_date
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import ApplicationState, CertificateKind
from openjpki.rules.policy import Policy
from openjpki.window.applications import move, policy_name, subject, write_findings
from openjpki.window.casework import Asked, card_on_counter
from openjpki.window.equipment import note
from openjpki.window.examination import Examination, IssueExamination, Shown
from openjpki.window.models import Application, DocumentShown, FeeRecord, IdentityEvidence, Order, Resident
from openjpki.window.officer import Officer
from openjpki.window.receipts import next_receipt
from openjpki.window.verbs import Verb


def receive(
    officer: Officer, resident: Resident, asked: Asked, examination: Examination, *, policy: Policy, at: datetime
) -> Application:
    """Write the application with its receipt number, its findings and the evidence of identity."""
    application = Application(
        municipality=officer.municipality,
        receipt=next_receipt(officer.municipality, civil_date(at)),
        resident=resident,
        card=card_on_counter(resident, asked.card_number),
        procedure=asked.procedure.value,
        applicant=asked.shown.applicant.value,
        kinds=[kind.value for kind in asked.kinds],
        officer=officer.login,
        approval_grounds=[ground.value for ground in due_grounds(policy, examination.application)],
        approved_by=examination.application.approved_by,
        received_at=at,
        policy=policy_name(policy),
    )
    application.save(force_insert=True)
    write_findings(application, examination.findings, at=at)
    _keep_evidence(application, asked.shown, examination)
    return application


def accept(
    officer: Officer,
    application: Application,
    examination: IssueExamination,
    order_ids: Mapping[CertificateKind, str],
    *,
    at: datetime,
    known_afresh: bool,
    kana_agreed: bool,
) -> None:
    """Settle the fee and plan one order per certificate, in the order in which they are issued.

    `known_afresh`: the authority was asked just now which certificates there are. `kana_agreed`: the holder agreed with
    the name in kana (R-1.9).
    """
    municipality = application.municipality
    FeeRecord(
        municipality=municipality,
        application=application,
        yen=examination.fee.yen,
        reason=examination.reason.value,
        rules=list(examination.fee.rules),
        receipt=application.receipt,
        settled_at=at,
    ).save(force_insert=True)
    for kind, order_id in order_ids.items():
        order = Order(municipality=municipality, application=application, kind=kind.value, order_id=order_id)
        order.save(force_insert=True)
    move(application, *examination.application.path, at=at)
    note(
        officer,
        Verb.APPLICATION_ACCEPTED,
        subject(application),
        at=at,
        procedure=application.procedure,
        kinds=list(application.kinds),
        fee_yen=examination.fee.yen,
        fee_reason=examination.reason.value,
        known_afresh=known_afresh,
        kana_agreed=kana_agreed,
    )


def refuse(officer: Officer, application: Application, findings: Iterable[Finding], *, at: datetime) -> None:
    """Close an application with its refusals; they stand in its findings already."""
    received = application.state == ApplicationState.RECEIVED.value
    before = (ApplicationEvent.EXAMINE,) if received else ()
    move(application, *before, ApplicationEvent.REFUSE, at=at)
    codes = [finding.code for finding in refusals(findings)]
    note(officer, Verb.APPLICATION_REFUSED, subject(application), at=at, codes=codes)


def refusals(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what stands in the way."""
    return tuple(finding for finding in findings if finding.severity == "refusal")


def _keep_evidence(application: Application, shown: Shown, examination: Examination) -> None:
    """Keep how the person was identified: kinds and last days of documents, never a number or an image (R-2.26)."""
    evidence = IdentityEvidence(
        municipality=application.municipality,
        application=application,
        route=examination.way,
        pin_matched=shown.pin_matches,
    )
    evidence.save(force_insert=True)
    DocumentShown.objects.across_municipalities().bulk_create(
        DocumentShown(
            municipality=application.municipality,
            evidence=evidence,
            kind=document.kind.value,
            expires_date=document.expires,
            copy_taken=shown.copies_taken,
        )
        for document in (*shown.documents, *shown.representative_documents)
    )
