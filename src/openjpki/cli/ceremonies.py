"""`openjpki authority ceremony` and `transcript …`: what a script would do, and what was done."""

import argparse
import os
from pathlib import Path
from typing import Any

from openjpki.authority.control.kinds import MAX_SCRIPT
from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.authority_keys import told_keeper
from openjpki.cli.controlled_acts import script_at
from openjpki.cli.passphrases import add_hand, hand_of
from openjpki.errors import Kind
from openjpki.rules.dates import in_japan
from openjpki.site.opening import opened

_MAX_TRANSCRIPT = 4 * MAX_SCRIPT
"""Bytes of a transcript's copy: it says less than its script."""


def add(acts: Commands) -> None:
    """Add the commands to those of the authority."""
    ceremony = acts.add_parser("ceremony", help="say everything that a ceremony by a script would do, and do nothing")
    ceremony.add_argument("--script", type=Path, required=True, metavar="FILE", help="the reviewed script (YAML)")
    ceremony.set_defaults(run=rehearse)
    group = acts.add_parser("transcript", help="what was done in a key ceremony")
    commands = group.add_subparsers(title="commands", metavar="COMMAND", required=True)
    shown = commands.add_parser("show", help="show the transcript, or write it to a file")
    shown.add_argument("--out", type=Path, metavar="FILE", help="a new file for it")
    shown.set_defaults(run=show)
    signed = commands.add_parser("sign", help="sign the transcript, as an operator who was present")
    add_hand(signed)
    signed.set_defaults(run=sign)
    verified = commands.add_parser("verify", help="hold it against the audit record, the tables and the signatures")
    verified.add_argument("--file", type=Path, metavar="FILE", help="a copy to be verified in its place")
    verified.set_defaults(run=verify)
    for command in (shown, signed, verified):
        command.add_argument("number", type=int, metavar="NUMBER", help="the ceremony's number, as `acts` lists it")


def rehearse(arguments: argparse.Namespace) -> Answer:
    """Say what a ceremony would do."""
    text = script_at(arguments.script)
    with opened(arguments.home) as house:
        script, steps = house.authority.operation.rehearse(text)
        required = house.authority.dual_control.required
    data = {
        "script": script.digest,
        "operators": list(script.operators),
        "required": required,
        "generations": [
            {
                "name": step.name,
                "subject": step.subject,
                "algorithm": step.algorithm,
                "keeper": step.keeper,
                "not_after": step.not_after.isoformat(),
                "issues_from": step.issues_from.isoformat(),
            }
            for step in steps
        ],
    }
    said = {
        "ja": (
            "手順書の SHA-256: {digest}",
            "立会い: {operators}(承認 {required} 人)",
            "{name}: {algorithm} の鍵を {keeper} に作り、{subject} として {not_after} まで自己署名し、{issues_from} から発行する",
            "何も行っていません。",
        ),
        "en": (
            "SHA-256 of the script: {digest}",
            "to be present: {operators} ({required} approve)",
            "{name}: makes a key ({algorithm}) in {keeper}, certifies it as {subject} until {not_after}, issues from {issues_from}",
            "Nothing was done.",
        ),
    }[language_of(arguments)]
    head = [
        said[0].format(digest=script.digest),
        said[1].format(operators=", ".join(script.operators), required=required),
    ]
    each = [
        said[2].format(
            name=step.name,
            algorithm=step.algorithm,
            keeper=told_keeper(step.keeper, language_of(arguments)),
            subject=step.subject,
            not_after=f"{in_japan(step.not_after):%Y-%m-%d}",
            issues_from=f"{in_japan(step.issues_from):%Y-%m-%dT%H:%M}",
        )
        for step in steps
    ]
    return Answer(data=data, lines=[*head, *each, said[3]])


def show(arguments: argparse.Namespace) -> Answer:
    """Show a transcript."""
    with opened(arguments.home) as house:
        transcript = house.authority.operation.transcript(arguments.number)
    data: dict[str, Any] = {"number": arguments.number, "sha256": transcript.digest, "text": transcript.text}
    if arguments.out is None:
        return Answer(data=data, lines=transcript.text.splitlines())
    descriptor = os.open(arguments.out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(transcript.text.encode())
    told = {"ja": f"{arguments.out} に書き出しました。", "en": f"Written to {arguments.out}."}
    return Answer(data=data, lines=[told[language_of(arguments)]])


def sign(arguments: argparse.Namespace) -> Answer:
    """Sign a transcript."""
    hand = hand_of(arguments)
    with opened(arguments.home) as house:
        house.authority.operation.sign_transcript(arguments.number, hand)
    told = {"ja": f"{hand.name} が議事録に署名しました。", "en": f"{hand.name} has signed the transcript."}
    return Answer(data={"number": arguments.number, "operator": hand.name}, lines=[told[language_of(arguments)]])


def verify(arguments: argparse.Namespace) -> Answer:
    """Verify a transcript; status 1 if anything of it does not hold."""
    copy = None if arguments.file is None else _copy(arguments.file)
    with opened(arguments.home) as house:
        found = house.authority.operation.verify_transcript(arguments.number, copy)
    data = {
        "number": arguments.number,
        "sha256": found.digest,
        "sound": found.sound,
        "recorded": found.recorded,
        "reproduced": found.reproduced,
        "signers": list(found.signers),
        "wrong": list(found.wrong),
        "missing": list(found.missing),
    }
    words = {
        "ja": ("はい", "いいえ", "監査記録と一致", "記録から再現", "署名", "署名が不正", "未署名"),
        "en": (
            "yes",
            "no",
            "in the audit record",
            "reproduced from the tables",
            "signed",
            "wrong signatures",
            "not signed",
        ),
    }[language_of(arguments)]
    yes, no, *rest = words
    said = (
        yes if found.recorded else no,
        yes if found.reproduced else no,
        *(", ".join(names) or "-" for names in (found.signers, found.wrong, found.missing)),
    )
    lines = [f"{word}: {value}" for word, value in zip(rest, said, strict=True)]
    return Answer(data=data, lines=lines, kind=None if found.sound else Kind.REFUSED)


def _copy(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_MAX_TRANSCRIPT).decode(errors="replace")
