"""`openjpki rules revocation`, `hold-found`, `correction`, `deceased`: what an event ends, and what follows it."""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from openjpki.cli.answer import Answer, BadValue, Run, language_of
from openjpki.cli.rules.arguments import add_choice, add_day, policy_of
from openjpki.cli.rules.findings import answered, coded, told
from openjpki.cli.rules.people import add_kinds, kinds_of
from openjpki.errors import Language
from openjpki.rules.era import spoken
from openjpki.rules.follow_up import (
    FollowUp,
    card_of_the_dead,
    correction,
    follow_up,
    found_again,
    found_again_on_phone,
)
from openjpki.rules.kinds import CertificateKind, LifeEvent, OtherCause
from openjpki.rules.revocation import BOTH, NAMING, Cause, Effect, Ending, effect_of
from openjpki.rules.words import word

_CAUSES: Mapping[str, Cause] = {cause.value: cause for cause in (*LifeEvent, *OtherCause)}


def _add_cause(parser: argparse.ArgumentParser) -> None:
    add_choice(parser, "--event", list(_CAUSES), "what happened")
    add_kinds(parser, "--kind", "a certificate that a request, a renewal or a destruction names (default: both)")
    add_day(parser, "--on", "day on which it happened")


def _kinds(arguments: argparse.Namespace) -> frozenset[CertificateKind]:
    """Return the certificates that the event names; one that names none is refused with them (BadValue)."""
    if not arguments.kind:
        return BOTH
    if _CAUSES[arguments.event] not in NAMING:
        raise BadValue(
            option="--kind",
            value=arguments.kind[0],
            expected_ja=f"--event {arguments.event} では、対象の電子証明書を選べません。",
            expected_en=f"--event {arguments.event} names no certificates.",
        )
    return kinds_of(arguments.kind)


def _revocation(arguments: argparse.Namespace) -> Answer:
    policy, language, cause = policy_of(arguments), language_of(arguments), _CAUSES[arguments.event]
    kinds = _kinds(arguments)
    effect = effect_of(policy, cause, arguments.on, kinds=kinds)
    follows = follow_up(policy, cause=cause, on=arguments.on, kinds=kinds)
    data = {
        **_endings(effect),
        "follows": _follows(follows),
        "findings": coded(follows.findings, language),
        "rules": list(effect.rules),
    }
    lines = (*_ending_lines(effect, language), *told(follows.findings, language), f"[{', '.join(effect.rules)}]")
    return Answer(data=data, lines=lines)


def _correction(arguments: argparse.Namespace) -> Answer:
    policy, language = policy_of(arguments), language_of(arguments)
    found = correction(policy, cause=_CAUSES[arguments.event], on=arguments.on, kinds=_kinds(arguments))
    return answered(
        found.findings,
        ("R-4.1", "R-5.9"),
        language,
        line=_follows_line(found, language),
        data={"follows": _follows(found)},
    )


def _add_hold_found(parser: argparse.ArgumentParser) -> None:
    add_day(parser, "--on", "day on which the card is found again")
    parser.add_argument("--phone", action="store_true", help="a phone's certificates were held, not a card's")


def _hold_found(arguments: argparse.Namespace) -> Answer:
    policy, language = policy_of(arguments), language_of(arguments)
    if arguments.phone:
        ending, follows = None, found_again_on_phone()
    else:
        found = found_again(policy, on=arguments.on)
        ending, follows = found.authentication, found.follow_up
    return answered(
        follows.findings,
        ("R-2.8", "R-5.20"),
        language,
        line=_follows_line(follows, language),
        data={"authentication": _ending(ending), "follows": _follows(follows)},
    )


def _add_deceased(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--death-recorded", action="store_true", help="the death is on the resident record")
    add_day(parser, "--on", "day on which the card is brought back")


def _deceased(arguments: argparse.Namespace) -> Answer:
    policy, language = policy_of(arguments), language_of(arguments)
    found = card_of_the_dead(policy, death_recorded=arguments.death_recorded, on=arguments.on)
    before = "電子証明書は死亡の記録により失効しています。" if language == "ja" else "The recorded death ended them."
    line = before if found.ends is None else "; ".join(_ending_lines(found.ends, language))
    data = _endings(found.ends) if found.ends else {kind.value: _ending(None) for kind in CertificateKind}
    return answered(found.findings, ("R-5.4", "R-5.6"), language, line=line, data=data)


def _endings(effect: Effect) -> dict[str, Any]:
    return {kind.value: _ending(effect.of(kind)) for kind in CertificateKind}


def _ending(ending: Ending | None) -> dict[str, str | None]:
    if ending is None:
        return {"ends": None, "reason": None}
    return {"ends": ending.ends.isoformat(), "reason": ending.reason.value}


def _ending_lines(effect: Effect, language: Language) -> list[str]:
    return [f"{word(kind, language)}: {_ending_line(effect.of(kind), language)}" for kind in CertificateKind]


def _ending_line(ending: Ending | None, language: Language) -> str:
    if ending is None:
        return "失効しません" if language == "ja" else "stays"
    reason = f"{word(ending.reason, language)}, {ending.reason.code}"
    day = spoken(ending.ends, language)
    if ending.held:
        return f"{day}に一時保留({ending.reason.code})" if language == "ja" else f"held on {day} ({reason})"
    return f"{day}に失効({reason})" if language == "ja" else f"ends on {day} ({reason})"


def _follows(found: FollowUp) -> dict[str, Any]:
    return {
        "reissue": [kind.value for kind in CertificateKind if kind in found.reissue],
        "fee": found.fee.value if found.fee else None,
        "new_card": found.new_card,
    }


def _follows_line(found: FollowUp, language: Language) -> str:
    names = [word(kind, language) for kind in CertificateKind if kind in found.reissue]
    if language == "ja":
        return f"発行し直すもの: {'、'.join(names) or 'なし'}"
    return f"Issued anew: {', '.join(names) or 'nothing'}."


QUESTIONS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None], Run]] = {
    "revocation": ("what an event ends, and what the holder does next", _add_cause, _revocation),
    "hold-found": ("what follows when a stopped card is found again", _add_hold_found, _hold_found),
    "correction": ("what follows when an event was entered by mistake", _add_cause, _correction),
    "deceased": ("what follows when the card of a person who died is brought back", _add_deceased, _deceased),
}
"""The questions of `openjpki rules`: what it says, its arguments, its answer."""
