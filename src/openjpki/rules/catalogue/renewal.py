"""What is found about the renewal window (R-3.8, R-3.10, R-7)."""

from openjpki.rules.catalogue.phrases import OWN_ID_EN, OWN_ID_JA, PIN_OR_ID_EN, PIN_OR_ID_JA
from openjpki.rules.finding import Finding

FINDINGS = (
    Finding(
        code="renewal.not-yet",
        rule="R-3.8",
        sentence="S-33",
        also=("R-7.1", "S-31"),
        severity="refusal",
        ja="更新期間は{opens}から{closes}までです。通知が届いていても、更新期間前には手続きできません。",
        en="The renewal runs from {opens} to {closes}. It cannot be done before, even if the notice has arrived.",
        bring_ja="{first}以降の開庁日にお越しください。",
        bring_en="Come on {first} or on a later open day.",
    ),
    Finding(
        code="renewal.no-open-day",
        rule="R-4.7",
        sentence="S-31",
        also=("R-2.2", "R-3.8", "S-36"),
        severity="refusal",
        ja="更新期間は{closes}までですが、その日までに窓口の開く日はもうありません。次に窓口の開く{next}には、更新ではなく新規発行の手続きになります。",
        en="The renewal runs to {closes}, but the window does not open any more up to that day. On {next}, its next open day, "
        "it is a new issue and no renewal.",
        bring_ja=f"新規発行のため、{{next}}以降の開庁日に{PIN_OR_ID_JA}",
        bring_en=f"For the new issue bring, on {{next}} or on a later open day, {PIN_OR_ID_EN}.",
    ),
    Finding(
        code="renewal.closed-day",
        rule="R-4.4",
        sentence="S-38",
        also=("R-4.7",),
        severity="refusal",
        ja="{on}は閉庁日です。次に窓口の開くのは{next}です。",
        en="{on} is a closed day. The window opens next on {next}.",
        bring_ja="{next}以降の開庁日にお越しください。",
        bring_en="Come on {next} or on a later open day.",
    ),
    Finding(
        code="renewal.over",
        rule="R-3.10",
        sentence="S-35",
        also=("R-2.2", "S-36"),
        severity="refusal",
        ja="更新期間は{closes}で終わりました。更新ではなく、新規発行の手続きで再び利用できます。",
        en="The renewal period ended on {closes}. The certificate can be used again after a new issue, not a renewal.",
        bring_ja=f"新規発行のため、{PIN_OR_ID_JA}",
        bring_en=f"For the new issue bring {PIN_OR_ID_EN}.",
    ),
    Finding(
        code="renewal.letter-too-late",
        rule="R-3.8",
        sentence="S-31",
        also=("R-2.2", "R-2.24", "R-4.7", "S-15", "S-36"),
        severity="refusal",
        ja="更新できる最後の開庁日は{last}です。照会書兼回答書による手続きは早くても{soonest}になり、間に合いません。"
        "その後は、更新ではなく新規発行の手続きになります。",
        en="The last open day of the renewal is {last}. By the inquiry letter it could be done on {soonest} at the soonest: too "
        "late. After it, it is a new issue and no renewal.",
        bring_ja=f"{{last}}までに、ご本人が{OWN_ID_JA}をお持ちください。",
        bring_en=f"The holder comes by {{last}} with {OWN_ID_EN}.",
    ),
    Finding(
        code="renewal.card-first",
        rule="R-7.5",
        sentence="",
        severity="refusal",
        ja="マイナンバーカードも{expires}に有効期限を迎えます。電子証明書だけを更新しても有効期限は延びません。",
        en="The My Number card ends on {expires} as well: renewing the certificate alone would gain nothing.",
        bring_ja="先に新しいマイナンバーカードの交付を申請してください。",
        bring_en="Apply for a new My Number card first.",
    ),
    Finding(
        code="renewal.notice-required",
        rule="R-7.1",
        sentence="S-40",
        severity="refusal",
        ja="この市区町村では、更新に有効期限通知書が必要です。",
        en="This municipality asks for the expiry notice at a renewal.",
        bring_ja="有効期限通知書をお持ちください。",
        bring_en="Bring the expiry notice.",
    ),
)
