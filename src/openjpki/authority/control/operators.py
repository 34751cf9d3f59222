"""The operators of the authority: who they are, how the first ones come, and that later ones come by the others only."""

import re
from datetime import datetime
from typing import Final

from openjpki.authority.acts import Doer, act, authority_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.control.browser_certificates import BrowserCertificateRefused, hold, operator_in
from openjpki.authority.control.in_force import ControlNotSet, control_in_force
from openjpki.authority.control.kinds import OPERATORS_MOST
from openjpki.authority.control.operator_keys import fingerprint_of
from openjpki.authority.means import Means
from openjpki.authority.models import ControlledAct, LegalClock, Operator
from openjpki.authority.verbs import Verb
from openjpki.errors import Failure, Kind

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")


class OperatorUnknown(Failure):
    """Nobody of that name is enrolled, or not any more."""

    code = "authority.operators.unknown"
    kind = Kind.REFUSED
    ja = "運用者「{name}」は登録されていないか、抹消されています。"
    en = 'The operator "{name}" is not enrolled, or not any more.'


class OperatorNameTaken(Failure):
    """A name, or a key, is one person's for ever."""

    code = "authority.operators.taken"
    kind = Kind.REFUSED
    ja = "運用者「{name}」の名前か鍵は、既に登録されたことがあります。別の名前と鍵にしてください。"
    en = 'The name "{name}" or its key was enrolled before. Take another name and another key.'


class OperatorNameBad(Failure):
    """A name stands in statements, transcripts and the audit record."""

    code = "authority.operators.bad-name"
    kind = Kind.USAGE
    ja = "運用者の名前「{name}」は使えません。英小文字で始まる32文字までの英小文字・数字・ハイフンにしてください。"
    en = '"{name}" cannot be an operator\'s name: up to 32 of a-z, 0-9 and "-", beginning with a letter.'


class OperatorsComplete(Failure):
    """The authority has all its operators: another one comes by their approval."""

    code = "authority.operators.complete"
    kind = Kind.REFUSED
    ja = "運用者{count}人がそろっています。追加は、既存の運用者の承認を経た `openjpki authority propose operator-enrolment` で行います。"
    en = "All {count} operators have come. Another one is enrolled by an act that these approve: `openjpki authority propose operator-enrolment`."


class OperatorsMissing(Failure):
    """Before all operators are there, none of them proposes anything."""

    code = "authority.operators.missing"
    kind = Kind.REFUSED
    ja = "運用者がそろっていません({found}人、必要な人数は{count}人)。先に全員を登録してください。"
    en = "Not all operators are enrolled ({found} of {count}). Enrol all of them first."


class TooFewWouldStay(Failure):
    """The last ones who can approve anything are not removed."""

    code = "authority.operators.too-few-would-stay"
    kind = Kind.REFUSED
    ja = "抹消すると、承認に必要な人数が残りません。先に後任を登録してください。"
    en = "Too few operators would be left to approve anything. Enrol a successor first."


def enrol_first(means: Means, name: str, public_key: bytes, at: datetime) -> Operator:
    """Enrol one of the operators with whom the authority begins; raises `ControlNotSet`, `ControlLeftOut`, `OperatorsComplete`.

    They are complete once all have come, or once anything was proposed, whatever the settings say by then: all had come before it.
    """
    doer = authority_at(at)
    with act():
        queue()
        control = control_in_force(means)
        if not control.strict:
            raise ControlNotSet
        came = Operator.objects.count()
        if came >= control.operators or ControlledAct.objects.exists():
            raise OperatorsComplete(count=came)
        operator = enrol(name, public_key, doer)
    means.checkpoint(Checkpoint.OPERATOR_ENROLLED)
    return operator


def enrol(name: str, public_key: bytes, doer: Doer) -> Operator:
    """Enrol an operator, inside an act that may; raises `OperatorNameBad`, `OperatorNameTaken`."""
    hold_name(name)
    if Operator.objects.filter(removed_at__isnull=True).count() >= OPERATORS_MOST:
        raise OperatorsComplete(count=OPERATORS_MOST)
    fingerprint = fingerprint_of(public_key)
    if Operator.objects.filter(name=name).exists() or Operator.objects.filter(fingerprint=fingerprint).exists():
        raise OperatorNameTaken(name=name)
    operator = Operator.objects.create(name=name, fingerprint=fingerprint, public_key=public_key, enrolled_at=doer.at)
    doer.note(Verb.OPERATOR_ENROLLED, operator, {"fingerprint": fingerprint})
    return operator


def remove(means: Means, name: str, doer: Doer) -> None:
    """Remove an operator, inside an act that may: what they approved counts no more for what has not begun."""
    queue()
    operator = present(name)
    left = Operator.objects.filter(removed_at__isnull=True).exclude(name=name).count()
    if left < control_in_force(means).required:
        raise TooFewWouldStay
    operator.removed_at = max(doer.at, operator.enrolled_at)
    operator.save(update_fields=["removed_at"])
    doer.note(Verb.OPERATOR_REMOVED, operator)


def present(name: str) -> Operator:
    """Return an operator who is one now; raises `OperatorUnknown`."""
    operator = Operator.objects.filter(name=name, removed_at__isnull=True).first()
    if operator is None:
        raise OperatorUnknown(name=name)
    return operator


def admitted(certificate: bytes, now: datetime) -> Operator:
    """Return whose browser shows this certificate, DER, whose key the line has proven; `now` is the transport clock's.

    Raises `BrowserCertificateRefused` (for a removed operator too) and `BrowserCertificateOver`.
    """
    try:
        operator = present(operator_in(certificate))
    except OperatorUnknown as error:
        raise BrowserCertificateRefused from error
    hold(certificate, bytes(operator.public_key), now)
    return operator


def present_ones() -> list[Operator]:
    """Return the operators who are enrolled now, by name."""
    return list(Operator.objects.filter(removed_at__isnull=True).order_by("name"))


def hold_complete(means: Means) -> None:
    """Raise `OperatorsMissing` until as many operators came as the authority begins with."""
    found = Operator.objects.count()
    if found < means.dual_control.operators:
        raise OperatorsMissing(found=found, count=means.dual_control.operators)


def all_operators() -> list[Operator]:
    """Return every operator that was ever enrolled, by name."""
    return list(Operator.objects.order_by("name"))


def hold_name(name: str) -> None:
    """Raise `OperatorNameBad` unless this can be an operator's name."""
    if not _NAME.fullmatch(name):
        raise OperatorNameBad(name=name[:40])


def queue() -> None:
    """Make what changes the operators, or proposes an act, queue until the open act ends: the one row that every authority has is locked."""
    LegalClock.objects.select_for_update().filter(pk=LegalClock.ONLY).first()
