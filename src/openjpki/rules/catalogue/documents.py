"""What is found about a document on the counter (R-2.21)."""

from openjpki.rules.finding import Finding

FINDINGS = (
    Finding(
        code="identity.document-expired",
        rule="R-2.21",
        sentence="S-59",
        severity="advice",
        ja="{name_ja}は{expires}で有効期限が切れているため、本人確認書類として扱えません。",
        en="The {name_en} expired on {expires} and does not count.",
        bring_ja="有効期限内の本人確認書類をお持ちください。",
        bring_en="Bring an identity document that is in force.",
    ),
    Finding(
        code="identity.document-too-old",
        rule="R-2.21",
        sentence="",
        severity="advice",
        ja="{name_ja}は{since}以降に交付されたものに限ります。",
        en="A {name_en} counts only if issued on or after {since}.",
        bring_ja="ほかの本人確認書類をお持ちください。",
        bring_en="Bring another identity document.",
    ),
    Finding(
        code="identity.document-not-accepted",
        rule="R-2.21",
        sentence="S-44",
        also=("S-62",),
        severity="advice",
        ja="{name_ja}は{until}をもって本人確認書類として使えなくなりました。",
        en="A {name_en} has not counted since {until} ended.",
        bring_ja="資格確認書など、ほかの本人確認書類をお持ちください。",
        bring_en="Bring another one, such as the eligibility certificate (資格確認書).",
    ),
)
