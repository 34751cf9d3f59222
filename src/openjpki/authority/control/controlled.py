"""What each kind of act under dual control is about, what is asked before it is proposed, and how it is carried out.

A kind without a row here is carried out by whoever uses its approval up (`approvals.spend`).
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from openjpki.authority.acts import act, authority_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.control.approvals import act_of, begin, content_of, finish, hold_ready, locked
from openjpki.authority.control.kinds import ActKind, told_kind
from openjpki.authority.control.operators import enrol, hold_name, present, queue, remove
from openjpki.authority.ending import end_one
from openjpki.authority.generations.ceremony import check_content, hold_ceremony
from openjpki.authority.generations.end import (
    Progress,
    declare_ended,
    destroy_keys,
    hold_destroyable,
    hold_open,
    revoke_everything,
)
from openjpki.authority.generations.issuers import named
from openjpki.authority.means import Means
from openjpki.authority.models import Certificate, ControlledAct, GenerationEnd, Issuer, Person
from openjpki.authority.models.certificate import LIVE
from openjpki.authority.verbs import Verb
from openjpki.authority.verifiers import proposals as verifier_proposals
from openjpki.errors import Failure, Kind
from openjpki.rules.dates import read_moment
from openjpki.rules.kinds import LifeEvent, OtherCause
from openjpki.rules.revocation import Cause

REVOCABLE_FOR: Mapping[str, Cause] = {
    cause.value: cause for cause in (OtherCause.RECORD_ERROR, LifeEvent.KEY_COMPROMISE)
}
"""For what operators revoke a certificate themselves: whatever else ends one is a municipality's to say."""


class NotCarriedOutHere(Failure):
    """The approval of such an act is used up where the act is done."""

    code = "authority.approvals.not-carried-out-here"
    kind = Kind.REFUSED
    ja = "この種類の操作({act_kind:ja})は、その操作のコマンドで実行します。"
    en = "An act of this kind ({act_kind:en}) is carried out by its own command."


class NothingToRevoke(Failure):
    """There is no such certificate in force."""

    code = "authority.nothing-to-revoke"
    kind = Kind.REFUSED
    ja = "有効な電子証明書 {certificate} はありません。"
    en = "No certificate {certificate} is in force."


class SwitchTooLate(Failure):
    """The generation issues already, or would begin after its own end or in the past."""

    code = "authority.switch-too-late"
    kind = Kind.REFUSED
    ja = "認証局 {issuer} の発行開始日時は変更できません。開始前に、将来の(有効期間内の)日時へだけ変更できます。"
    en = "The day from which {issuer} issues cannot be set so: only before it comes, and to one that is still to come while it is valid."


@dataclass(frozen=True, kw_only=True)
class Going:
    """How an act is carried out this time."""

    new_key: bool = False
    """A ceremony that was cut off while a key was made makes another."""
    progress: Progress = field(default=lambda _: None)


@dataclass(frozen=True)
class Execution:
    """What is asked of the content before it is proposed, and what is done."""

    check: Callable[[Means, dict[str, Any], datetime], None]
    carry_out: Callable[[Means, ControlledAct, datetime, Going], None]


def carry_out(means: Means, number: int, at: datetime, going: Going) -> ControlledAct:
    """Carry an approved act out, or go on with one that was cut off; raises what `begin` does."""
    row = act_of(number)
    execution = EXECUTIONS.get(ActKind(row.kind))
    if execution is None:
        raise NotCarriedOutHere(act_kind=told_kind(ActKind(row.kind)))
    hold_ready(row, at)
    execution.carry_out(means, row, at, going)
    return act_of(number)


def for_issuer(name: str) -> dict[str, Any]:
    """Return the content of an act about a generation: its name, and the key by which it is known."""
    return {"issuer": name, "key_identifier": named(name).key_identifier}


def for_switch(name: str, issues_from: str) -> dict[str, Any]:
    """Return the content of a switch; raises `BadMoment`."""
    return {**for_issuer(name), "issues_from": read_moment(issues_from).isoformat()}


def for_enrolment(name: str, public_key: bytes) -> dict[str, Any]:
    """Return the content of an operator's enrolment."""
    return {"operator": name, "public_key": b64encode(public_key).decode()}


def _issuer(content: Mapping[str, Any]) -> Issuer:
    """Return the generation that an act is about, by its key."""
    return Issuer.objects.get(key_identifier=content["key_identifier"])


def _check_end(because: GenerationEnd) -> Callable[[Means, dict[str, Any], datetime], None]:
    def check(means: Means, content: dict[str, Any], _: datetime) -> None:
        hold_open(_issuer(content), because)
        if because is GenerationEnd.TERMINATION:
            hold_destroyable(means)

    return check


def _compromise(means: Means, row: ControlledAct, at: datetime, going: Going) -> None:
    issuer = _ended(means, row, GenerationEnd.COMPROMISE, at)
    revoke_everything(means, issuer, GenerationEnd.COMPROMISE, going.progress)
    _finished(means, row, at)


