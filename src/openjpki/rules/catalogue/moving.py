"""What is found about the card after a move, and on leaving Japan (R-2.13, R-2.14)."""

from openjpki.rules.catalogue.phrases import OWN_ID_EN, OWN_ID_JA
from openjpki.rules.finding import Finding

FINDINGS = (
    Finding(
        code="moving.card-goes-on",
        rule="R-2.13",
        sentence="S-26",
        also=("R-5.3", "R-5.21", "R-5.22", "S-25", "S-27"),
        severity="advice",
        ja="カードに新しい住所を記載し、続けて使えるようにします。署名用電子証明書は住所の変更により失効します。再発行は無料です。",
        en="The new address is written on the card, which goes on being used. The signature certificate ends with the move; "
        "a new one is free.",
        bring_ja="暗証番号の入力が必要です。あらかじめご確認ください。",
        bring_en="The PINs are typed in: check them beforehand.",
    ),
    Finding(
        code="moving.card-goes-on-without-pin",
        rule="R-2.13",
        sentence="",
        also=("R-1.11", "R-5.21"),
        severity="advice",
        ja="カードに新しい住所を記載し、続けて使えるようにします。顔認証マイナンバーカードのため、暗証番号は必要ありません。",
        en="The new address is written on the card, which goes on being used. It identifies by face: no PIN is typed in.",
    ),
    Finding(
        code="moving.card-goes-on-represented",
        rule="R-2.13",
        sentence="S-09",
        also=("R-1.3", "R-1.7", "R-5.3", "R-5.21", "R-6.5", "S-25"),
        severity="advice",
        ja="カードに新しい住所を記載し、続けて使えるようにします。利用者証明用電子証明書はそのまま使えます。"
        "署名用電子証明書をお持ちの場合は、住所の変更により失効します。",
        en="The new address is written on the card, which goes on being used, and so does the authentication certificate. A "
        "signature certificate, if there is one, ends with the move.",
        bring_ja="法定代理人のかたが暗証番号を入力します。あらかじめご確認ください。",
        bring_en="The legal representative types the PINs in: check them beforehand.",
    ),
    Finding(
        code="moving.card-goes-on-by-agent",
        rule="R-2.13",
        sentence="S-26",
        also=("R-2.25", "R-5.3", "R-5.21", "R-5.22", "R-6.5", "S-25", "S-27"),
        severity="advice",
        ja="カードに新しい住所を記載し、続けて使えるようにします。署名用電子証明書は住所の変更により失効します。再発行は無料です。"
        "暗証番号は、ご本人以外のかたには入力していただけません。",
        en="The new address is written on the card, which goes on being used. The signature certificate ends with the move; "
        "a new one is free. Nobody but the holder types the PINs in.",
        bring_ja="暗証番号が必要なときは、ご本人が暗証番号を書き、封をした書類から職員が入力します。封を開けずにお持ちください。",
        bring_en="Where a PIN is needed the clerk types it from the paper that the holder wrote and sealed: bring it unopened.",
    ),
    Finding(
        code="moving.letter-too-late",
        rule="R-5.21",
        sentence="",
        also=("R-2.13", "R-2.24", "R-4.7"),
        severity="refusal",
        ja="継続利用の期限は{last}です。照会書兼回答書による手続きは早くても{soonest}になり、期限に間に合いません。"
        "期限を過ぎると、カードと2つの電子証明書は失効します。",
        en="The continued use has to be asked for by {last}. By the inquiry letter it could be done on {soonest} at the "
        "soonest: too late. After the term the card is void, and both certificates with it.",
        bring_ja=f"{{last}}までに、ご本人が{OWN_ID_JA}をお持ちください。",
        bring_en=f"The holder comes by {{last}} with {OWN_ID_EN}.",
    ),
    Finding(
        code="moving.second-visit-in-time",
        rule="R-5.21",
        sentence="",
        also=("R-2.24", "R-4.7"),
        severity="advice",
        ja="2回目の来庁も、継続利用の期限の{last}までにお済ませください。期限を過ぎると、カードと2つの電子証明書は失効します。",
        en="The second visit has to be made by {last} as well: after it the card is void, and both certificates with it.",
        bring_ja="照会書の郵送にかかる日数を見込んで、早めに手続きしてください。",
        bring_en="Be early: the letter takes some days by post.",
    ),
    Finding(
        code="moving.nationals-only",
        rule="R-2.14",
        sentence="",
        also=("R-1.1",),
        severity="refusal",
        ja="国外継続利用ができるのは、日本国籍のかたに限ります。",
        en="Only Japanese nationals can go on using the card abroad.",
        bring_ja="国外転出の届出のときに、マイナンバーカードを返納してください。",
        bring_en="Return the My Number card when the leaving is reported.",
    ),
)
