"""What is found about the address of a holder under 支援措置 (`docs/divergences.md`)."""

from openjpki.rules.finding import Finding

FINDINGS = (
    Finding(
        code="address.withheld",
        rule="R-2.26",
        sentence="",
        severity="refusal",
        ja="ご本人以外のかたには、住所を表示した画面や書類をお見せできません。",
        en="Nobody but the holder is shown a screen or paper that has the address.",
        bring_ja="住所の記載された書類が必要な場合は、ご本人がお越しください。",
        bring_en="If a paper with the address is needed, the holder comes in person.",
    ),
    Finding(
        code="address.in-the-certificate",
        rule="R-0.3",
        sentence="",
        also=("R-1.9",),
        severity="advice",
        ja="署名用電子証明書には住所が記録されます。署名した文書や電子証明書の写しを渡した相手は、住所を知ることができます。",
        en="A signature certificate carries the address: whoever gets a document signed with it, or its printed copy, can "
        "read where the holder lives.",
    ),
)
