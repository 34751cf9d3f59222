"""`openjpki audit …`: seal the record of what was done, check it, hand it out, let go what is old enough."""

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from openjpki.audit.archive import Archive, verify_archive
from openjpki.audit.chain import Head
from openjpki.audit.faults import Remark
from openjpki.audit.verification import Verdict
from openjpki.cli.answer import Answer, BadValue, Commands, language_of
from openjpki.cli.audit_answers import purged_data, purged_lines, verdict_data, verdict_lines
from openjpki.cli.rules.arguments import day
from openjpki.errors import Failure, Kind
from openjpki.site.audit_safe import read_public_keys
from openjpki.site.opening import opened

if TYPE_CHECKING:
    from openjpki.audit.ledger import Ledger  # Django must be set up before its modules are loaded

ROLES = ("authority", "window", "staff")
OPERATOR = "operator"
"""The actor of acts on the record itself: whoever may run the command on this home."""


class OtherRole(Failure):
    """The file holds another role's record than was asked for."""

    code = "audit.other-role"
    kind = Kind.REFUSED
    ja = "このファイルは {found} の監査記録です。{wanted} のものではありません。"
    en = "This file holds the audit record of {found}, not of {wanted}."


class FileExists(Failure):
    """An export overwrites nothing."""

    code = "audit.file.exists"
    kind = Kind.REFUSED
    ja = "{path} は既にあります。上書きしません。"
    en = "{path} exists and is not overwritten."


def register(commands: Commands) -> None:
    """Add the commands."""
    group = commands.add_parser("audit", help="the audit record: seal, verify, export, purge")
    acts = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_seal(acts)
    _add_verify(acts)
    _add_export(acts)
    _add_purge(acts)


def _add_seal(acts: Commands) -> None:
    parser = acts.add_parser("seal", help="seal what was recorded since the last seal; `serve` does it by itself")
    parser.add_argument("--role", choices=ROLES, help="whose record (all, if none is named)")
    parser.set_defaults(run=seal)


def _add_verify(acts: Commands) -> None:
    parser = acts.add_parser(
        "verify",
        help="check the record and name the first one that is wrong",
        description="Check the record in the home, or in a file, and name the first record that was removed, changed, "
        "moved, inserted or back-dated.",
    )
    parser.add_argument("--role", choices=ROLES, help="whose record (all of the home's, if none is named)")
    parser.add_argument("--file", type=Path, metavar="FILE", help="check what `audit export` wrote; needs no home")
    parser.add_argument(
        "--public-key", type=Path, metavar="FILE", help="the audit key to trust, PEM (the home's, or the file's own)"
    )
    parser.add_argument(
        "--head",
        type=Head.parse,
        action="append",
        default=[],
        metavar="HEAD",
        help="a head that was kept elsewhere, ROLE:NUMBER:HEX: nothing before it may be missing",
    )
    parser.set_defaults(run=check)


def _add_export(acts: Commands) -> None:
    parser = acts.add_parser("export", help="write what is sealed to a file that anybody can check")
    parser.add_argument("--role", choices=ROLES, required=True, help="whose record")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="where to; an existing file stays")
    parser.add_argument("--with-personal", action="store_true", help="take personal data along; this is recorded")
    parser.set_defaults(run=export)


def _add_purge(acts: Commands) -> None:
    parser = acts.add_parser("purge", help="let go what is older than the law asks to keep")
    parser.add_argument("--role", choices=ROLES, required=True, help="whose record")
    parser.add_argument(
        "--before", type=day("--before"), metavar="DAY", help="what was recorded before this day (all that may go)"
    )
    parser.add_argument("--personal-only", action="store_true", help="personal data only; it may go earlier")
    parser.set_defaults(run=purge)


