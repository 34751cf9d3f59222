"""What is found about the fee of a card made anew, and about paying back (R-4.1, R-4.2)."""

from openjpki.rules.finding import Finding

FINDINGS = (
    Finding(
        code="fee.remake",
        rule="R-4.1",
        sentence="S-18",
        severity="advice",
        ja="再交付の手数料は{yen:,}円です(カード{card_yen:,}円、電子証明書{certificates_yen:,}円)。",
        en="Making the card anew costs {yen:,} yen (card {card_yen:,}, certificates {certificates_yen:,}).",
        bring_ja="手数料{yen:,}円をお持ちください。",
        bring_en="Bring the {yen:,} yen.",
    ),
    Finding(
        code="fee.disaster-proof",
        rule="R-4.1",
        sentence="",
        severity="advice",
        ja="災害によりカードを失った、または損なったかたの再交付は無料です。",
        en="A card lost or spoilt in a disaster is made anew free of charge.",
        bring_ja="罹災証明書など、災害によることがわかる書類をお持ちください。",
        bring_en="Bring the certificate of the disaster (罹災証明書) or another paper that shows it.",
    ),
    Finding(
        code="fee.theft-proof",
        rule="R-4.1",
        sentence="",
        severity="advice",
        ja="盗難など、ご本人の責任ではない場合の再交付は無料です。",
        en="A card stolen, lost or spoilt through no fault of the holder is made anew free of charge.",
        bring_ja="警察に届け出たかたは受理番号を控えてお越しください。カードが壊れたかたは、そのカードもお持ちください。",
        bring_en="Bring the number of the police report, and a card that is spoilt.",
    ),
    Finding(
        code="fee.refunded",
        rule="R-4.2",
        sentence="",
        severity="advice",
        ja="手続きを取りやめたため、お支払いの{yen:,}円をお返しします。",
        en="The procedure was broken off: the {yen:,} yen paid are given back.",
        bring_ja="領収証をお持ちください。",
        bring_en="Bring the receipt.",
    ),
    Finding(
        code="fee.kept",
        rule="R-4.2",
        sentence="",
        severity="advice",
        ja="この場合の手数料{yen:,}円はお返しできません。",
        en="In this case the {yen:,} yen paid are not given back.",
        bring_ja="詳しくは窓口におたずねください。",
        bring_en="Ask at the window for the reasons.",
    ),
)
