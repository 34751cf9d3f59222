"""Acts under dual control as they are told, at a moment: by the command line and by the operators' pages."""

from datetime import datetime
from typing import Any

from openjpki.authority.control.approvals import approvers, content_of, standing
from openjpki.authority.models import ControlledAct


def told_act(act: ControlledAct, now: datetime) -> dict[str, Any]:
    """Return an act as data: what it is about, who approved it, and how far it has come."""
    count = len(standing(act))
    if act.done_at is not None:
        state = "done"
    elif act.begun_at is not None:
        state = "begun"
    elif now >= act.expires_at:
        state = "expired"
    else:
        state = "approved" if count >= act.required else "proposed"
    return {
        "number": act.pk,
        "kind": act.kind,
        "state": state,
        "digest": act.digest,
        "content": content_of(act),
        "proposer": act.proposer_id,
        "approvers": approvers(act),
        "standing": count,
        "required": act.required,
        "proposed_at": act.proposed_at.isoformat(),
        "expires_at": act.expires_at.isoformat(),
        "done_at": act.done_at.isoformat() if act.done_at else None,
    }
