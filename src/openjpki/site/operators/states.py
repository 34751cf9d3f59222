"""How far things have come, in words: what the operators' pages and the command line call it, Japanese and English."""

from collections.abc import Mapping
from typing import TypeAlias

Words: TypeAlias = tuple[str, str]
"""Japanese, English."""

ACT_STATES: Mapping[str, Words] = {
    "proposed": ("承認待ち", "waits for approvals"),
    "approved": ("承認済み", "approved"),
    "begun": ("実行中", "begun"),
    "done": ("実行済み", "done"),
    "expired": ("期限切れ", "expired"),
}
KEY_DOES: Mapping[str, Words] = {
    "issuing": ("発行中", "issues"),
    "waiting": ("発行開始前", "does not issue yet"),
    "lists-only": ("失効リスト・OCSPのみ", "signs lists and answers only"),
    "compromised": ("危殆化", "compromised: signs lists and answers only"),
    "terminating": ("終了手続中", "is being terminated"),
    "destroyed": ("終了・鍵廃棄済み", "terminated, its key destroyed"),
    "expired": ("有効期間満了", "expired"),
}
CHECK_NAMES: Mapping[str, Words] = {
    "databases": ("データベース", "databases"),
    "tables": ("表の版", "tables"),
    "control": ("複数人の承認", "dual control"),
    "keys": ("署名鍵", "keys"),
    "lists": ("失効リスト", "revocation lists"),
    "disk": ("ディスク", "disk"),
    "outbox": ("送信待ち", "outbox"),
    "orders": ("処理中の注文", "open orders"),
    "records": ("監査記録の封印", "sealing of the audit records"),
    "upkeep": ("定期処理", "upkeep"),
}

FIGURES_JA: Mapping[str, str] = {
    "code": "エラーコード",
    "differences": "相違",
    "required": "必要な承認の人数",
    "in_force": "有効な世代",
    "nobody_issues": "発行できる世代がない種類",
    "lists": "件数",
    "run_out": "期限切れ",
    "late": "更新の遅れ",
    "next_update_seconds": "次の期限までの秒数",
    "first": "最初に期限が来るもの",
    "free_bytes": "空きバイト数",
    "waiting": "送信待ち",
    "oldest_seconds": "最も古いものの秒数",
    "refused": "拒否",
    "paused": "停止中",
    "unsealed": "未封印",
    "rounds": "実行回数",
    "failures": "失敗",
    "succeeded_seconds_ago": "最後の成功からの秒数",
    "hour": "1時間以内",
    "day": "1日以内",
    "week": "1週間以内",
    "older": "それより前",
}
"""A figure's Japanese word; one without is said as it is named."""
