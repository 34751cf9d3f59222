"""What is found about records that are kept (R-2.26)."""

from openjpki.rules.finding import Finding

FINDINGS = (
    Finding(
        code="retention.keep",
        rule="R-2.26",
        sentence="",
        severity="refusal",
        ja="この記録の保存期間は{until}までです。まだ廃棄できません。",
        en="This record is kept through {until} and cannot be destroyed yet.",
        bring_ja="{destroy}以降に廃棄してください。",
        bring_en="Destroy it on {destroy} or later.",
    ),
    Finding(
        code="retention.over",
        rule="R-2.26",
        sentence="",
        severity="advice",
        ja="この記録の保存期間は{until}で終わりました。",
        en="This record had to be kept through {until}.",
        bring_ja="写しや控えも含めて廃棄し、廃棄した日と方法を記録してください。",
        bring_en="Destroy it with all its copies, and note the day and the way.",
    ),
)
