"""The CA generations as they are told, at a moment: by the command line and by the operators' pages."""

from datetime import datetime
from typing import Any

from openjpki.authority.models import Issuer
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.issuer import load_certificate, subject_public_key


def told_generations(now: datetime, keeper: str) -> list[dict[str, Any]]:
    """Return every generation with its key, what it does, its end, and its responders; `keeper` is where keys are kept."""
    rows = list(Issuer.objects.order_by("kind", "generation"))
    return [_told(row, rows, now, keeper) for row in rows]


def _told(row: Issuer, rows: list[Issuer], now: datetime, keeper: str) -> dict[str, Any]:
    responders = row.responders.filter(not_after__gt=now).order_by("-not_after")
    public_key = subject_public_key(load_certificate(bytes(row.certificate)))
    return {
        "issuer": str(row),
        "key_identifier": row.key_identifier,
        "algorithm": KeyAlgorithm.of(public_key).value,
        "keeper": None if row.key_destroyed_at else keeper,
        "does": _does(row, rows, now),
        "issues_from": row.issues_from.isoformat(),
        "not_after": row.not_after.isoformat(),
        "days_left": max(0, (row.not_after - now).days),
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "responders": [
            {
                "serial": one.serial,
                "not_after": one.not_after.isoformat(),
                "days_left": max(0, (one.not_after - now).days),
            }
            for one in responders
        ],
    }


def _does(row: Issuer, rows: list[Issuer], now: datetime) -> str:
    if row.key_destroyed_at is not None:
        return "destroyed"
    if row.ended_because:
        return {"compromise": "compromised", "termination": "terminating"}[row.ended_because]
    if now >= row.not_after:
        return "expired"
    if now < row.issues_from:
        return "waiting"
    newer = [one for one in rows if one.kind == row.kind and one.generation > row.generation]
    return "lists-only" if any(one.issues_from <= now < one.not_after for one in newer) else "issuing"
