"""`openjpki authority check`: what is really stored and really served, held against profile, rows and journal."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from openjpki.cli.answer import Answer, Commands, language_of
from openjpki.cli.counted import counted
from openjpki.errors import Kind, Language
from openjpki.site.opening import opened

if TYPE_CHECKING:
    from openjpki.authority.checking.check import Report  # Django must be set up before its modules are loaded

_PARTS = {
    "ja": {"authorities": "認証局とOCSP応答者", "certificates": "証明書", "lists": "失効リスト", "served": "配信"},
    "en": {
        "authorities": "CAs and responders",
        "certificates": "certificates",
        "lists": "revocation lists",
        "served": "served",
    },
}
_SOUND = {"ja": "問題は見つかりませんでした({counts})。", "en": "Nothing is wrong ({counts})."}
_EMPTY = {
    "ja": "認証局の鍵がまだないため、確認するものがありません。鍵生成の式を行ってください(`openjpki authority ceremony --help`)。",
    "en": "There is nothing to check: the authority has no CA key yet. Hold a key ceremony (`openjpki authority ceremony --help`).",
}
_NEXT = {
    "ja": "電子証明書や行の相違は、データベースを保存して、直前の正常なバックアップと比べてください。公開ファイルだけの相違は `openjpki authority resume` が書き直します。",
    "en": "Of a certificate or row that differs keep the database, and compare it with the last sound backup; public files alone are written anew by `openjpki authority resume`.",
}


def add(acts: Commands) -> None:
    """Add the command."""
    parser = acts.add_parser(
        "check",
        help="hold what is stored and served against profile, rows and journal",
        description="Lint every stored certificate and newest list again, hold them against rows, journal and public folder, "
        "and name what is wrong. Nothing is written.",
    )
    parser.add_argument("--served", metavar="URL", help="what is served there too: CA certificates, lists, OCSP")
    parser.set_defaults(run=check)


def check(arguments: argparse.Namespace) -> Answer:
    """Check the home, and what is served at an address."""
    from openjpki.authority.checking.fetching import address

    served = None if arguments.served is None else address(arguments.served)
    language = language_of(arguments)
    with opened(arguments.home) as house:
        from openjpki.authority.checking.check import check as checked

        report = checked(house.authority, address=served, progress=_Progress(language))
    kind = None if report.sound else Kind.UNAVAILABLE if report.only_unreachable else Kind.REFUSED
    return Answer(data=_data(report), lines=_lines(report, language), kind=kind)


class _Progress:
    """Says on stderr how far a long check has come, where somebody looks."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __call__(self, part: str, count: int) -> None:
        """Write the count over the one before."""
        if count and sys.stderr.isatty():
            print(f"\r{_PARTS[self._language][part]}: {count}\x1b[K", end="", file=sys.stderr, flush=True)


def _data(report: "Report") -> dict[str, Any]:
    return {
        "sound": report.sound,
        "looked_at": report.looked_at,
        "found": report.found,
        "problems": [
            {
                "code": one.kind.value.code,
                "subject": one.subject,
                "detail": one.detail,
                "ja": one.message("ja"),
                "en": one.message("en"),
            }
            for one in report.problems
        ],
    }


def _lines(report: "Report", language: Language) -> list[str]:
    counts = ", ".join(f"{_PARTS[language][part]}: {count}" for part, count in report.looked_at.items() if count)
    if report.sound:
        return [_SOUND[language].format(counts=counts) if counts else _EMPTY[language]]
    head = {"ja": f"問題が{report.found}件あります", "en": counted(report.found, "problem")}[language]
    problems = [f"[{one.kind.value.code}] {one.message(language)}" for one in report.problems]
    return [
        {"ja": f"{head}({counts})。", "en": f"{head} ({counts})."}[language],
        *problems,
        *([] if report.only_unreachable else [_NEXT[language]]),
    ]
