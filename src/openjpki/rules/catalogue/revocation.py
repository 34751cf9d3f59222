"""What is found about ending and holding a certificate (R-2.5 to R-2.8)."""

from openjpki.rules.finding import Finding

FINDINGS = (
    Finding(
        code="hold.by-telephone",
        rule="R-2.7",
        sentence="",
        severity="advice",
        ja="一時保留(カードの一時停止)は、電話で24時間365日受け付けています(0120-95-0178(無料)または0570-783-578)。"
        "国外からも電話できます。電話での解除はできません。",
        en="A hold is taken by telephone at any hour (0120-95-0178, free of charge, or 0570-783-578), from abroad as well. It "
        "is never lifted by telephone.",
    ),
)
