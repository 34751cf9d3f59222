"""How `openjpki window …` tells residents, applications and endings: data for `--json`, lines for a clerk."""

from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Any

from openjpki.cli.card_facts import PINS
from openjpki.cli.counted import counted
from openjpki.errors import Failure, Language
from openjpki.rules import words
from openjpki.rules.dates import in_japan
from openjpki.rules.era import spoken
from openjpki.rules.finding import Finding
from openjpki.rules.kinds import CertificateKind, PinKind
from openjpki.rules.revocation import Effect
from openjpki.window.entries import ApplicationEntry, CertificateEntry, FeeEntry, FindingEntry, ResidentEntry
from openjpki.window.states import RESIDENT_STATES_JA, OrderStep

_JA: dict[Enum, str] = {
    **RESIDENT_STATES_JA,
    OrderStep.PLANNED: "未着手",
    OrderStep.KEYED: "鍵作成済み",
    OrderStep.ISSUED: "証明書受領済み",
    OrderStep.WRITTEN: "カード書込み済み",
    OrderStep.CONFIRMED: "有効化済み",
    OrderStep.ACTIVE: "カードで使用中",
}


def word(member: Enum, language: Language) -> str:
    """Return a word as a clerk reads it: the window's own, or the rules'."""
    return _JA[member] if language == "ja" and member in _JA else words.word(member, language)


def resident_data(entry: ResidentEntry) -> dict[str, Any]:
    """Return a person as JSON-ready data."""
    return {
        "resident_code": entry.resident_code,
        "name": entry.name,
        "kana": entry.kana,
        "address": entry.address,
        "birth_date": entry.birth_date.isoformat(),
        "sex": entry.sex.value,
        "state": entry.state.value,
        "resident_since": entry.resident_since.isoformat(),
        "residence_status": entry.stay.status.value,
        "stay_until": entry.stay.until.isoformat() if entry.stay.until else None,
        "cards": [
            {"card_number": card.card_number, "state": card.state.value, "expires": card.expires.isoformat()}
            for card in entry.cards
        ],
        "certificates": [certificate_data(certificate) for certificate in entry.certificates],
    }


def certificate_data(entry: CertificateEntry) -> dict[str, Any]:
    """Return a certificate as JSON-ready data."""
    return {
        "kind": entry.kind.value,
        "serial": entry.serial,
        "state": entry.state.value,
        "issued": entry.issued_on.isoformat(),
        "expires": entry.expires.isoformat(),
        "reason": entry.reason.value if entry.reason else None,
        "visible_at": entry.visible_at.isoformat() if entry.visible_at else None,
    }


def resident_lines(entry: ResidentEntry, language: Language) -> list[str]:
    """Tell a person with cards and certificates."""
    born = spoken(entry.birth_date, language, weekday=False)
    return [
        f"{entry.resident_code}  {entry.name}  {born}  {word(entry.state, language)}",
        *_stay_lines(entry, language),
        *(
            f"  {card.card_number}  {word(card.state, language)}  {_until(card.expires, language)}"
            for card in entry.cards
        ),
        *(f"  {certificate_line(certificate, language)}" for certificate in entry.certificates),
    ]


def _stay_lines(entry: ResidentEntry, language: Language) -> list[str]:
    """Tell a foreign resident's status, and until when the stay is."""
    if entry.stay.japanese:
        return []
    until = f"  {_until(entry.stay.until, language)}" if entry.stay.until else ""
    return [f"  {word(entry.stay.status, language)}{until}"]


def certificate_line(entry: CertificateEntry, language: Language) -> str:
    """Tell a certificate."""
    state = word(entry.state, language)
    told = word(entry.reason, language) if entry.reason else ""
    reason = f" ({told})" if told not in {"", state} else ""
    return f"{word(entry.kind, language)} No. {entry.serial}  {state}{reason}  {_until(entry.expires, language)}"


def application_data(entry: ApplicationEntry) -> dict[str, Any]:
    """Return an application as JSON-ready data."""
    fee = entry.fee
    return {
        "receipt": entry.receipt,
        "procedure": entry.procedure.value,
        "kinds": [kind.value for kind in entry.kinds],
        "state": entry.state.value,
        "received_at": entry.received_at.isoformat(),
        "policy": entry.policy,
        "approval": {"grounds": [ground.value for ground in entry.approval_grounds], "by": entry.approved_by or None},
        "fee": _fee_data(fee) if fee else None,
        "certificates": [
            {
                "kind": order.kind.value,
                "step": order.step.value,
                "serial": order.serial,
                "expires": order.expires.isoformat() if order.expires else None,
                "because": order.because,
            }
            for order in entry.orders
        ],
        "findings": [finding_data(finding) for finding in entry.findings],
    }


def _fee_data(fee: FeeEntry) -> dict[str, Any]:
    return {"yen": fee.yen, "reason": fee.reason.value, "rules": list(fee.rules), "refunded": fee.refunded}


def application_lines(entry: ApplicationEntry, language: Language) -> list[str]:
    """Tell an application: where it stands, what it costs, how far each certificate is, what was found."""
    lines = [f"{entry.receipt}  {word(entry.procedure, language)}  {word(entry.state, language)}"]
    if entry.fee:
        cited = ", ".join(entry.fee.rules)
        back = f"  {_words(language, '返金', 'paid back')} ¥{entry.fee.refunded:,}" if entry.fee.refunded else ""
        lines.append(
            f"  {_words(language, '手数料', 'fee')} ¥{entry.fee.yen:,}  {word(entry.fee.reason, language)}  [{cited}]{back}"
        )
    if entry.approval_grounds:
        lines.append(f"  {_approval(entry, language)}")
    for order in entry.orders:
        until = f"  {_until(order.expires, language)}" if order.expires else ""
        lines.append(f"  {word(order.kind, language)}: {word(order.step, language)}{until}")
    return lines + finding_lines(entry.findings, language)


