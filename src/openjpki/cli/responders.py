"""`openjpki authority responders` and `copy-status`: who answers OCSP, the next ones in time, and a store for another node."""

import argparse
from pathlib import Path
from typing import Any

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.moments import told_moment
from openjpki.errors import Failure, Kind, Language
from openjpki.site.home import Home
from openjpki.site.opening import ServerNotInstalled, opened


class NoStore(Failure):
    """Nobody has kept a status store in this home yet."""

    code = "authority.status.no-store"
    kind = Kind.UNAVAILABLE
    ja = "このホームには失効情報ストアがありません。`openjpki serve follower` か `serve responder` が作ります。"
    en = "This home has no status store yet. `openjpki serve follower` or `serve responder` makes one."


def add(acts: Commands) -> None:
    """Add the commands."""
    copy = acts.add_parser(
        "copy-status", help="copy the responder's status store, as it is at one moment, for another node"
    )
    copy.add_argument(
        "folder", type=Path, metavar="DIR", help="the copy's folder: the `status` of the other node's home"
    )
    copy.set_defaults(run=copy_status)
    acts.add_parser(
        "responders", help="certify the next OCSP responders where the present ones end soon, and list them"
    ).set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Answer:
    """Certify what is needed, and tell which responders are in force."""
    with opened(arguments.home) as house:
        new = {row.pk for row in house.authority.renew_responders()}
        rows = [
            {
                "issuer": str(row.issuer),
                "serial": row.serial,
                "not_after": row.not_after.isoformat(),
                "new": row.pk in new,
            }
            for row in house.authority.responders()
        ]
    language = language_of(arguments)
    none = {
        "ja": "有効なOCSPレスポンダーはありません。認証局の鍵は `openjpki authority keys` で確認できます。",
        "en": "No OCSP responder is in force. `openjpki authority keys` shows the CA keys.",
    }
    return Answer(data={"responders": rows}, lines=[_line(row, language) for row in rows] or [none[language]])


def _line(row: dict[str, Any], language: Language) -> str:
    until = told_moment(row["not_after"], language)
    if language == "ja":
        return f"{row['issuer']}: 発行番号 {row['serial']}、{until} まで" + ("(新規)" if row["new"] else "")
    return f"{row['issuer']}: No. {row['serial']}, until {until}" + (" (new)" if row["new"] else "")


def copy_status(arguments: argparse.Namespace) -> Answer:
    """Copy the store; raises `NoStore`, and `ServerNotInstalled` where there is nothing to read one with."""
    home = Home.open(arguments.home)
    try:
        from openjpki.authority.responding.store import copy_store
        from openjpki.authority.responding.view import NotSure
    except ModuleNotFoundError as error:
        raise ServerNotInstalled from error
    try:
        copy_store(home.status, arguments.folder)
    except NotSure as error:
        raise NoStore from error
    told = {"ja": f"{arguments.folder} に写しました。", "en": f"Copied to {arguments.folder}."}
    return Answer(data={"folder": str(arguments.folder)}, lines=[told[language_of(arguments)]])
