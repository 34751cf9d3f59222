"""`openjpki rules fee`, `remake`, `refund`: what an issue or a new card costs, and what is paid back."""

import argparse
from collections.abc import Callable

from openjpki.cli.answer import Answer, BadValue, Run, language_of
from openjpki.cli.rules.arguments import add_choice, add_day, policy_of
from openjpki.cli.rules.findings import answered
from openjpki.cli.rules.people import add_today, today_of
from openjpki.rules.era import spoken
from openjpki.rules.fees import fee
from openjpki.rules.kinds import FeeReason
from openjpki.rules.policy import Policy
from openjpki.rules.remaking import REMADE, Voided, near_expiry, refund, remaking_fee
from openjpki.rules.settings import MAX_YEN, YEN


def _add_fee(parser: argparse.ArgumentParser) -> None:
    add_choice(parser, "--reason", [reason.value for reason in FeeReason], "why a certificate is issued")
    add_today(parser)


def _fee(arguments: argparse.Namespace) -> Answer:
    reason, language, on = FeeReason(arguments.reason), language_of(arguments), today_of(arguments)
    found = fee(policy_of(arguments), reason=reason, on=on)
    letter = fee(Policy.preset("page"), reason=reason, on=on).yen
    day = f"{spoken(on, language)}の手続き" if language == "ja" else f"on {spoken(on, language)}"
    lines = [f"¥{found.yen:,} ({day}) [{', '.join(found.rules)}]"]
    if letter != found.yen:
        ja = f"市のページ(S-18)の文字どおりなら{letter:,}円です(CF-7)。"
        lines.append(ja if language == "ja" else f"By the letter of the page (S-18): ¥{letter:,} (CF-7).")
    return Answer(data={"yen": found.yen, "rules": list(found.rules)}, lines=lines)


def _add_remake(parser: argparse.ArgumentParser) -> None:
    reasons = [reason.value for reason in FeeReason if reason in REMADE]
    add_choice(parser, "--reason", reasons, "why the card is made anew")
    parser.add_argument("--without-certificates", action="store_true", help="no certificates are wanted on it")
    parser.add_argument("--express", action="store_true", help="within a week (特急発行)")
    add_day(parser, "--card-expires", "last day of the card: is it near enough to be free?", required=False)
    add_today(parser)


def _remake(arguments: argparse.Namespace) -> Answer:
    policy, language, on = policy_of(arguments), language_of(arguments), today_of(arguments)
    if arguments.reason == FeeReason.CARD_NEAR_EXPIRY.value and not arguments.card_expires:
        raise BadValue(
            option="--reason",
            value=arguments.reason,
            expected_ja="--card-expires も指定してください。",
            expected_en="Give --card-expires as well.",
        )
    found = remaking_fee(
        policy,
        reason=FeeReason(arguments.reason),
        on=on,
        certificates=not arguments.without_certificates,
        express=arguments.express,
        card_expires=arguments.card_expires,
    )
    expires = arguments.card_expires
    near = near_expiry(policy, card_expires=expires, on=on) if expires else None
    data = {
        "yen": found.yen,
        "card_yen": found.card_yen,
        "certificates_yen": found.certificates_yen,
        "near_expiry": near,
    }
    parts = f"¥{found.card_yen:,} + ¥{found.certificates_yen:,} = ¥{found.yen:,}"
    told = {
        None: ("", ""),
        True: (" / 有効期限まで3か月未満", " / less than three months left"),
        False: (" / 有効期限まで3か月以上", " / three months or more left"),
    }
    line = parts + told[near][language != "ja"]
    return answered(found.findings, found.rules, language, line=line, data=data)


def _paid(text: str) -> int:
    try:
        return int(YEN.read(text))
    except ValueError:
        expected = f"0 … {MAX_YEN}"
        raise BadValue(option="--paid", value=text, expected_ja=expected, expected_en=expected) from None


def _add_refund(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--paid", type=_paid, metavar="YEN", required=True, help="what was paid")
    add_choice(parser, "--voided", [voided.value for voided in Voided], "why the issue came to nothing")


def _refund(arguments: argparse.Namespace) -> Answer:
    found = refund(policy_of(arguments), paid=arguments.paid, voided=Voided(arguments.voided))
    return answered(
        found.findings, found.rules, language_of(arguments), line=f"¥{found.yen:,}", data={"yen": found.yen}
    )


QUESTIONS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None], Run]] = {
    "fee": ("what an issue costs", _add_fee, _fee),
    "remake": ("what a card made anew costs", _add_remake, _remake),
    "refund": ("what is paid back when an issue is voided", _add_refund, _refund),
}
"""The questions of `openjpki rules`: what it says, its arguments, its answer."""