def _approval(entry: ApplicationEntry, language: Language) -> str:
    """Tell that a second person is asked for and why, or who approved."""
    grounds = ", ".join(word(ground, language) for ground in entry.approval_grounds)
    if entry.approved_by:
        return f"{_words(language, '承認', 'approved by')} {entry.approved_by}  ({grounds})"
    return f"{_words(language, '別の職員の承認が必要', 'a second person approves')}  ({grounds})"


def finding_data(finding: Finding | FindingEntry) -> dict[str, Any]:
    """Return a finding as JSON-ready data."""
    return {
        "code": finding.code,
        "rule": finding.rule,
        "sentence": finding.sentence,
        "severity": finding.severity,
        "ja": finding.ja,
        "en": finding.en,
        "bring_ja": finding.bring_ja,
        "bring_en": finding.bring_en,
    }


def finding_lines(findings: Iterable[Finding | FindingEntry], language: Language) -> list[str]:
    """Tell findings with their rules, and below each what to bring."""
    lines = []
    for finding in findings:
        cited = ", ".join(filter(None, (finding.rule, finding.sentence)))
        sentence, bring = (finding.ja, finding.bring_ja) if language == "ja" else (finding.en, finding.bring_en)
        lines.append(f"  - {sentence} [{finding.code}; {cited}]")
        if bring:
            lines.append(f"    → {bring}")
    return lines


def effect_data(effect: Effect) -> dict[str, Any]:
    """Return what an event ends, by the rules, as JSON-ready data."""
    return {
        "signature": _ending(effect, CertificateKind.SIGNATURE),
        "authentication": _ending(effect, CertificateKind.AUTHENTICATION),
        "rules": list(effect.rules),
    }


def effect_lines(effect: Effect, language: Language) -> list[str]:
    """Tell what an event does to each of the two certificates."""
    lines = []
    for kind in CertificateKind:
        ending = effect.of(kind)
        reason = word(ending.reason, language) if ending else ""
        if ending is None:
            told = _words(language, "失効しません", "stays")
        elif ending.held:
            told = _words(language, "一時保留されます", f"is held ({reason})")
        else:
            told = _words(language, f"失効します({reason})", f"ends ({reason})")
        lines.append(f"  {word(kind, language)}: {told} [{', '.join(effect.rules)}]")
    return lines


def visible_line(ended: Iterable[CertificateEntry], language: Language) -> list[str]:
    """Tell from when verifiers see that a certificate ended: after a register event, from the next day (R-2.28)."""
    moments = [entry.visible_at for entry in ended if entry.visible_at is not None]
    if not moments:
        return []
    seen = in_japan(max(moments))
    told = f"{spoken(seen.date(), language)} {seen:%H:%M}"
    return [
        _words(
            language,
            f"  検証者に失効が見えるのは {told} からです [R-2.28]",
            f"  Verifiers see it from {told} [R-2.28]",
        )
    ]


def unset_lines(unset: Iterable[PinKind], language: Language) -> list[str]:
    """Tell each PIN that the card lacks after its hand-over, and how it is set; nothing if it has them all."""
    return [
        _words(
            language,
            f"{PINS[pin][language]}はまだ設定されていません。`openjpki window pin-reset --kind {pin.value}` で設定します。",
            f"The {PINS[pin][language]} is not set yet: `openjpki window pin-reset --kind {pin.value}` sets it.",
        )
        for pin in unset
    ]


def waiting_line(waiting: int, language: Language) -> list[str]:
    """Tell how many messages about the person still wait for the authority; nothing if none does."""
    if not waiting:
        return []
    return [
        _words(
            language,
            f"機構への送信待ちが{waiting}件あります。理由は `openjpki window queue` で見られます。`openjpki window deliver --now` ですぐに送ります。",
            f"Waiting for the authority: {counted(waiting, 'message')}. `openjpki window queue` says why, `openjpki window deliver --now` sends what waits.",
        )
    ]


def interruption_data(interruption: Failure | None) -> dict[str, str] | None:
    """Return why an application waits, as JSON-ready data."""
    if interruption is None:
        return None
    return {"code": interruption.code, "ja": interruption.message("ja"), "en": interruption.message("en")}


def interruption_lines(interruption: Failure | None, receipt: str, language: Language) -> list[str]:
    """Tell why an application waits, and how it goes on."""
    if interruption is None:
        return []
    told = f"[{interruption.code}] {interruption.message(language)}"
    if interruption.code == "window.approval.awaited":
        command = f"`openjpki window approve --receipt {receipt} --officer LOGIN`"
        return [
            told,
            _words(language, f"別の職員が {command} で承認します。", f"Another officer approves it: {command}."),
        ]
    return [
        told,
        _words(
            language,
            f"申請は受付済みです。`openjpki window resume --receipt {receipt}` で再開します。",
            f"The application is kept. Go on with `openjpki window resume --receipt {receipt}`.",
        ),
    ]


def _ending(effect: Effect, kind: CertificateKind) -> dict[str, Any] | None:
    ending = effect.of(kind)
    return {"ends": ending.ends.isoformat(), "reason": ending.reason.value, "held": ending.held} if ending else None


def _until(day: date, language: Language) -> str:
    return _words(language, f"{spoken(day, language)}まで", f"until {spoken(day, language)}")


def _words(language: Language, ja: str, en: str) -> str:
    return ja if language == "ja" else en
