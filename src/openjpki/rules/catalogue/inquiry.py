"""What is found about the inquiry letter on its way (R-2.24)."""

from openjpki.rules.catalogue.phrases import OWN_ID_EN, OWN_ID_JA
from openjpki.rules.finding import Finding

FINDINGS = (
    Finding(
        code="inquiry.reply-until",
        rule="R-2.24",
        sentence="S-15",
        severity="advice",
        ja="回答書は{until}までにお持ちください。",
        en="The reply counts through {until}.",
        bring_ja="ご本人が記入し封をした回答書、マイナンバーカード、必要書類をお持ちください。",
        bring_en="Bring the reply filled in and sealed by the holder, the My Number card and the papers it names.",
    ),
    Finding(
        code="inquiry.lapsed",
        rule="R-2.24",
        sentence="S-15",
        also=("R-4.7",),
        severity="refusal",
        ja="回答書の期限の{last}を過ぎています。この回答書では手続きできません。",
        en="The term of the reply ended on {last}: this reply form cannot be used.",
        bring_ja="もう一度申請してください。新しい照会書兼回答書をご本人あてに郵送します。",
        bring_en="Apply again: a new inquiry letter goes to the holder by post.",
    ),
    Finding(
        code="inquiry.reply-not-counted",
        rule="R-2.24",
        sentence="S-15",
        severity="advice",
        ja="お持ちの回答書は、期限の{last}を過ぎているため、回答書がないものとして手続きします。",
        en="The reply form's term ended on {last}: the visit is judged as if it had not been brought.",
    ),
    Finding(
        code="inquiry.mail-returned",
        rule="R-2.24",
        sentence="S-15",
        severity="refusal",
        ja="照会書兼回答書が届かずに返送されたため、申請は取り消されました。",
        en="The inquiry letter came back undelivered: the application is cancelled.",
        bring_ja=f"住民登録の住所をご確認のうえ、ご本人が{OWN_ID_JA}をお持ちください。",
        bring_en=f"Check the registered address; then the holder comes with {OWN_ID_EN}.",
    ),
    Finding(
        code="inquiry.address-flagged",
        rule="R-2.24",
        sentence="S-15",
        severity="refusal",
        ja="住民登録の住所に郵便が届かなかったため、照会書兼回答書を送ることができません。",
        en="Mail to the registered address has come back, so that no inquiry letter can be sent.",
        bring_ja="先に住所の届出をしてください。ご本人が来庁して本人確認ができる場合は、照会書は必要ありません。",
        bring_en="Report the address first. Where the holder comes in person and can be identified, no letter is needed.",
    ),
)
