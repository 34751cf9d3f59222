"""Answers the questions that clerks ask, each by one command, as a page: the answers are what the command says today."""

import contextlib
import io
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from openjpki.cli.main import main
from tools.draw_procedures import DRAWN


@dataclass(frozen=True)
class Question:
    """What is asked, and the command that answers it."""

    ja: str
    command: str
    """Without `openjpki` and `--lang ja`."""


QUESTIONS: Sequence[Question] = (
    Question(
        "有効期限が2026年8月15日のかたは、いつから更新できますか。",
        "rules renewal-window --expires 2026-08-15",
    ),
    Question(
        "通知が届いたので更新に来たかたがいます。有効期限は2027年4月1日です。今日(2026年11月24日)できますか。",
        "checklist --procedure renewal --applicant self --born 1990-06-10 --signature-expires 2027-04-01 "
        "--authentication-expires 2027-04-01 --card-expires 2032-06-10 --notice --pins known --on 2026-11-24",
    ),
    Question(
        "14歳のお子さんの署名用電子証明書を発行できますか。いつからできますか。",
        "rules eligibility --kind signature --born 2012-04-01 --on 2026-11-24",
    ),
    Question(
        "任意代理人のかたが、本人の更新に来ました。封をした照会書兼回答書と運転免許証をお持ちです。今日できますか。",
        "rules route --procedure renewal --applicant voluntary-agent --inquiry-form sealed --pin-matches "
        "--agent-document drivers-licence:2028-06-10 --on 2026-11-24",
    ),
    Question(
        "暗証番号をロックしたかたが、健康保険証を持ってきました。再設定できますか。",
        "rules route --procedure pin-reset --applicant self --document health-insurance-card --on 2026-11-24",
    ),
    Question(
        "先週引っ越してきたかたです。前の電子証明書はどうなっていますか。",
        "rules revocation --event move --on 2026-11-17",
    ),
    Question(
        "カードをなくして作り直すかたの手数料はいくらですか。",
        "rules fee --reason card-lost --on 2026-11-24",
    ),
    Question(
        "今日更新すると、新しい署名用電子証明書はいつまで使えますか(誕生日は1990年6月10日、カードは2031年6月10日まで、いまの電子証明書は2026年6月10日まで、今日は2026年3月11日)。",
        "rules validity --kind signature --issued 2026-03-11 --born 1990-06-10 --card-expires 2031-06-10 "
        "--replaces-expiring 2026-06-10",
    ),
    Question(
        "2026年5月6日は開庁していますか。",
        "rules office --at 2026-05-06T10:00",
    ),
    Question(
        "髙橋さんと𠮷田さんのお名前は、署名用電子証明書にどう記録されますか。",
        "rules substitute --text 髙橋𠮷田",
    ),
)


_ABOUT = (
    f"{DRAWN}。質問ごとに、答えを出す命令と、その答えです。答えの中の R- は [規則](../rules.md)、S- は市のページの文の番号、"
    "`renewal.not-yet` のような語は案内の番号です。番号の意味は `openjpki rules explain 番号` で調べられます。"
)


def questions_page() -> str:
    """Return `docs/procedures/questions.md`."""
    lines = ["# 窓口でよくある質問", "", _ABOUT, ""]
    for number, question in enumerate(QUESTIONS, start=1):
        answer, status = answered(question)
        lines += [
            f"## {number}. {question.ja}",
            "",
            "```sh",
            f"openjpki {question.command} --lang ja",
            "```",
            "",
            "```text",
            answer,
            "```",
            "",
            *([f"終了状態は {status} です(受け付けられない)。", ""] if status else []),
        ]
    return "\n".join(lines)


def answered(question: Question) -> tuple[str, int]:
    """Return what the command prints, and its exit status."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = main([*shlex.split(question.command), "--lang", "ja"])
    return out.getvalue().rstrip("\n"), status
