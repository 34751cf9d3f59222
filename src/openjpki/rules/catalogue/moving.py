"""What is found about the card after a move, and on leaving Japan (R-2.13, R-2.14)."""

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
