"""An act under dual control: proposed by one operator, approved by several, carried out once.

Whoever has an act that must be approved calls `spend` inside the act's own transaction, or `begin` and `finish` where
it takes several. Both raise `NotApproved`, and what is proposed otherwise than it is done is not approved.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from json import loads
from typing import Any, Final

from openjpki.audit.chain import canonical, moment_text
from openjpki.authority.acts import Doer, act
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.control.in_force import control_in_force
from openjpki.authority.control.kinds import RULES, SEATS, ActKind, told_kind
from openjpki.authority.control.operator_keys import Hand, is_signed
from openjpki.authority.control.operators import hold_complete, present, queue
from openjpki.authority.control.statements import MAX_CONTENT, approval_of, proposal_of, statement_of
from openjpki.authority.means import Means
from openjpki.authority.models import ControlledAct, Operator
from openjpki.authority.verbs import Verb
from openjpki.errors import Failure, Kind

_NONCE_BYTES: Final = 16


class NoSuchAct(Failure):
    """No act has this number, or none of this kind and content was proposed."""

    code = "authority.approvals.no-such-act"
    kind = Kind.REFUSED
    ja = "その番号の提案はありません。`openjpki authority acts` で確認してください。"
    en = "No act of that number was proposed. See `openjpki authority acts`."


class NotApproved(Failure):
    """Fewer operators than it takes have approved it."""

    code = "authority.approvals.not-approved"
    kind = Kind.REFUSED
    ja = "この操作({act_kind:ja})には運用者{required}人の承認が必要です。有効な承認は{found}人です。"
    en = "This act ({act_kind:en}) takes the approval of {required} operators; {found} count."


class ActExpired(Failure):
    """It waited too long: who approved it then might not now."""

    code = "authority.approvals.expired"
    kind = Kind.REFUSED
    ja = "提案{number}の期限が切れています。あらためて提案してください。"
    en = "Act {number} has expired. Propose it anew."


class ActDone(Failure):
    """An act is carried out once."""

    code = "authority.approvals.done"
    kind = Kind.REFUSED
    ja = "提案{number}は既に実行されています。"
    en = "Act {number} has been carried out already."


class OwnProposal(Failure):
    """Whoever proposes a change does not approve it."""

    code = "authority.approvals.own-proposal"
    kind = Kind.REFUSED
    ja = "提案した運用者は、この種類の操作を承認できません。"
    en = "Whoever proposed an act of this kind cannot approve it."


class ApprovedBefore(Failure):
    """An operator approves an act once."""

    code = "authority.approvals.approved-before"
    kind = Kind.REFUSED
    ja = "運用者「{name}」は、この提案を既に承認しています。"
    en = '"{name}" has approved this act already.'


class ApprovalsComplete(Failure):
    """It has all the approvals that it takes."""

    code = "authority.approvals.complete"
    kind = Kind.REFUSED
    ja = "提案{number}には、必要な承認がそろっています。"
    en = "Act {number} has all the approvals that it takes."


class SignatureWrong(Failure):
    """The signature is not by the key that is enrolled for the operator."""

    code = "authority.approvals.signature-wrong"
    kind = Kind.REFUSED
    ja = "署名が運用者「{name}」の登録された鍵と一致しません。"
    en = 'The signature is not by the key that is enrolled for "{name}".'


class ContentTooLong(Failure):
    """What nobody can review is not proposed."""

    code = "authority.approvals.content-too-long"
    kind = Kind.REFUSED
    ja = "提案の内容が長すぎます(上限{most}バイト)。"
    en = "What is proposed is too long (at most {most} bytes)."


def propose(means: Means, kind: ActKind, content: Mapping[str, Any], hand: Hand, at: datetime) -> ControlledAct:
    """Propose an act; `content` is JSON. Raises `ControlLeftOut`, `OperatorsMissing`, `OperatorUnknown`, `SignatureWrong`."""
    required = control_in_force(means).required
    said = canonical(content)
    if len(said) > MAX_CONTENT:
        raise ContentTooLong(most=MAX_CONTENT)
    expires_at = at + means.terms.approval
    statement = statement_of(
        kind,
        content,
        proposer=hand.name,
        term=(at, expires_at),
        required=required,
        nonce=means.entropy(_NONCE_BYTES).hex(),
    )
    with act():
        queue()
        hold_complete(means)
        proposer = present(hand.name)
        row = ControlledAct.objects.create(
            pk=ControlledAct.objects.count() + 1,  # acts are spoken of by their numbers: none is left out
            kind=kind.value,
            content=said.decode(),
            subject_digest=subject_digest(kind, content),
            statement=statement,
            digest=sha256(statement).hexdigest(),
            proposer=proposer,
            proposal=_signed(proposer, proposal_of(statement), hand),
            required=required,
            proposer_may_approve=RULES[kind].proposer_may_approve,
            proposed_at=at,
            expires_at=expires_at,
        )
        _by(proposer, at).note(Verb.ACT_PROPOSED, row, {"kind": kind.value, "digest": row.digest})
    means.checkpoint(Checkpoint.ACT_PROPOSED)
    return row


def approve(means: Means, number: int, hand: Hand, at: datetime) -> ControlledAct:
    """Take the next seat of an act; raises what keeps this operator, or anybody, from it."""
    with act():
        row = locked(number)
        operator = present(hand.name)
        seat = free_seat(row, operator, at)
        setattr(row, f"approver_{seat}", operator)
        setattr(row, f"signature_{seat}", _signed(operator, approval_of(bytes(row.statement)), hand))
        setattr(row, f"approved_at_{seat}", at)
        row.save(update_fields=[f"approver_{seat}", f"signature_{seat}", f"approved_at_{seat}"])
        _by(operator, at).note(Verb.ACT_APPROVED, row, {"seat": seat, "digest": row.digest})
    means.checkpoint(Checkpoint.ACT_APPROVED)
    return row


def free_seat(row: ControlledAct, operator: Operator, at: datetime) -> int:
    """Return the seat that an operator may take; raises what keeps this operator, or anybody, from an act."""
    if row.begun_at is not None:
        raise ActDone(number=row.pk)
    if at >= row.expires_at:
        raise ActExpired(number=row.pk)
    if operator.pk == row.proposer_id and not row.proposer_may_approve:
        raise OwnProposal
    if operator.pk in approvers(row):
        raise ApprovedBefore(name=operator.name)
    seat = len(approvers(row)) + 1
    if seat > row.required:
        raise ApprovalsComplete(number=row.pk)
    return seat


def spend(kind: ActKind, content: Mapping[str, Any], doer: Doer) -> ControlledAct:
    """Use up, inside the caller's act, the approval of exactly this; raises `NoSuchAct`, `NotApproved`, `ActExpired`.

    Of several proposals of the same thing the newest that is not done counts.
    """
    digest = subject_digest(kind, content)
    found = ControlledAct.objects.filter(subject_digest=digest, done_at__isnull=True).order_by("-pk").first()
    if found is None:
        raise NoSuchAct
    row = begin(found.pk, doer)
    finish(row, doer)
    return row


def begin(number: int, doer: Doer) -> ControlledAct:
    """Begin an act, or go on with it after a crash, inside the caller's transaction; the row is locked until its end.

    Signatures are verified anew, by the keys of operators who are still enrolled: what is in the database is not believed.
    """
    row = locked(number)
    hold_ready(row, doer.at)
    if row.begun_at is not None:
        return row
    row.begun_at = doer.at
    row.save(update_fields=["begun_at"])
    doer.note(Verb.ACT_BEGUN, row, {"kind": row.kind, "digest": row.digest, "approvers": approvers(row)})
    return row


def hold_ready(row: ControlledAct, at: datetime) -> None:
    """Raise `ActDone`, `ActExpired` or `NotApproved` unless an act may be begun, or gone on with."""
    if row.done_at is not None:
        raise ActDone(number=row.pk)
    if row.begun_at is not None:
        return
    if at >= row.expires_at:
        raise ActExpired(number=row.pk)
    found = len(standing(row))
    if found < row.required:
        raise NotApproved(act_kind=told_kind(ActKind(row.kind)), required=row.required, found=found)


def finish(row: ControlledAct, doer: Doer) -> None:
    """Say that an act is done, inside the transaction of its last step."""
    row.done_at = max(doer.at, row.begun_at or doer.at)
    row.save(update_fields=["done_at"])
    doer.note(Verb.ACT_DONE, row, {"kind": row.kind, "digest": row.digest})


def locked(number: int) -> ControlledAct:
    """Return an act, its row locked until the open transaction ends; raises `NoSuchAct`."""
    row = ControlledAct.objects.select_for_update().filter(pk=number).first()
    if row is None:
        raise NoSuchAct
    return row


def act_of(number: int) -> ControlledAct:
    """Return an act to look at; raises `NoSuchAct`."""
    row = ControlledAct.objects.filter(pk=number).first()
    if row is None:
        raise NoSuchAct
    return row


def all_acts() -> list[ControlledAct]:
    """Return every act that was ever proposed, oldest first."""
    return list(ControlledAct.objects.order_by("pk"))


def approvers(row: ControlledAct) -> list[str]:
    """Return who took the seats, in their order."""
    taken = (getattr(row, f"approver_{seat}_id") for seat in SEATS)
    return [name for name in taken if name is not None]


def standing(row: ControlledAct) -> list[str]:
    """Return whose approvals count now: of those still enrolled, with signatures that verify over what the row says."""
    if not _says_what_was_signed(row):
        return []
    return [
        name
        for seat, name in enumerate(approvers(row), start=1)
        if _verifies(name, approval_of(bytes(row.statement)), bytes(getattr(row, f"signature_{seat}")))
    ]


def content_of(row: ControlledAct) -> dict[str, Any]:
    """Return what an act is about."""
    found: dict[str, Any] = loads(row.content)
    return found


def subject_digest(kind: ActKind, content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what is to be done, hexadecimal, whoever proposes it."""
    return sha256(canonical({"act": kind.value, "content": dict(content)})).hexdigest()


def _says_what_was_signed(row: ControlledAct) -> bool:
    signed = loads(bytes(row.statement))
    return (signed["act"], signed["content"], signed["required"], signed["proposer"]) == (
        row.kind,
        content_of(row),
        row.required,
        row.proposer_id,
    ) and signed["expires_at"] == moment_text(row.expires_at)


def _signed(operator: Operator, message: bytes, hand: Hand) -> bytes:
    signature = hand.sign(message)
    if not is_signed(bytes(operator.public_key), message, signature):
        raise SignatureWrong(name=operator.name)
    return signature


def _verifies(name: str, message: bytes, signature: bytes) -> bool:
    operator = Operator.objects.filter(name=name, removed_at__isnull=True).first()
    return operator is not None and is_signed(bytes(operator.public_key), message, signature)


def _by(operator: Operator, at: datetime) -> Doer:
    return Doer(actor=str(operator), at=at)
