"""`openjpki init`: a sandbox of your own, from an empty folder to two CAs and two cities with residents."""

import argparse

from openjpki.cli.answer import Answer, BadValue, Commands, desk_port, language_of, port
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.rules.policy import Policy
from openjpki.site.home import DEFAULT_PORT, MAX_SHIFT_SECONDS, Settings
from openjpki.site.opening import founded
from openjpki.site.server import LOOPBACK
from openjpki.site.token_uri import token_at

_DAY = 86_400
_MAX_SHIFT_DAYS = MAX_SHIFT_SECONDS // _DAY
"""The same bound in days."""


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "init",
        help="make a sandbox in an empty folder",
        description="Make a sandbox home: tables, the keys of both CAs, two invented cities and their residents.",
    )
    parser.add_argument("--port", type=port, default=DEFAULT_PORT, help=f"loopback port of `serve` ({DEFAULT_PORT})")
    parser.add_argument(
        "--desk-port",
        type=desk_port,
        metavar="PORT",
        help="let window and authority be apart: they meet over HTTPS on this loopback port (see `serve`)",
    )
    parser.add_argument(
        "--algorithm",
        choices=[algorithm.value for algorithm in KeyAlgorithm],
        default=KeyAlgorithm.RSA_2048_SHA_256.value,
        help="key algorithm of CAs and cards",
    )
    parser.add_argument(
        "--keys",
        type=token_uri,
        metavar="URI",
        help="make the keys of CAs and responders in the PKCS#11 token of this URI: token, module-path, pin-source (RFC 7512)",
    )
    parser.add_argument(
        "--signer",
        action="store_true",
        help="have these keys used in a process of its own (`serve signer`); no other can load them",
    )
    parser.add_argument(
        "--policy",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a ruling of the rule book; preset=page for the letter of the municipal page",
    )
    parser.add_argument(
        "--shift-days", type=int, default=0, metavar="N", help="let the sandbox's legal clock run N days ahead"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Answer:
    """Found the home, hold the first key ceremony, import the invented residents."""
    if not 0 <= arguments.shift_days <= _MAX_SHIFT_DAYS:
        raise BadValue(
            option="--shift-days",
            value=arguments.shift_days,
            expected_ja=f"0 から {_MAX_SHIFT_DAYS} までの日数です。",
            expected_en=f"It is a number of days from 0 to {_MAX_SHIFT_DAYS}.",
        )
    settings = Settings(
        purpose="sandbox",
        port=arguments.port,
        algorithm=arguments.algorithm,
        clock_shift_seconds=arguments.shift_days * _DAY,
        policy=_rulings(arguments.policy),
        keys=arguments.keys or "",
        signer=arguments.signer,
        desk=f"https://{LOOPBACK}:{arguments.desk_port}" if arguments.desk_port else "",
    )
    with founded(arguments.home, settings) as house:
        from openjpki.site.seeding import seed

        residents = seed(house)
    language = language_of(arguments)
    lines = {
        "ja": (
            f"{arguments.home} に試験環境を作りました。住民 {residents} 人、認証局 2。",
            "`openjpki serve` で見られます。",
        ),
        "en": (
            f"Made a sandbox in {arguments.home}: {residents} residents, 2 CAs.",
            "Look at it with `openjpki serve`.",
        ),
    }
    return Answer(data={"home": str(arguments.home), "residents": residents}, lines=lines[language])


def token_uri(text: str) -> str:
    """Read a PKCS #11 URI for `--keys`; raises `BadValue`."""
    if token_at(text) is None:
        raise BadValue(
            option="--keys",
            value=text,
            expected_ja="pkcs11:token=ラベル?module-path=/モジュール&pin-source=/PINのファイル の形です。",
            expected_en="It is pkcs11:token=LABEL?module-path=/MODULE&pin-source=/FILE-WITH-THE-PIN.",
        )
    return text


def _rulings(words: list[str]) -> dict[str, str]:
    """Read `name=value` settings, and prove them by building the policy; raises a `Failure`."""
    rulings: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise BadValue(
                option="--policy", value=word, expected_ja="NAME=VALUE の形です。", expected_en="It is NAME=VALUE."
            )
        rulings[name] = value
    rest = dict(rulings)
    Policy.preset(rest.pop("preset", "national")).with_settings(rest)
    return rulings
