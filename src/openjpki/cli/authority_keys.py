"""`openjpki authority keys`: which CA keys there are, where, what each does, and for how long."""

import argparse
from datetime import datetime
from typing import TYPE_CHECKING, Any

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.counted import counted
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.issuer import load_certificate, subject_public_key
from openjpki.site.opening import opened

if TYPE_CHECKING:
    from openjpki.authority.models import Issuer  # Django must be set up before its modules are loaded

_DOES = {
    "issuing": ("発行中", "issues"),
    "waiting": ("発行開始前", "does not issue yet"),
    "lists-only": ("失効リスト・OCSPのみ", "signs lists and answers only"),
    "compromised": ("危殆化", "compromised: signs lists and answers only"),
    "terminating": ("終了手続中", "is being terminated"),
    "destroyed": ("終了・鍵廃棄済み", "terminated, its key destroyed"),
    "expired": ("有効期間満了", "expired"),
}


def told_keeper(keeper: str, language: str) -> str:
    """Return where keys are kept in words: files, or the URI of a token."""
    return "ファイル" if keeper == "files" and language == "ja" else keeper


def add(acts: Commands) -> None:
    """Add the command to those of the authority."""
    acts.add_parser("keys", help="the CA keys: generations, where they are, what they do, until when").set_defaults(
        run=show
    )


def show(arguments: argparse.Namespace) -> Answer:
    """List the generations with their keys and responders."""
    with opened(arguments.home) as house:
        from openjpki.authority.models import Issuer

        now, keeper = house.clock(), house.authority.keeper
        rows = list(Issuer.objects.order_by("kind", "generation"))
        keys = [_as_data(row, rows, now, keeper) for row in rows]
    language = language_of(arguments)
    none = {
        "ja": "認証局の鍵はありません。鍵生成の式を行ってください(`openjpki authority ceremony --help`)。",
        "en": "There is no CA key. Hold a key ceremony (`openjpki authority ceremony --help`).",
    }
    lines = [line for key in keys for line in _lines(key, language)]
    return Answer(data={"keys": keys}, lines=lines or [none[language]])


def _as_data(row: "Issuer", rows: "list[Issuer]", now: datetime, keeper: str) -> dict[str, Any]:
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


def _does(row: "Issuer", rows: "list[Issuer]", now: datetime) -> str:
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


def _lines(key: dict[str, Any], language: str) -> list[str]:
    ja, en = _DOES[key["does"]]
    kept = told_keeper(key["keeper"] or "-", language)
    number = "発行番号" if language == "ja" else "No."
    responders = ", ".join(f"{number} {one['serial']}" for one in key["responders"]) or "-"
    if language == "ja":
        return [
            f"{key['issuer']}: {ja}、残り {key['days_left']} 日",
            f"  鍵識別子 {key['key_identifier']}、{key['algorithm']}、保管 {kept}、OCSPレスポンダー {responders}",
        ]
    return [
        f"{key['issuer']}: {en}, {counted(key['days_left'], 'day')} left",
        f"  key {key['key_identifier']}, {key['algorithm']}, in {kept}, OCSP responders {responders}",
    ]