def _terminate(means: Means, row: ControlledAct, at: datetime, going: Going) -> None:
    hold_destroyable(means)
    issuer = _ended(means, row, GenerationEnd.TERMINATION, at)
    revoke_everything(means, issuer, GenerationEnd.TERMINATION, going.progress)
    destroy_keys(means, issuer)
    _finished(means, row, at)


def _ended(means: Means, row: ControlledAct, because: GenerationEnd, at: datetime) -> Issuer:
    doer = authority_at(at)
    with act():
        held = begin(row.pk, doer)
        issuer = _issuer(content_of(held))
        if issuer.key_destroyed_at is None:
            issuer = declare_ended(str(issuer), because, doer)
    means.checkpoint(Checkpoint.GENERATION_ENDED)
    return issuer


def _finished(means: Means, row: ControlledAct, at: datetime) -> None:
    with act():
        finish(locked(row.pk), authority_at(at))
    means.checkpoint(Checkpoint.ACT_CARRIED_OUT)


def _check_switch(_: Means, content: dict[str, Any], at: datetime) -> None:
    _hold_switch(_issuer(content), read_moment(content["issues_from"]), at)


def _hold_switch(issuer: Issuer, issues_from: datetime, at: datetime) -> None:
    begins = issuer.issues_from > at and issuer.ended_at is None
    if not begins or not at <= issues_from < issuer.not_after:
        raise SwitchTooLate(issuer=issuer)


def _switch(means: Means, row: ControlledAct, at: datetime, _: Going) -> None:
    doer = authority_at(at)
    with act():
        held = begin(row.pk, doer)
        content = content_of(held)
        issuer = Issuer.objects.select_for_update().get(pk=_issuer(content).pk)
        issues_from = read_moment(content["issues_from"])
        _hold_switch(issuer, issues_from, at)
        issuer.issues_from = max(issues_from, issuer.not_before)
        issuer.save(update_fields=["issues_from"])
        doer.note(Verb.CA_SWITCHED, f"ca:{issuer}", {"issues_from": issuer.issues_from.isoformat()})
        finish(held, doer)
    means.checkpoint(Checkpoint.ACT_CARRIED_OUT)


def _check_revocation(_: Means, content: dict[str, Any], __: datetime) -> None:
    live = [state.value for state in LIVE]
    if not Certificate.objects.filter(key=content["certificate"], state__in=live).exists():
        raise NothingToRevoke(certificate=content["certificate"])


def _revoke(means: Means, row: ControlledAct, at: datetime, _: Going) -> None:
    doer = authority_at(at)
    with act():
        held = begin(row.pk, doer)
        content = content_of(held)
        certificate = Certificate.objects.filter(key=content["certificate"]).first()
        if certificate is not None:
            list(Person.objects.select_for_update().filter(pk=certificate.person_id))
        _check_revocation(means, content, at)
        end_one(means, Certificate.objects.get(key=content["certificate"]), REVOCABLE_FOR[content["cause"]], doer)
        finish(held, doer)
    means.checkpoint(Checkpoint.ACT_CARRIED_OUT)


def _check_enrolment(_: Means, content: dict[str, Any], __: datetime) -> None:
    hold_name(content["operator"])


def _enrol(means: Means, row: ControlledAct, at: datetime, _: Going) -> None:
    doer = authority_at(at)
    with act():
        queue()
        held = begin(row.pk, doer)
        content = content_of(held)
        enrol(content["operator"], b64decode(content["public_key"]), doer)
        finish(held, doer)
    means.checkpoint(Checkpoint.ACT_CARRIED_OUT)


def _register_verifier(means: Means, row: ControlledAct, at: datetime, _: Going) -> None:
    doer = authority_at(at)
    with act():
        held = begin(row.pk, doer)
        verifier_proposals.enter_approved(held, content_of(held), doer)
        finish(held, doer)
    means.checkpoint(Checkpoint.ACT_CARRIED_OUT)


def _check_removal(_: Means, content: dict[str, Any], __: datetime) -> None:
    present(content["operator"])


def _remove(means: Means, row: ControlledAct, at: datetime, _: Going) -> None:
    doer = authority_at(at)
    with act():
        queue()
        held = begin(row.pk, doer)
        remove(means, content_of(held)["operator"], doer)
        finish(held, doer)
    means.checkpoint(Checkpoint.ACT_CARRIED_OUT)


EXECUTIONS: Mapping[ActKind, Execution] = {
    ActKind.KEY_CEREMONY: Execution(
        check_content, lambda means, row, at, going: hold_ceremony(means, row, at, new_key=going.new_key)
    ),
    ActKind.GENERATION_SWITCH: Execution(_check_switch, _switch),
    ActKind.TERMINATION: Execution(_check_end(GenerationEnd.TERMINATION), _terminate),
    ActKind.MASS_REVOCATION: Execution(_check_end(GenerationEnd.COMPROMISE), _compromise),
    ActKind.REVOCATION: Execution(_check_revocation, _revoke),
    ActKind.OPERATOR_ENROLMENT: Execution(_check_enrolment, _enrol),
    ActKind.VERIFIER_REGISTRATION: Execution(verifier_proposals.check, _register_verifier),
    ActKind.OPERATOR_REMOVAL: Execution(_check_removal, _remove),
}
