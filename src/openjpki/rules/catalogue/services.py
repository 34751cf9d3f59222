"""What is found about the hours of the public services (R-4.6)."""

from openjpki.rules.finding import Finding

FINDINGS = (
    Finding(
        code="service.convenience-store-closed",
        rule="R-4.6",
        sentence="S-06",
        also=("R-0.4",),
        severity="refusal",
        ja="コンビニ交付は、ただいま利用できません。利用できるのは{opens}から{closes}までで、年末年始と保守の日を除きます。",
        en="Certificates cannot be had at convenience stores now: from {opens} to {closes}, not at the turn of the year nor "
        "on days of maintenance.",
        bring_ja="時間内にもう一度ご利用いただくか、開庁時間に窓口で請求してください。",
        bring_en="Try again within these hours, or ask at the window when it is open.",
    ),
)
