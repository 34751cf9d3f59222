"""`openjpki init`: a sandbox of your own, from an empty folder to two CAs and two cities with residents."""

import argparse
import sys
from datetime import timedelta
from pathlib import Path

from openjpki.authority.control.kinds import DualControl
from openjpki.cli.answer import Answer, BadValue, Commands, desk_port, language_of, port
from openjpki.cli.counted import counted
from openjpki.errors import Language
from openjpki.lab.catalogue import CATALOGUE, PINS, TestCard, card_named
from openjpki.lab.dated import begins
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import FreshKeys
from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.policy import Policy
from openjpki.site.clock import ShiftedClock, SteppedClock
from openjpki.site.home import DEFAULT_PORT, EXTERNAL_LINTS, MAX_SHIFT_SECONDS, Settings
from openjpki.site.key_pool import KeyPool
from openjpki.site.opening import founded
from openjpki.site.server import LOOPBACK
from openjpki.site.token_uri import token_at

_DAY = 86_400
_KEYS_AHEAD = 12
"""Keys that are made while something else is done: a test card has four on its face and two or more for certificates."""
_NOTHING_MADE = {
    "ja": "中断しました。途中のものは残っていません。もう一度実行すれば、初めから作ります。",
    "en": "Interrupted. Nothing half-made is left: the same command begins anew.",
}
_LOOK = {"ja": "`openjpki serve` で見られます。", "en": "Look at it with `openjpki serve`."}
_CEREMONY_FIRST = {
    "ja": "次に運用者を登録し、鍵生成の式を行ってください(docs/operations.md)。",
    "en": "Now enrol the operators and hold the key ceremony (docs/operations.md).",
}
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
        help="have these keys used by one process alone (`serve signer`), which the others ask",
    )
    parser.add_argument(
        "--only-signer",
        action="store_true",
        help="make no sandbox, but the place of a signing process with a user of its own: the keys, and what they may sign",
    )
    parser.add_argument(
        "--signer-at",
        type=Path,
        metavar="FOLDER",
        help="have the keys used by the signing process at this place, which was made with the same --port, --algorithm and --shift-days",
    )
    parser.add_argument("--signer-user", metavar="NAME", help="the user as whom it runs; no other is believed there")
    parser.add_argument(
        "--dual-control",
        type=dual_control,
        default="",
        metavar="M-of-N",
        help="as outside a sandbox: no CA until M of N operators approve a ceremony's script, and no act without them (2-of-3)",
    )
    parser.add_argument(
        "--external-lint",
        choices=EXTERNAL_LINTS,
        default=EXTERNAL_LINTS[0],
        help="hold every certificate against another program's rules too before it is signed (`pip install 'openjpki[lint]'`)",
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
    parser.add_argument(
        "--test-cards",
        nargs="*",
        metavar="NAME",
        help="live through the years that make the test cards of the catalogue, all or those named (`openjpki card catalogue`)",
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
        signer=arguments.signer or arguments.signer_at is not None,
        signer_at=str(arguments.signer_at.absolute()) if arguments.signer_at else "",
        signer_user=arguments.signer_user or "",
        dual_control=arguments.dual_control,
        external_lint=arguments.external_lint,
        desk=f"https://{LOOPBACK}:{arguments.desk_port}" if arguments.desk_port else "",
    )
    _hold_signer_options(arguments)
    if arguments.only_signer:
        return _place_of_a_signer(arguments, settings)
    cards = chosen(arguments)
    language = language_of(arguments)
    if cards:
        return _with_test_cards(arguments, settings, cards, language)
    with founded(arguments.home, settings) as house:
        from openjpki.site.seeding import seed

        residents = seed(house)
    authorities = 0 if arguments.dual_control else len(CertificateKind)
    then = _CEREMONY_FIRST if arguments.dual_control else _LOOK
    lines = {
        "ja": (
            f"{arguments.home} に試験環境を作りました。住民 {residents} 人、認証局 {authorities}。",
            then["ja"],
        ),
        "en": (
            f"Made a sandbox in {arguments.home}: {residents} residents, {authorities} CAs.",
            then["en"],
        ),
    }
    return Answer(data={"home": str(arguments.home), "residents": residents}, lines=lines[language])


def _hold_signer_options(arguments: argparse.Namespace) -> None:
    """Raise `BadValue` for what is said about the place of a signing process by half, or twice."""
    place, user = arguments.signer_at, arguments.signer_user
    if (place is None) == (not user) and not (place and arguments.only_signer):
        return
    raise BadValue(
        option="--signer-at",
        value=place or "",
        expected_ja="--signer-user と一緒に指定します。--only-signer とは一緒に指定できません。",
        expected_en="It goes together with --signer-user, and not with --only-signer.",
    )


def _place_of_a_signer(arguments: argparse.Namespace, settings: Settings) -> Answer:
    """Make the place of a signing process with a user of its own."""
    from openjpki.site.signer_place import SignerPlace

    SignerPlace.create(arguments.home, settings)
    lines = {
        "ja": f"{arguments.home} に署名プロセスの場所を作りました。`openjpki serve signer --home {arguments.home}` で動かします。",
        "en": f"Made the place of a signing process in {arguments.home}. Run `openjpki serve signer --home {arguments.home}`.",
    }
    return Answer(data={"home": str(arguments.home)}, lines=[lines[language_of(arguments)]])


def chosen(arguments: argparse.Namespace) -> tuple[TestCard, ...]:
    """Return the test cards asked for, all if none is named; raises `NoSuchTestCard`, and `BadValue` beside a policy."""
    if arguments.test_cards is None:
        return ()
    if arguments.policy:
        raise BadValue(
            option="--policy",
            value=arguments.policy[0],
            expected_ja="テストカードは全国共通の取扱いで作られます。--test-cards とは一緒に指定できません。",
            expected_en="The test cards are made by national practice: it does not go with --test-cards.",
        )
    if arguments.dual_control:
        raise BadValue(
            option="--dual-control",
            value=arguments.dual_control,
            expected_ja="テストカードには認証局が要ります。--test-cards とは一緒に指定できません。",
            expected_en="The test cards need a CA at once: it does not go with --test-cards.",
        )
    if arguments.signer_at:
        raise BadValue(
            option="--signer-at",
            value=arguments.signer_at,
            expected_ja="テストカードは過去の日付で作られ、署名プロセスは現在のものだけに署名します。--test-cards とは一緒に指定できません。",
            expected_en="The test cards are made at days gone by, and a signing process signs for now: it does not go with --test-cards.",
        )
    wanted = {card_named(name).name for name in arguments.test_cards}
    return tuple(card for card in CATALOGUE if not wanted or card.name in wanted)


def _with_test_cards(
    arguments: argparse.Namespace, settings: Settings, cards: tuple[TestCard, ...], language: Language
) -> Answer:
    """Begin the home years ago and live up to the present moment; one line on standard error for each card."""
    now = ShiftedClock(timedelta(seconds=settings.clock_shift_seconds))()
    clock = SteppedClock(begins(Policy(), civil_date(now)))
    kinds = {KeyAlgorithm(settings.algorithm), KeyAlgorithm.RSA_2048_SHA_256}
    made = 0

    def say(name: str) -> None:
        nonlocal made
        made += 1
        print(f"[{made:2}/{len(cards)}] {name}", file=sys.stderr, flush=True)

    try:
        with (
            KeyPool(FreshKeys(), kinds, ready=_KEYS_AHEAD) as keys,
            founded(arguments.home, settings, clock, keys) as house,
        ):
            from openjpki.site.lives.making import live_through

            residents = live_through(house, clock, cards, now=now, say=say)
    except KeyboardInterrupt:
        print(_NOTHING_MADE[language], file=sys.stderr, flush=True)
        raise
    names = [card.name for card in cards]
    stock = sum(card.person is None for card in cards)
    lines = {
        "ja": (
            f"{arguments.home} に試験環境を作りました。住民 {residents} 人、認証局 2(各2世代)、テストカード {len(cards)} 枚(うち交付前のもの {stock} 枚)。",
            f"暗証番号は署名用が {PINS.signature}、ほかは {PINS.digits} です。それぞれの用途は `openjpki card catalogue` で見られます。",
        ),
        "en": (
            f"Made a sandbox in {arguments.home}: {counted(residents, 'resident')}, 2 CAs of two generations, test cards: {len(cards)} ({stock} of them in stock, not handed over).",
            f"The signature PIN is {PINS.signature}, the others {PINS.digits}. What each card is for: `openjpki card catalogue`.",
        ),
    }
    return Answer(
        data={"home": str(arguments.home), "residents": residents, "test_cards": names}, lines=lines[language]
    )


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


def dual_control(text: str) -> str:
    """Read `--dual-control`; raises `BadValue`."""
    if DualControl.read(text) is None:
        raise BadValue(
            option="--dual-control",
            value=text,
            expected_ja="2-of-3 の形です。承認は2人か3人、運用者は9人までです。",
            expected_en="It is as 2-of-3: two or three approve, of nine operators at most.",
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
