"""`openjpki status`: whether a home can do its work now."""

import argparse

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.errors import Kind
from openjpki.site.opening import opened

_NAMES = {
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

_FIGURES_JA = {
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
    "older": "それより前",
}
"""A figure's Japanese word; one without (the ages of orders) is said as it is named."""


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "status",
        help="whether the home can do its work now",
        description="Ask what `/readyz` asks: databases, tables, keys, lists, disk, and what waits. Exit 0 or 4.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Answer:
    """Ask every check."""
    with opened(arguments.home) as house:
        from openjpki.site.watching.health import look

        health = look(house)
    column = 0 if language_of(arguments) == "ja" else 1
    words = {True: ("良好", "sound"), False: ("異常", "NOT SOUND")}
    warning = ("要確認", "look at this")
    lines = []
    for name, finding in health.findings.items():
        said = warning[column] if finding.sound and finding.warning else words[finding.sound][column]
        words_of_figures = _FIGURES_JA if column == 0 else {}
        figures = ", ".join(
            f"{words_of_figures.get(figure, figure)} {value}" for figure, value in finding.figures.items()
        )
        lines.append(f"{_NAMES[name][column]}: {said}" + (f" ({figures})" if figures else ""))
    return Answer(data=health.as_data(), lines=lines, kind=None if health.ready else Kind.UNAVAILABLE)
