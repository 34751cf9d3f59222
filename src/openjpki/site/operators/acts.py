"""What the pages of acts under dual control show: the list, and one act whole, as the command line tells it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from openjpki.authority.control.approvals import act_of, free_seat
from openjpki.authority.control.listing import told_act
from openjpki.authority.control.operators import present
from openjpki.authority.control.statements import content_lines
from openjpki.authority.models import ControlledAct
from openjpki.errors import Failure

PAGE: Final = 50
"""Acts of one list: each has its signatures verified when it is shown."""


@dataclass(frozen=True, kw_only=True)
class ActEntry:
    """An act in the list."""

    number: int
    kind: str
    state: str
    standing: int
    required: int
    proposer: str
    approvers: tuple[str, ...]
    proposed_at: datetime
    expires_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ActPage:
    """One act, whole."""

    entry: ActEntry
    digest: str
    content: tuple[tuple[str, str], ...]
    """Name and text of each item."""
    hindrance: Failure | None
    """Why the operator who looks cannot approve it; None if nothing is in the way."""

    @property
    def file(self) -> str:
        """Return what the file with the statement is called."""
        return f"act-{self.entry.number}.json"


def acts_before(now: datetime, before: int | None) -> tuple[tuple[ActEntry, ...], int | None]:
    """Return acts with smaller numbers, the newest first, and before which the next list begins; None at the end."""
    rows = ControlledAct.objects.order_by("-pk")
    found = list((rows if before is None else rows.filter(pk__lt=before))[: PAGE + 1])
    entries = tuple(_entry(told_act(row, now)) for row in found[:PAGE])
    return entries, entries[-1].number if len(found) > PAGE else None


def act_page(number: int, operator: str, now: datetime) -> ActPage:
    """Return an act as an operator sees it; raises `NoSuchAct`."""
    row = act_of(number)
    told = told_act(row, now)
    hindrance: Failure | None = None
    try:
        free_seat(row, present(operator), now)
    except Failure as failure:
        hindrance = failure
    return ActPage(
        entry=_entry(told), digest=told["digest"], content=tuple(content_lines(told["content"])), hindrance=hindrance
    )


def _entry(told: dict[str, Any]) -> ActEntry:
    return ActEntry(
        number=told["number"],
        kind=told["kind"],
        state=told["state"],
        standing=told["standing"],
        required=told["required"],
        proposer=told["proposer"],
        approvers=tuple(told["approvers"]),
        proposed_at=datetime.fromisoformat(told["proposed_at"]),
        expires_at=datetime.fromisoformat(told["expires_at"]),
        done_at=datetime.fromisoformat(told["done_at"]) if told["done_at"] else None,
    )