def seal(arguments: argparse.Namespace) -> Answer:
    """Seal the record of one role or of all."""
    with _ledgers(arguments) as ledgers:
        sealed = [(ledger.role, ledger.seal()) for ledger in ledgers]
    rows = [
        {"role": role, "records": found.records, "batches": found.batches, "head": str(found.head or "") or None}
        for role, found in sealed
    ]
    told = {
        "ja": "{role}: 新たに {records} 件を封印しました。{head}",
        "en": "{role}: newly sealed records: {records}. {head}",
    }
    line = told[language_of(arguments)]
    return Answer(
        data={"sealed": rows}, lines=[line.format(**row | {"head": row["head"] or ""}).rstrip() for row in rows]
    )


def check(arguments: argparse.Namespace) -> Answer:
    """Verify the record in the home or in a file."""
    keys = read_public_keys(arguments.public_key) if arguments.public_key else None
    if arguments.file is not None:
        verdict, unsealed, remarks = _check_file(arguments, keys)
        verdicts = [(verdict, unsealed, (*verdict.remarks, *remarks))]
    else:
        _of_roles(arguments)
        with _ledgers(arguments) as ledgers:
            verdicts = [
                (found, ledger.unsealed(), found.remarks)
                for ledger in ledgers
                for found in [ledger.verify(heads=arguments.head, keys=keys)]
            ]
    language = language_of(arguments)
    valid = all(verdict.fault is None for verdict, _, _ in verdicts)
    return Answer(
        data={"valid": valid, "chains": [verdict_data(*found) for found in verdicts]},
        lines=[line for found in verdicts for line in verdict_lines(*found, language)],
        kind=None if valid else Kind.REFUSED,
    )


def _check_file(arguments: argparse.Namespace, keys: dict[str, bytes] | None) -> tuple[Verdict, int, Sequence[Remark]]:
    with arguments.file.open("rb") as source:
        archive = Archive(source)
        for wanted in (arguments.role, *(head.role for head in arguments.head)):
            if wanted not in {None, archive.role}:
                raise OtherRole(found=archive.role, wanted=wanted)
        verdict = verify_archive(archive, keys=archive.keys if keys is None else keys, heads=arguments.head)
        return verdict, archive.unsealed, [Remark.KEY_UNTRUSTED] if keys is None else []


def export(arguments: argparse.Namespace) -> Answer:
    """Write the sealed record of a role to a file."""
    with _ledgers(arguments) as (ledger,), _new_file(arguments.out) as out:
        head = ledger.export(out, actor=OPERATOR, with_personal=arguments.with_personal)
    told = {"ja": f"{arguments.out} に書き出しました。", "en": f"Exported to {arguments.out}."}
    data = {"role": ledger.role, "file": str(arguments.out), "head": str(head) if head else None}
    return Answer(data=data, lines=[told[language_of(arguments)], *([str(head)] if head else [])])


def purge(arguments: argparse.Namespace) -> Answer:
    """Let go what is old enough."""
    with _ledgers(arguments) as (ledger,):
        let_go = ledger.purge_personal if arguments.personal_only else ledger.purge
        purged = let_go(before=arguments.before, actor=OPERATOR)
    return Answer(data=purged_data(ledger.role, purged), lines=purged_lines(purged, language_of(arguments)))


@contextmanager
def _ledgers(arguments: argparse.Namespace) -> "Iterator[tuple[Ledger, ...]]":
    with opened(arguments.home) as house:
        yield tuple(ledger for ledger in house.ledgers if arguments.role in {None, ledger.role})


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that was not there, for its owner only; it goes again if the block fails. Raises `FileExists`."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise FileExists(path=path) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
    except BaseException:
        path.unlink()
        raise


def _of_roles(arguments: argparse.Namespace) -> None:
    """Raise `BadValue` for a head of a role that is not looked at: it would hold nothing."""
    looked_at = (arguments.role,) if arguments.role else ROLES
    for head in arguments.head:
        if head.role not in looked_at:
            raise BadValue(
                option="--head",
                value=head,
                expected_ja=f"{'、'.join(looked_at)} のヘッドです。",
                expected_en=f"It is a head of {', '.join(looked_at)}.",
            )
