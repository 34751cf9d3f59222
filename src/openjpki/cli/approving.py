"""`openjpki authority approve`: an operator's approval, by a key that is here, or by a signature that was made elsewhere.

`--offline` makes that signature on a machine that has the operator's key and no home; what is signed is shown first.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from openjpki.authority.control.kinds import RULES
from openjpki.authority.control.statements import (
    MAX_STATEMENT,
    Statement,
    approval_of,
    content_lines,
    read_signature,
    read_statement,
    signature_text,
)
from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.controlled_acts import act_line, act_ready, as_data
from openjpki.cli.moments import told_moment
from openjpki.cli.passphrases import add_hand, hand_of
from openjpki.errors import Failure, Kind, Language
from openjpki.site.opening import opened

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "ja": {
        "signs": "次の内容の承認に署名します。",
        "kind": "種類",
        "proposer": "提案",
        "proposed_at": "提案日時",
        "expires_at": "期限",
        "required": "必要な承認",
        "digest": "内容の SHA-256",
        "paste": "承認の署名です。次の1行を、運用者の画面に貼り付けるか、`approve --signature` に渡してください。",
    },
    "en": {
        "signs": "This is what the approval signs.",
        "kind": "kind",
        "proposer": "proposed by",
        "proposed_at": "proposed",
        "expires_at": "until",
        "required": "approvals needed",
        "digest": "SHA-256",
        "paste": "The signature of the approval. Paste the next line into the operators' page, or give it to `approve --signature`.",
    },
}


class ApprovalIncomplete(Failure):
    """An approval is made by a key, or brought as a signature; one made here needs the act's number."""

    code = "authority.approvals.incomplete"
    kind = Kind.USAGE
    ja = "承認のしかたが正しくありません。番号と --key、番号と --signature、--offline と --key のどれかにしてください。"
    en = "An approval takes a number and --key, a number and --signature, or --offline and --key."


def add(acts: Commands) -> None:
    """Add the command to those of the authority."""
    parser = acts.add_parser("approve", help="approve a proposed act, as an operator")
    parser.add_argument(
        "number",
        type=int,
        nargs="?",
        metavar="NUMBER",
        help="the act's number, as `acts` lists it; none with --offline",
    )
    add_hand(parser, has_key=False)
    parser.add_argument(
        "--offline",
        type=Path,
        metavar="FILE",
        help="sign, where there is no home, the act's statement, as the operators' pages give it",
    )
    parser.add_argument(
        "--signature", default="", metavar="TEXT", help="the signature that --offline made, in place of the key"
    )
    parser.set_defaults(run=approve)


def approve(arguments: argparse.Namespace) -> Answer:
    """Approve an act, or sign its approval; raises `ApprovalIncomplete`."""
    said = (arguments.number is not None, arguments.key is not None, bool(arguments.signature))
    if arguments.offline is not None:
        if said != (False, True, False):
            raise ApprovalIncomplete
        return _sign(arguments)
    if said not in {(True, True, False), (True, False, True)}:
        raise ApprovalIncomplete
    return _approve(arguments)


def _approve(arguments: argparse.Namespace) -> Answer:
    hand = None if arguments.key is None else hand_of(arguments)
    with opened(arguments.home) as house:
        operation = house.authority.operation
        if hand is None:
            row = operation.approve_by(arguments.number, arguments.operator, read_signature(arguments.signature))
        else:
            row = operation.approve(arguments.number, hand)
        act = as_data(row, house.clock())
    language = language_of(arguments)
    return Answer(data={"act": act}, lines=[act_line(act, language), *act_ready(act, language)])


def _sign(arguments: argparse.Namespace) -> Answer:
    """Show what is signed, then ask for the passphrase, then sign: whoever does not want to sign types none."""
    path: Path = arguments.offline
    with path.open("rb") as file:
        statement = read_statement(file.read(MAX_STATEMENT + 1), path)
    language = language_of(arguments)
    print("\n".join(told_statement(statement, language)), file=sys.stderr, flush=True)
    signature = signature_text(hand_of(arguments).sign(approval_of(statement.text)))
    data = {
        "operator": arguments.operator,
        "kind": statement.kind.value,
        "content": dict(statement.content),
        "digest": statement.digest,
        "signature": signature,
    }
    return Answer(data=data, lines=[_WORDS[language]["paste"], signature])


def told_statement(statement: Statement, language: Language) -> Sequence[str]:
    """Return all that a statement says, a line for each thing; what breaks lines in a text cannot look like our own."""
    words, rule = _WORDS[language], RULES[statement.kind]
    facts = {
        "kind": f"{rule.ja if language == 'ja' else rule.en} ({statement.kind.value})",
        "proposer": statement.proposer,
        "proposed_at": told_moment(statement.proposed_at, language),
        "expires_at": told_moment(statement.expires_at, language),
        "required": str(statement.required),
        "digest": statement.digest,
    }
    content = [
        line
        for name, text in content_lines(statement.content)
        for line in (f"  {_plain(name)}:", *(f"    | {_plain(one)}" for one in text.split("\n")))
    ]
    return [words["signs"], *(f"  {words[name]}: {_plain(text)}" for name, text in facts.items()), *content]


def _plain(text: str) -> str:
    """Return a text that moves no cursor and paints nothing: whoever proposed it must not draw on the approver's terminal."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
