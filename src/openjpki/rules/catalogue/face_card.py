"""What is found about the switch to a 顔認証マイナンバーカード and back (R-1.11)."""

from openjpki.rules.finding import Finding

FINDINGS = (
    Finding(
        code="face.signature-ends",
        rule="R-1.11",
        sentence="",
        severity="advice",
        ja="顔認証マイナンバーカードへの切替えにより、署名用電子証明書は失効します。利用者証明用電子証明書はそのまま残ります。",
        en="With the switch the signature certificate ends. The authentication certificate stays.",
    ),
    Finding(
        code="face.uses",
        rule="R-1.11",
        sentence="",
        severity="advice",
        ja="切替え後は、健康保険証としての利用と、カードの表面を見せる本人確認だけができます。マイナポータル、コンビニ交付、e-Taxには使えません。",
        en="It then serves as health insurance card and as identity document to the eye only: not for マイナポータル, certificates at "
        "convenience stores or e-Tax.",
        bring_ja="これらを利用する場合は、通常のカードに戻す切替えを申請してください(無料)。",
        bring_en="To use these have it switched back, free of charge.",
    ),
    Finding(
        code="face.pins-anew",
        rule="R-1.11",
        sentence="",
        also=("R-6.1", "R-6.5"),
        severity="advice",
        ja="通常のカードへの切替えにより、暗証番号を新しく設定します。署名用電子証明書は、あらためて申請すれば発行できます。",
        en="With the switch back PINs are set anew. A signature certificate is issued on an application of its own.",
        bring_ja="新しい暗証番号をあらかじめ考えてきてください。",
        bring_en="Think of new PINs beforehand.",
    ),
    Finding(
        code="face.pins-by-holder",
        rule="R-1.11",
        sentence="",
        also=("R-6.4", "R-6.5"),
        severity="advice",
        ja="切替えは代理人でもできますが、暗証番号は代理人には設定できません。",
        en="An agent can have the card switched, but cannot set its PINs.",
        bring_ja="ご本人が後日窓口で暗証番号を設定するか、封をした回答書に暗証番号を記入してください。",
        bring_en="The holder sets the PINs at the window later, or writes them into a sealed reply.",
    ),
)
