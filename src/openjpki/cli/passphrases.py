"""How an operator's passphrase enters the command line: a prompt that shows nothing, or a line of standard input."""

import argparse
import getpass
import sys
from pathlib import Path
from typing import Final

from openjpki.authority.control.operator_keys import Hand, OperatorKey
from openjpki.authority.signing.keys import read_secret
from openjpki.cli.answer import language_of
from openjpki.errors import Failure, Kind

MAX_PASSPHRASE: Final = 256
"""Characters read of a line."""
_PROMPT: Final = {"ja": "{name} のパスフレーズ: ", "en": "Passphrase of {name}: "}
_AGAIN: Final = {"ja": "もう一度: ", "en": "Once more: "}


class NoPassphrase(Failure):
    """There is no terminal to type a passphrase at, and no line of standard input."""

    code = "authority.operators.no-passphrase"
    kind = Kind.USAGE
    ja = "パスフレーズを入力できる端末がありません。--passphrase-stdin を付けて、標準入力に1行で渡してください。"
    en = "There is no terminal to type a passphrase at. Give it as a line of standard input, with --passphrase-stdin."


class PassphrasesDiffer(Failure):
    """What was typed twice was not the same."""

    code = "authority.operators.passphrases-differ"
    kind = Kind.REFUSED
    ja = "2回入力されたパスフレーズが一致しません。"
    en = "The two passphrases differ."


def add_hand(parser: argparse.ArgumentParser, *, has_key: bool = True) -> None:
    """Add what names an operator who is present and their key; `has_key` says whether the key must be here."""
    parser.add_argument("--operator", required=True, metavar="NAME", help="the operator who is present")
    parser.add_argument(
        "--key", type=Path, required=has_key, metavar="FILE", help="the operator's own key, as `operator key` made it"
    )
    add_source(parser)


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add where the passphrase comes from."""
    parser.add_argument(
        "--passphrase-stdin", action="store_true", help="read the passphrase as a line of standard input"
    )


def hand_of(arguments: argparse.Namespace) -> Hand:
    """Return the operator's hand: the key is opened here and stays in this process; raises `OperatorKeyUnreadable`."""
    pem = read_secret(arguments.key)
    opened = OperatorKey.from_pem(pem, passphrase(arguments, arguments.operator), arguments.key)
    return Hand(arguments.operator, opened.sign)


def passphrase(arguments: argparse.Namespace, name: str, *, twice: bool = False) -> bytes:
    """Return a passphrase; raises `NoPassphrase`, `PassphrasesDiffer`."""
    if arguments.passphrase_stdin:
        line = sys.stdin.readline(MAX_PASSPHRASE).removesuffix("\n")
        if not line:
            raise NoPassphrase
        return line.encode()
    if not sys.stdin.isatty():
        raise NoPassphrase
    language = language_of(arguments)
    said = getpass.getpass(_PROMPT[language].format(name=name))
    if twice and getpass.getpass(_AGAIN[language]) != said:
        raise PassphrasesDiffer
    return said.encode()
