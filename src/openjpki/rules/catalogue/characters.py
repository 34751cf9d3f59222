"""What is found about characters that a certificate cannot carry (R-1.9). No sentence names the characters: they are a name's."""

from openjpki.rules.finding import Finding

FINDINGS = (
    Finding(
        code="characters.substituted",
        rule="R-1.9",
        sentence="",
        severity="advice",
        ja="電子証明書に使えない文字が{count}文字あるため、代替文字で記録します。住民票の文字は変わりません。",
        en="Characters that a certificate cannot carry: {count}. They are recorded by substitutes; the resident record stays "
        "as it is.",
        bring_ja="画面の代替文字をご確認ください。ほかの代替文字を希望するかたは、お申し出ください。",
        bring_en="Check the substitutes on the screen, and say so if another one is wanted.",
    ),
    Finding(
        code="characters.in-kana",
        rule="R-1.9",
        sentence="",
        severity="advice",
        ja="代替文字がないため、氏または名をかなで記録します(「{written}」)。住民票の文字は変わりません。",
        en="There is no substitute: the family or given name is recorded in kana (“{written}”). The resident record "
        "stays as it is.",
        bring_ja="読みをご確認ください。使いたい代替文字があるかたは、お申し出ください。",
        bring_en="Check the reading, and say so if a substitute is wanted instead.",
    ),
)
