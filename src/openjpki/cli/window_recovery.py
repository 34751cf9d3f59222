"""`openjpki window resume` without a receipt number: what was interrupted at the counters is taken up again."""

from typing import TYPE_CHECKING

from openjpki.cli.answer import Answer
from openjpki.cli.counted import counted
from openjpki.cli.window_answers import application_data, application_lines, interruption_data, interruption_lines
from openjpki.errors import Failure, Kind, Language

if TYPE_CHECKING:
    from openjpki.window.recovery import CardNeeded, Recovered, Refusal  # needs Django, which is not set up yet


def recovered(outcome: "Recovered", language: Language) -> Answer:
    """Answer what went on, what was refused, and whose card is needed."""
    delivery = outcome.delivery
    counts = {
        "ja": f"送信{delivery.sent}件、送信待ち{delivery.waiting}件。",
        "en": f"{counted(delivery.sent, 'message')} sent, {delivery.waiting} waiting.",
    }
    lines = [counts[language]]
    for one in outcome.carried_out:
        lines += application_lines(one.application, language)
        lines += interruption_lines(one.interruption, one.application.receipt, language)
    lines += [f"{one.receipt}  [{one.failure.code}] {one.failure.message(language)}" for one in outcome.refused]
    lines += [_card_line(one, language) for one in outcome.cards_needed]
    return Answer(
        data={
            "sent": delivery.sent,
            "waiting": delivery.waiting,
            "errors": list(delivery.errors),
            "applications": [
                {**application_data(one.application), "interruption": interruption_data(one.interruption)}
                for one in outcome.carried_out
            ],
            "refused": [_refusal_data(one) for one in outcome.refused],
            "cards_needed": [
                {"municipality": one.municipality, "receipt": one.receipt, "card_number": one.card_number}
                for one in outcome.cards_needed
            ],
        },
        lines=lines,
        kind=_kind(outcome),
    )


def _kind(outcome: "Recovered") -> Kind | None:
    """Return what keeps the answer from being "done": an absent authority first, then a refusal."""
    interruptions: list[Failure] = [one.interruption for one in outcome.carried_out if one.interruption is not None]
    if outcome.delivery.unreachable:
        return Kind.UNAVAILABLE
    failures = [*interruptions, *(one.failure for one in outcome.refused)]
    return failures[0].kind if failures else None


def _refusal_data(refusal: "Refusal") -> dict[str, str]:
    failure = refusal.failure
    return {
        "receipt": refusal.receipt,
        "code": failure.code,
        "ja": failure.message("ja"),
        "en": failure.message("en"),
    }


def _card_line(needed: "CardNeeded", language: Language) -> str:
    if language == "ja":
        return (
            f"{needed.receipt}  製造番号 {needed.card_number} のカードが必要です。"
            "カードを置いて `openjpki window resume --card NAME` を実行してください。"
        )
    return (
        f"{needed.receipt}  needs the card {needed.card_number}: "
        "put it on the reader and run `openjpki window resume --card NAME`."
    )
