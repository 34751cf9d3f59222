"""The transcript of a ceremony: what was done, by whom and when, from the rows alone, signed by those who were present.

The same rows give the same text. Its digest stands in the audit record, which is sealed.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from openjpki.audit.models import Entry
from openjpki.authority.acts import ALIAS, Doer, act
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.control.approvals import SignatureWrong, act_of, approvers
from openjpki.authority.control.operator_keys import Hand, is_signed
from openjpki.authority.control.operators import present
from openjpki.authority.generations.script import Script
from openjpki.authority.generations.transcript_text import Approval, Facts, Made, transcript_text
from openjpki.authority.means import Means
from openjpki.authority.models import CeremonyKey, ControlledAct, Transcript, TranscriptSignature
from openjpki.authority.verbs import Verb
from openjpki.errors import Failure, Kind

_SIGNS = b"openjpki operator was present\n"


class NoTranscript(Failure):
    """The act is no ceremony, or is not done."""

    code = "authority.ceremony.no-transcript"
    kind = Kind.REFUSED
    ja = "提案{number}には議事録がありません(鍵生成の式が終わっていません)。"
    en = "Act {number} has no transcript: no ceremony of that number is over."


class NotPresent(Failure):
    """Only those whom the script names were present."""

    code = "authority.ceremony.not-present"
    kind = Kind.REFUSED
    ja = "運用者「{name}」は、この式の立会人ではありません。"
    en = '"{name}" was not to be present at this ceremony.'


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What a transcript's verification found."""

    text: str
    digest: str
    recorded: bool
    """The audit record has the digest of this text."""
    reproduced: bool
    """The rows still give this text, word by word."""
    signers: tuple[str, ...]
    """Whose signatures verify."""
    wrong: tuple[str, ...]
    """Whose do not."""
    missing: tuple[str, ...]
    """Who was to be present and has not signed."""

    @property
    def sound(self) -> bool:
        """Say whether all of it holds: recorded, and signed by all who were to be present."""
        return self.recorded and self.reproduced and not self.wrong and not self.missing


def write_transcript(row: ControlledAct, script: Script, doer: Doer) -> Transcript:
    """Write the transcript inside the last transaction of the ceremony."""
    text = transcript_text(_facts(row, script, doer.at))
    digest = sha256(text.encode()).hexdigest()
    transcript = Transcript.objects.create(act=row, text=text, digest=digest, written_at=doer.at)
    doer.note(Verb.TRANSCRIPT_WRITTEN, transcript, {"sha256": digest})
    return transcript


def transcript_of(number: int) -> Transcript:
    """Return the transcript of a ceremony; raises `NoSuchAct`, `NoTranscript`."""
    found = Transcript.objects.filter(act=act_of(number)).first()
    if found is None:
        raise NoTranscript(number=number)
    return found


def sign_transcript(means: Means, number: int, script: Script, hand: Hand, at: datetime) -> None:
    """Sign the transcript as one who was present; the same again changes nothing."""
    if hand.name not in script.operators:
        raise NotPresent(name=hand.name)
    with act():
        transcript = transcript_of(number)
        operator = present(hand.name)
        signature = hand.sign(_SIGNS + transcript.text.encode())
        if not is_signed(bytes(operator.public_key), _SIGNS + transcript.text.encode(), signature):
            raise SignatureWrong(name=hand.name)
        _, created = TranscriptSignature.objects.get_or_create(
            transcript=transcript, operator=operator, defaults={"signature": signature, "signed_at": at}
        )
        if created:
            doer = Doer(actor=str(operator), at=at)
            doer.note(Verb.TRANSCRIPT_SIGNED, transcript, {"sha256": transcript.digest})
    means.checkpoint(Checkpoint.TRANSCRIPT_SIGNED)


def verify_transcript(number: int, script: Script, text: str | None = None) -> Verified:
    """Hold a transcript, as stored or as somebody has it in a file, against record, rows and signatures."""
    transcript = transcript_of(number)
    said = transcript.text if text is None else text
    digest = sha256(said.encode()).hexdigest()
    row = act_of(number)
    signatures = list(transcript.signatures.select_related("operator").order_by("operator"))
    good = [
        one.operator.name
        for one in signatures
        if is_signed(bytes(one.operator.public_key), _SIGNS + said.encode(), bytes(one.signature))
    ]
    rows = Entry.objects.using(ALIAS).filter(verb=Verb.TRANSCRIPT_WRITTEN.value, subject=str(transcript))
    return Verified(
        text=said,
        digest=digest,
        recorded=[row.data.get("sha256") for row in rows] == [digest],
        reproduced=transcript_text(_facts(row, script, transcript.written_at)) == said,
        signers=tuple(good),
        wrong=tuple(one.operator.name for one in signatures if one.operator.name not in good),
        missing=tuple(name for name in script.operators if name not in {one.operator.name for one in signatures}),
    )


def _facts(row: ControlledAct, script: Script, at: datetime) -> Facts:
    keys = CeremonyKey.objects.filter(act=row).select_related("issuer").order_by("position", "attempt")
    return Facts(
        number=row.pk,
        digest=row.digest,
        script=script,
        proposer=row.proposer_id,
        proposed_at=row.proposed_at,
        required=row.required,
        approvals=tuple(
            Approval(operator=name, at=getattr(row, f"approved_at_{seat}"))
            for seat, name in enumerate(approvers(row), start=1)
        ),
        begun_at=row.begun_at or at,
        made=tuple(_made(key) for key in keys),
        done_at=at,
    )


def _made(key: CeremonyKey) -> Made:
    certificate = bytes(key.issuer.certificate) if key.issuer else b""
    return Made(
        position=key.position,
        attempt=key.attempt,
        intended_at=key.intended_at,
        key_identifier=key.key_identifier,
        made_at=key.made_at,
        name=str(key.issuer) if key.issuer else "",
        serial=key.issuer.serial if key.issuer else 0,
        fingerprint=sha256(certificate).hexdigest() if certificate else "",
        not_before=key.issuer.not_before if key.issuer else None,
        not_after=key.issuer.not_after if key.issuer else None,
    )
