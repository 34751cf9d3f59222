"""What is found about resetting a PIN at a kiosk (R-6.6)."""

from openjpki.rules.catalogue.phrases import OWN_ID_EN, OWN_ID_JA
from openjpki.rules.finding import Finding

_AT_THE_WINDOW_JA = f"窓口で再設定できます。ご本人が{OWN_ID_JA}をお持ちください。"
_AT_THE_WINDOW_EN = f"It is done at the window: the holder brings {OWN_ID_EN}."

FINDINGS = (
    Finding(
        code="kiosk.free",
        rule="R-6.6",
        sentence="",
        severity="advice",
        ja="コンビニ等のキオスク端末で、無料で暗証番号を再設定できます({places_ja})。",
        en="The PIN can be reset at a kiosk, free of charge: {places_en}.",
        bring_ja="マイナンバーカードをお持ちください。もう一方の暗証番号を入力します。",
        bring_en="Bring the My Number card; the other PIN is entered there.",
    ),
    Finding(
        code="kiosk.window-only",
        rule="R-6.6",
        sentence="S-61",
        also=("R-6.3", "R-6.5"),
        severity="refusal",
        ja="住民基本台帳用と券面事項入力補助用の暗証番号は、キオスク端末では再設定できません。",
        en="The resident-record and card-face PINs cannot be reset at a kiosk.",
        bring_ja=_AT_THE_WINDOW_JA,
        bring_en=_AT_THE_WINDOW_EN,
    ),
    Finding(
        code="kiosk.other-pin-unknown",
        rule="R-6.6",
        sentence="S-61",
        also=("R-6.3",),
        severity="refusal",
        ja="もう一方の暗証番号も不明またはロックされているため、キオスク端末では再設定できません。",
        en="The other PIN is unknown or locked as well, so that no kiosk can help.",
        bring_ja=_AT_THE_WINDOW_JA,
        bring_en=_AT_THE_WINDOW_EN,
    ),
    Finding(
        code="kiosk.certificate-not-in-force",
        rule="R-6.6",
        sentence="S-61",
        also=("R-6.3",),
        severity="refusal",
        ja="キオスク端末での再設定には、署名用と利用者証明用の電子証明書がどちらも有効であることが必要です。",
        en="A kiosk takes a card only if both its certificates are in force.",
        bring_ja=_AT_THE_WINDOW_JA,
        bring_en=_AT_THE_WINDOW_EN,
    ),
    Finding(
        code="kiosk.app-first",
        rule="R-6.6",
        sentence="",
        severity="refusal",
        ja="先に、スマートフォンのアプリ「JPKI暗証番号リセット」で予約してください。",
        en="The reset is applied for with the app JPKI暗証番号リセット first.",
        bring_ja="アプリでカードと顔の撮影を済ませ、{hours}時間以内にキオスク端末で再設定してください。",
        bring_en="Have card and face photographed by the app, and go to a kiosk within {hours} hours.",
    ),
    Finding(
        code="kiosk.too-late",
        rule="R-6.6",
        sentence="",
        severity="refusal",
        ja="アプリでの予約から{hours}時間が過ぎています。",
        en="More than {hours} hours have passed since the app took the application.",
        bring_ja="アプリで予約をやり直し、{hours}時間以内にキオスク端末で再設定してください。",
        bring_en="Apply with the app again, and go to a kiosk within {hours} hours.",
    ),
    Finding(
        code="kiosk.closed",
        rule="R-6.6",
        sentence="",
        severity="refusal",
        ja="キオスク端末での再設定は、{opens}から{closes}までです。",
        en="Kiosks take resets from {opens} to {closes}.",
        bring_ja="{opens}から{closes}までの間にご利用ください。",
        bring_en="Go there between {opens} and {closes}.",
    ),
)
