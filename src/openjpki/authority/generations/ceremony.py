"""A key ceremony as an act under dual control: what its script would do, and doing it, however often it is cut off.

Each key is written down before it is made, and again when it is there. A ceremony that was cut off between the two does
not know whether its keeper has a key that no row names: it says so, and makes another only when it is told to.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openjpki.authority.acts import Doer, act, authority_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.control.approvals import approvers, begin, content_of, finish, locked
from openjpki.authority.control.in_force import control_in_force
from openjpki.authority.control.operators import present
from openjpki.authority.generations.birth import ca_profile, certify, last_day, next_generation
from openjpki.authority.generations.profile_records import hold_recorded
from openjpki.authority.generations.script import PlannedGeneration, Script, read_script
from openjpki.authority.generations.transcripts import write_transcript
from openjpki.authority.means import Means
from openjpki.authority.models import CeremonyKey, ControlledAct, Issuer
from openjpki.authority.verbs import Verb
from openjpki.errors import Failure, Kind
from openjpki.pki.keys import key_identifier
from openjpki.rules.dates import civil_date, last_second


class ScriptDiffers(Failure):
    """The script asks for something else than this authority has, or would make next."""

    code = "authority.ceremony.script-differs"
    kind = Kind.REFUSED
    ja = "手順書の {field} は「{said}」ですが、この認証局では「{expected}」です。"
    en = 'The script says {field}: "{said}"; here it is "{expected}".'


class KeyMayLieUnused(Failure):
    """The ceremony was cut off while a key was made: there may be one that no record names."""

    code = "authority.ceremony.key-may-lie-unused"
    kind = Kind.REFUSED
    ja = (
        "{generation}の鍵の生成中に中断しました。記録にない鍵が保管場所に残っている可能性があります。"
        "保管場所を確認し、別の鍵を作る場合は --new-key を付けて実行してください。議事録に残ります。"
    )
    en = (
        "The ceremony was cut off while the key of {generation} was made: its keeper may have a key that no record names. "
        "Look there; to make another one, say --new-key. The transcript will tell of it."
    )


@dataclass(frozen=True, kw_only=True)
class Step:
    """One generation that a ceremony would make."""

    name: str
    subject: str
    algorithm: str
    keeper: str
    not_after: datetime
    issues_from: datetime


def rehearse(means: Means, script: Script, at: datetime) -> tuple[Step, ...]:
    """Return what a ceremony would do if it were held now, and do nothing; raises `ScriptDiffers`, `OperatorUnknown`, `ProfilesDiffer`."""
    _hold("algorithm", script.algorithm.value, means.profiles.algorithm.value)
    _hold("keeper", script.keeper, means.keeper)
    for name in script.operators:
        present(name)
    required = control_in_force(means).required
    if len(script.operators) < required:
        raise ScriptDiffers(field="operators", said=len(script.operators), expected=required)
    ahead = dict.fromkeys((planned.kind for planned in script.generations), 0)
    for planned in script.generations:
        hold_recorded(means, ca_profile(planned.kind))
        _hold("subject", planned.subject, means.profiles.ca_name(planned.kind).rfc4514_string())
        _hold("generation", str(planned.generation), str(next_generation(planned.kind) + ahead[planned.kind]))
        ahead[planned.kind] += 1
    return tuple(_step(script, planned, at) for planned in script.generations)


def _step(script: Script, planned: PlannedGeneration, at: datetime) -> Step:
    not_after = _not_after(planned, at)
    issues_from = max(planned.issues_from or at, at)
    if issues_from >= not_after:
        raise ScriptDiffers(field="issues_from", said=issues_from.isoformat(), expected=f"< {not_after.isoformat()}")
    return Step(
        name=_name(planned),
        subject=planned.subject,
        algorithm=script.algorithm.value,
        keeper=script.keeper,
        not_after=not_after,
        issues_from=issues_from,
    )


def content_for(script: Script) -> dict[str, Any]:
    """Return what is proposed: the script, word by word, and its digest."""
    return {"script": script.text, "sha256": script.digest}


def check_content(means: Means, content: dict[str, Any], at: datetime) -> None:
    """Raise what keeps a ceremony of this content from being held."""
    script = read_script(content["script"])
    rehearse(means, script, at)


def hold_ceremony(means: Means, row: ControlledAct, at: datetime, *, new_key: bool) -> None:
    """Hold a ceremony, or go on with one that was cut off; raises `NotApproved`, `KeyMayLieUnused`, `ScriptDiffers`."""
    script = read_script(content_of(row)["script"])
    doer = authority_at(at)
    if row.begun_at is None:
        rehearse(means, script, at)
        _hold_presence(row, script)
    for position, planned in enumerate(script.generations):
        key = _key_of(row, position) or _make(means, row, position, planned, doer, new_key=new_key)
        if key.issuer_id is None:
            _certify(means, key, planned, doer)
    with act():
        held = locked(row.pk)
        write_transcript(held, script, doer)
        finish(held, doer)
    means.checkpoint(Checkpoint.ACT_CARRIED_OUT)


def _hold_presence(row: ControlledAct, script: Script) -> None:
    """Hold that those who approved are those whom the script wants to be present."""
    for name in approvers(row):
        if name not in script.operators:
            raise ScriptDiffers(field="operators", said=", ".join(script.operators), expected=name)


def _make(
    means: Means, row: ControlledAct, position: int, planned: PlannedGeneration, doer: Doer, *, new_key: bool
) -> CeremonyKey:
    with act():
        begin(row.pk, doer)
        attempts = CeremonyKey.objects.filter(act=row, position=position).count()
        if attempts and not new_key:
            raise KeyMayLieUnused(generation=_name(planned))
        key = CeremonyKey.objects.create(act=row, position=position, attempt=attempts + 1, intended_at=doer.at)
        doer.note(Verb.CA_KEY_INTENDED, key, {"attempt": key.attempt})
    means.checkpoint(Checkpoint.CEREMONY_KEY_INTENDED)
    name = means.keys.make(f"{planned.kind.value}-ca", means.profiles.algorithm)
    means.checkpoint(Checkpoint.CA_KEY_STORED)
    with act():
        locked(row.pk)
        key.key_name = name
        key.key_identifier = key_identifier(means.keys.signer(name).public_key).hex()
        key.made_at = max(doer.at, key.intended_at)
        key.save(update_fields=["key_name", "key_identifier", "made_at"])
        doer.note(Verb.CA_KEY_MADE, key, {"key_identifier": key.key_identifier})
    means.checkpoint(Checkpoint.CEREMONY_KEY_RECORDED)
    return key


def _certify(means: Means, key: CeremonyKey, planned: PlannedGeneration, doer: Doer) -> Issuer:
    with act():
        locked(key.act_id)
        key.refresh_from_db()
        _hold("generation", str(planned.generation), str(next_generation(planned.kind)))
        key.issuer = certify(
            means,
            planned.kind,
            str(key.key_name),
            doer,
            not_after=_not_after(planned, doer.at),
            issues_from=planned.issues_from or doer.at,
        )
        key.save(update_fields=["issuer"])
    means.checkpoint(Checkpoint.CA_CREATED)
    return key.issuer


def _key_of(row: ControlledAct, position: int) -> CeremonyKey | None:
    return CeremonyKey.objects.filter(act=row, position=position, key_name__isnull=False).first()


def _not_after(planned: PlannedGeneration, at: datetime) -> datetime:
    return last_second(last_day(civil_date(at), planned.years))


def _name(planned: PlannedGeneration) -> str:
    return f"{planned.kind.value}-{planned.generation}"


def _hold(field: str, said: str, expected: str) -> None:
    if said != expected:
        raise ScriptDiffers(field=field, said=said, expected=expected)
