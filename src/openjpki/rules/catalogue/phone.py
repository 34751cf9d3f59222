"""What is found about the certificates on a phone (R-2.11)."""

from openjpki.rules.catalogue.phrases import OWN_ID_EN, OWN_ID_JA
from openjpki.rules.finding import Finding

FINDINGS = (
    Finding(
        code="phone.at-once",
        rule="R-2.11",
        sentence="",
        severity="advice",
        ja="スマートフォン用電子証明書は、申し込むとすぐに使えます。",
        en="The certificates on the phone can be used at once.",
        bring_ja="機種変更、修理、譲渡の前には、アプリで失効の手続きをしてください。初期化しても電子証明書は消えません。",
        bring_en="Have them revoked in the app before the phone is changed, repaired or given away: a reset does not erase "
        "them.",
    ),
    Finding(
        code="phone.holder-only",
        rule="R-2.11",
        sentence="",
        severity="refusal",
        ja="スマートフォン用電子証明書は、ご本人だけが申し込めます。代理人は申し込めません。",
        en="Only the holder asks for the certificates on a phone, and no representative or agent.",
        bring_ja="ご本人が、ご自身のスマートフォンのアプリで申し込んでください。",
        bring_en="The holder applies in the app, on a phone of their own.",
    ),
    Finding(
        code="phone.online-only",
        rule="R-2.11",
        sentence="",
        severity="refusal",
        ja="スマートフォン用電子証明書の申込みは、窓口では受け付けていません。",
        en="The certificates on a phone are not asked for at the window.",
        bring_ja="スマートフォンのアプリで、マイナンバーカードと署名用電子証明書の暗証番号を使って申し込んでください。",
        bring_en="Apply in the app, with the My Number card and the signature PIN.",
    ),
    Finding(
        code="phone.signature-first",
        rule="R-2.11",
        sentence="",
        also=("R-2.2",),
        severity="refusal",
        ja="マイナンバーカードの署名用電子証明書が有効でないため、スマートフォン用電子証明書を申し込めません。",
        en="The card's signature certificate is not in force, so that nothing can be asked for on the phone.",
        bring_ja=f"先に窓口で署名用電子証明書の発行を受けてください。{OWN_ID_JA}をお持ちください。",
        bring_en=f"Have a signature certificate issued at the window first: bring {OWN_ID_EN}.",
    ),
    Finding(
        code="phone.pin-needed",
        rule="R-2.11",
        sentence="",
        also=("R-6.3", "R-6.6"),
        severity="refusal",
        ja="署名用電子証明書の暗証番号が一致しないため、申し込めません。",
        en="The signature PIN does not match.",
        bring_ja=f"暗証番号は、窓口またはコンビニ等のキオスク端末で再設定できます。窓口には{OWN_ID_JA}をお持ちください。",
        bring_en=f"The PIN is set anew at the window, with {OWN_ID_EN}, or at a kiosk.",
    ),
)
