"""What is found on an application's way from the identity to the issue (R-2.27, R-4.1, R-6.3, R-6.5)."""

from openjpki.rules.finding import Finding

FINDINGS = (
    Finding(
        code="application.pin-first",
        rule="R-6.3",
        sentence="S-45",
        also=("S-61", "S-63", "R-2.27"),
        severity="refusal",
        ja="暗証番号が一致しないかロックされているため、先に窓口で暗証番号を再設定します。その後でこの手続きを行います。",
        en="The PIN does not match or is locked: it is set anew at the window first, then this procedure goes on.",
        bring_ja="新しい暗証番号を考えてきてください。再設定には、マイナンバーカード以外の本人確認書類が必要です。",
        bring_en="Think of a new PIN. Setting it anew takes an identity document other than the card.",
    ),
    Finding(
        code="application.pin-by-holder",
        rule="R-6.5",
        sentence="S-54",
        also=("R-2.23", "R-2.24", "R-2.25", "R-6.4"),
        severity="refusal",
        ja="暗証番号は、ご本人(15歳未満のかたと成年被後見人のかたは法定代理人)が入力します。職員が入力できるのは、封をした回答書等に記入されている場合だけです。",
        en="A PIN is typed by the holder, or by the legal representative who applies. The clerk types it only from a sealed form.",
        bring_ja="ご本人がお越しになるか、暗証番号を記入して封をした回答書をお持ちください。",
        bring_en="The holder comes in person, or the form with the PINs is brought, sealed.",
    ),
    Finding(
        code="application.fee-open",
        rule="R-4.1",
        sentence="S-18",
        severity="refusal",
        ja="手数料{yen:,}円のお支払いがまだです。",
        en="The fee of {yen:,} yen has not been paid.",
        bring_ja="手数料{yen:,}円をお支払いください。",
        bring_en="Pay the {yen:,} yen.",
    ),
    Finding(
        code="application.second-person",
        rule="R-2.27",
        sentence="",
        severity="refusal",
        ja="発行の前に、受け付けた職員とは別の職員の承認が必要です({grounds_ja})。",
        en="Before anything is issued a second person of the office approves it ({grounds_en}).",
        bring_ja="別の職員の承認を受けてください。お客様に追加でお持ちいただくものはありません。",
        bring_en="Have another officer approve it. The applicant has nothing more to bring.",
    ),
    Finding(
        code="application.same-person",
        rule="R-2.27",
        sentence="",
        severity="refusal",
        ja="受け付けた職員は、自分の受付を承認できません。",
        en="Who entered the application cannot approve it.",
        bring_ja="別の職員の承認を受けてください。",
        bring_en="Have another officer approve it.",
    ),
)
