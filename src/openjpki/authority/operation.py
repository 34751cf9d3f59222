"""What the operators of the authority do: one door for the command line, as `Authority` is for the desk.

Every act takes its moment from the legal clock, once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openjpki.authority.acts import act, authority_at, operator_at
from openjpki.authority.checkpoints import Checkpoint
from openjpki.authority.control import approvals
from openjpki.authority.control.controlled import EXECUTIONS, Going, carry_out
from openjpki.authority.control.in_force import control_in_force
from openjpki.authority.control.kinds import ActKind
from openjpki.authority.control.operator_keys import Hand
from openjpki.authority.control.operators import all_operators, enrol_first
from openjpki.authority.generations import profile_records, transcripts
from openjpki.authority.generations.ceremony import Step, rehearse
from openjpki.authority.generations.end import (
    Progress,
    declare_ended,
    destroy_keys,
    hold_destroyable,
    revoke_everything,
)
from openjpki.authority.generations.script import Script, read_script
from openjpki.authority.means import Means
from openjpki.authority.models import ControlledAct, GenerationEnd, Operator, ProfileRecord, Transcript
from openjpki.authority.moments import moment
from openjpki.authority.verbs import Verb
from openjpki.errors import Failure, Kind


class NotInASandbox(Failure):
    """A drill ends real certificates: where there are any, it takes the approved act."""

    code = "authority.drill-in-a-sandbox-only"
    kind = Kind.REFUSED
    ja = "訓練(drill)は、承認を必要としない試験環境だけで行えます。ここでは `openjpki authority propose --help` のとおり提案してください。"
    en = "A drill is for a sandbox without dual control. Here, propose the act: `openjpki authority propose --help`."


@dataclass(frozen=True)
class Operation:
    """Built from the authority's means."""

    means: Means

    def enrol_first(self, name: str, public_key: bytes) -> Operator:
        """Enrol one of the operators with whom the authority begins."""
        return enrol_first(self.means, name, public_key, moment(self.means))

    def operators(self) -> list[Operator]:
        """Return every operator that was ever enrolled."""
        return all_operators()

    def rehearse(self, text: str) -> tuple[Script, tuple[Step, ...]]:
        """Return what a ceremony by this script would do, and do nothing."""
        script = read_script(text)
        return script, rehearse(self.means, script, moment(self.means))

    def propose(self, kind: ActKind, content: Mapping[str, Any], hand: Hand) -> ControlledAct:
        """Propose an act that can be carried out as things stand."""
        at = moment(self.means)
        EXECUTIONS[kind].check(self.means, dict(content), at)
        return approvals.propose(self.means, kind, content, hand, at)

    def approve(self, number: int, hand: Hand) -> ControlledAct:
        """Approve an act."""
        return approvals.approve(self.means, number, hand, moment(self.means))

    def approve_by(self, number: int, name: str, signature: bytes) -> ControlledAct:
        """Approve an act by a signature that the operator made elsewhere, over the act's statement."""
        return self.approve(number, Hand(name, lambda _: signature))

    def statement(self, number: int) -> bytes:
        """Return what an approval of an act signs, to be carried to where the operator's key is."""
        return bytes(approvals.act_of(number).statement)

    def refused(self, name: str, code: str, real: datetime) -> None:
        """Write down that an operator was refused at the pages; of a flood only some. `real` is the transport clock's moment."""

        def note(left_out: int) -> None:
            with act():
                operator_at(self.means.clock(), name).note(
                    Verb.OPERATOR_REFUSED, f"operator:{name}", {"code": code, "left_out": left_out}
                )

        self.means.refusal_notes.write(f"operator:{name}", real, note)

    def carry_out(self, number: int, going: Going) -> ControlledAct:
        """Carry an approved act out, or go on with it."""
        return carry_out(self.means, number, moment(self.means), going)

    def acts(self) -> list[ControlledAct]:
        """Return every act that was ever proposed."""
        return approvals.all_acts()

    def record_profiles(self, digest: str) -> ProfileRecord:
        """Record a sandbox's change of profiles, whose digest is named; raises `NeedsApproval` elsewhere, and what keeps it."""
        if control_in_force(self.means).strict:
            raise profile_records.NeedsApproval
        at = moment(self.means)
        with act():
            profile_records.hold_change(self.means, profile_records.content_for(digest))
            return profile_records.record(self.means, authority_at(at), because="operator")

    def drill(self, issuer: str, because: GenerationEnd, progress: Progress) -> int:
        """End a generation of a sandbox as an approved act would; return how many certificates ended with it."""
        if control_in_force(self.means).strict:
            raise NotInASandbox
        if because is GenerationEnd.TERMINATION:
            hold_destroyable(self.means)
        with act():
            ended = declare_ended(issuer, because, authority_at(moment(self.means)))
        self.means.checkpoint(Checkpoint.GENERATION_ENDED)
        count = revoke_everything(self.means, ended, because, progress)
        if because is GenerationEnd.TERMINATION:
            destroy_keys(self.means, ended)
        return count

    def transcript(self, number: int) -> Transcript:
        """Return the transcript of a ceremony."""
        return transcripts.transcript_of(number)

    def sign_transcript(self, number: int, hand: Hand) -> None:
        """Sign it as one who was present."""
        transcripts.sign_transcript(self.means, number, self._script(number), hand, moment(self.means))

    def verify_transcript(self, number: int, text: str | None) -> transcripts.Verified:
        """Hold it, or a copy of it, against record, rows and signatures."""
        return transcripts.verify_transcript(number, self._script(number), text)

    def _script(self, number: int) -> Script:
        row = transcripts.transcript_of(number).act
        return read_script(approvals.content_of(row)["script"])
