"""What the counter finds besides what the rules find: how an application stands to the certificates there are."""

from collections.abc import Mapping

from openjpki.rules.finding import Finding

_ALL = (
    Finding(
        code="window.no-card",
        rule="R-1.2",
        sentence="S-07",
        also=("S-39",),
        severity="refusal",
        ja="このかたにはマイナンバーカードが交付されていません。",
        en="No My Number card was handed over to this person.",
        bring_ja="先にマイナンバーカードの交付を申請してください。",
        bring_en="Apply for a My Number card first.",
    ),
    Finding(
        code="window.other-card",
        rule="R-1.2",
        sentence="S-39",
        also=("R-2.20",),
        severity="refusal",
        ja="窓口のカードは、このかたに交付したカードではありません。",
        en="The card on the counter is not the one handed over to this person.",
        bring_ja="ご本人のマイナンバーカードをお持ちください。",
        bring_en="Bring your own My Number card.",
    ),
    Finding(
        code="window.kana-not-agreed",
        rule="R-1.9",
        sentence="",
        severity="refusal",
        ja="氏名に電子証明書で使えない文字があり、氏または名をかなで記録することになります。ご本人の了承をまだ得ていません。",
        en="The name has a character that a certificate cannot carry: it would be recorded in kana. The holder has not agreed yet.",
        bring_ja="読みをご本人に確認していただき、了承を得たら、もう一度受け付けてください(`--kana-agreed`)。利用者証明用だけなら、かなの記録は要りません。",
        bring_en="Show the holder the reading, and enter it again once they agree (`--kana-agreed`). The authentication certificate alone needs no kana.",
    ),
    Finding(
        code="window.issue-waiting",
        rule="R-1.10",
        sentence="",
        severity="refusal",
        ja="受付番号 {receipt} の申請が発行待ちです。先にその申請を再開するか、取り下げてください。",
        en="Application {receipt} waits to be issued. Resume or withdraw it first.",
        bring_ja="お客様に追加でお持ちいただくものはありません。先の申請の手続きを済ませます。",
        bring_en="The applicant has nothing more to bring: the earlier application is brought to its end.",
    ),
    Finding(
        code="window.new.in-force",
        rule="R-1.10",
        sentence="",
        also=("R-2.2",),
        severity="refusal",
        ja="有効期限 {expires} の電子証明書があるため、新規発行はできません。更新または再発行の手続きになります。",
        en="There is a certificate until {expires}, so there is no new issue: it is renewed or re-issued.",
        bring_ja="更新期間中は更新、その前は再発行を申請してください。お持ちいただくものは同じです。",
        bring_en="Apply for a renewal inside its window, for a re-issue before it. The papers are the same.",
    ),
    Finding(
        code="window.renewal.nothing",
        rule="R-2.2",
        sentence="S-36",
        also=("R-2.3",),
        severity="refusal",
        ja="更新できる電子証明書がありません(失効または一時保留中か、発行を受けていません)。新規発行または再発行の手続きになります。",
        en="There is no certificate to renew (it was revoked, is on hold, or was never issued). It is issued anew or re-issued.",
        bring_ja="発行を受けたことがないかたは新規発行、失効したかたは再発行を申請してください。お持ちいただくものは同じです。",
        bring_en="Apply for a new issue if there was none, for a re-issue if it has ended. The papers are the same.",
    ),
    Finding(
        code="window.ending.nothing",
        rule="R-2.5",
        sentence="",
        also=("R-5.1",),
        severity="refusal",
        ja="有効な電子証明書がないため、失効や一時保留の対象がありません。",
        en="There is no certificate in force, so there is nothing to revoke or to hold.",
        bring_ja="手続きの必要はありません。電子証明書を使う場合は、新規発行を申請してください。",
        bring_en="Nothing has to be done. To use a certificate apply for a new issue.",
    ),
    Finding(
        code="window.reissue.nothing",
        rule="R-2.2",
        sentence="",
        also=("R-2.4",),
        severity="refusal",
        ja="これまでに発行した電子証明書がないため、再発行はできません。新規発行の手続きになります。",
        en="No certificate was issued before, so there is nothing to re-issue. It is a new issue.",
        bring_ja="新規発行を申請してください。お持ちいただくものは同じです。",
        bring_en="Apply for a new issue. The papers are the same.",
    ),
    Finding(
        code="window.reissue.loses-time",
        rule="R-2.4",
        sentence="S-23",
        also=("R-3.3",),
        severity="advice",
        ja="いま再発行すると、{opens}からの更新より有効期限が1年短くなることがあります。",
        en="Re-issued now, the certificate may end a year earlier than renewed from {opens}.",
    ),
    Finding(
        code="window.renewal.issue-by",
        rule="R-3.8",
        sentence="S-31",
        also=("R-2.27", "R-3.3"),
        severity="advice",
        ja="この更新は別の職員の承認を待ちます。{closes}までに承認を受け、発行まで済ませる必要があります。更新期間に入るかどうかは、発行の日で決まります。",
        en="This renewal waits for a second person. It must be approved and issued by {closes}: the day of issue counts.",
        bring_ja="発行のときに、もう一度マイナンバーカードが必要です。{closes}を過ぎると新規発行の手続きになります。",
        bring_en="The My Number card is needed once more for the issue. After {closes} it is a new issue.",
    ),
    Finding(
        code="window.renewal.finish-by",
        rule="R-3.8",
        sentence="S-31",
        also=("R-3.3", "R-4.5"),
        severity="advice",
        ja="受付のとき、地方公共団体情報システム機構の応答がありませんでした。この更新が待ちになったときは、{closes}までに再開し、発行まで済ませる必要があります。更新期間に入るかどうかは、発行の日で決まります。",
        en="The authority did not answer on entry. If this renewal has to wait, it must be resumed and issued by {closes}: the "
        "day of issue counts.",
        bring_ja="再開のときに、もう一度マイナンバーカードが必要です。{closes}を過ぎると新規発行の手続きになります。",
        bring_en="The My Number card is needed once more then. After {closes} it is a new issue.",
    ),
    Finding(
        code="window.renew-both",
        rule="R-3.1",
        sentence="S-20",
        severity="advice",
        ja="署名用電子証明書は利用者証明用電子証明書の有効期限({expires})までになります。両方の更新をお勧めします。",
        en="The signature certificate will end with the authentication certificate ({expires}). Renew both.",
    ),
)

FINDINGS: Mapping[str, Finding] = {finding.code: finding for finding in _ALL}
"""Every finding of the counter, by code."""


def found(code: str, **data: object) -> Finding:
    """Return a finding of the counter with its sentences filled in."""
    return FINDINGS[code].filled(**data)
