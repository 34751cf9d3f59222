"""What `openjpki audit` answers: verdicts and purges as data and as lines."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from openjpki.audit.faults import Fault, Remark
from openjpki.audit.verification import Verdict
from openjpki.errors import Language

if TYPE_CHECKING:
    from openjpki.audit.purging import Purged  # Django must be set up before its modules are loaded

_VALID = {
    "ja": "{role}: 完全です(記録 {records} 件、封印 {batches} 件)。",
    "en": "{role}: whole (records: {records}, seals: {batches}).",
}
_BROKEN = {"ja": "{role}: 完全ではありません。{message}", "en": "{role}: broken. {message}"}
_PURGED = {
    "ja": "  保存期間が過ぎて削除されたもの: 記録 {records} 件、封印 {batches} 件",
    "en": "  purged when their time was over: records {records}, seals {batches}",
}
_PERSONAL = {
    "ja": "  個人情報: 確認 {personal} 件、削除済みまたは書き出し対象外 {forgotten} 件",
    "en": "  personal data: {personal} checked, {forgotten} deleted or not exported",
}
_UNSEALED = {
    "ja": "  まだ封印していない記録: {count} 件",
    "en": "  not sealed yet: {count}",
}


def verdict_data(verdict: Verdict, unsealed: int, remarks: Sequence[Remark]) -> dict[str, Any]:
    """Return a verdict as JSON-ready data."""
    return {
        "role": verdict.role,
        "valid": verdict.fault is None,
        "fault": fault_data(verdict.fault) if verdict.fault else None,
        "records": verdict.records,
        "batches": verdict.batches,
        "purged": {"records": verdict.purged_records, "batches": verdict.purged_batches},
        "personal": {"checked": verdict.personal, "forgotten": verdict.forgotten},
        "unsealed": unsealed,
        "head": str(verdict.head) if verdict.head else None,
        "remarks": [{"code": one.value.code, "ja": one.value.ja, "en": one.value.en} for one in remarks],
    }


def fault_data(fault: Fault) -> dict[str, Any]:
    """Return a fault as JSON-ready data; a number that does not apply is None."""
    return {
        "code": fault.kind.value.code,
        "record": fault.sequence or None,
        "last_record": fault.last or None,
        "batch": fault.batch or None,
        "row": fault.row or None,
        "ja": fault.message("ja"),
        "en": fault.message("en"),
    }


def verdict_lines(verdict: Verdict, unsealed: int, remarks: Sequence[Remark], language: Language) -> list[str]:
    """Return a verdict as a person reads it: the verdict, and below it what else there is to know."""
    if verdict.fault is not None:
        lines = [_BROKEN[language].format(role=verdict.role, message=verdict.fault.message(language))]
    else:
        lines = [_VALID[language].format(role=verdict.role, records=verdict.records, batches=verdict.batches)]
    if verdict.purged_batches:
        lines.append(_PURGED[language].format(records=verdict.purged_records, batches=verdict.purged_batches))
    if verdict.personal or verdict.forgotten:
        lines.append(_PERSONAL[language].format(personal=verdict.personal, forgotten=verdict.forgotten))
    if unsealed:
        lines.append(_UNSEALED[language].format(count=unsealed))
    if verdict.head:
        lines.append(f"  {verdict.head}")
    return [*lines, *(f"  {one.value.ja if language == 'ja' else one.value.en}" for one in remarks)]


def purged_data(role: str, purged: "Purged") -> dict[str, Any]:
    """Return what left as JSON-ready data."""
    return {"role": role, "records": purged.records, "batches": purged.batches, "personal": purged.personal}


def purged_lines(purged: "Purged", language: Language) -> list[str]:
    """Return what left as a person reads it."""
    told = {
        "ja": f"削除しました: 記録 {purged.records} 件、封印 {purged.batches} 件、個人情報 {purged.personal} 件。",
        "en": f"Purged: records {purged.records}, seals {purged.batches}, personal values {purged.personal}.",
    }
    return [told[language]]
