"""Every finding the rules can make, by code. Codes are stable: pages, papers and other programs rely on them."""

from collections.abc import Iterator, Mapping
from itertools import chain

from openjpki.rules.finding import Finding, UnknownCode

_OWN_ID_JA = (
    "マイナンバーカードと、それ以外の本人確認書類(氏名・住所または氏名・生年月日の記載があり、有効期限内のもの)1点"
)
_OWN_ID_EN = "the My Number card and one other identity document in force, with name and address or name and birth date"
_PHOTO_ID_JA = "官公署発行の顔写真付き本人確認書類(運転免許証、マイナンバーカード、パスポート等。有効期限内のもの)"
_PHOTO_ID_EN = (
    "a photo identity document in force issued by a public office (driver's licence, My Number card, passport, …)"
)


def _eligibility() -> Iterator[Finding]:
    yield Finding(
        code="eligibility.not-resident",
        rule="R-1.1",
        sentence="S-57",
        also=("S-07", "S-58"),
        severity="refusal",
        ja="手続きの日にこの市区町村の住民基本台帳に記録されているかただけが、手続きできます。",
        en="Only a person on this municipality's resident record on the day of the procedure can apply here.",
        bring_ja="現在お住まいの市区町村の窓口で手続きしてください。",
        bring_en="Apply at the municipality where you live now.",
    )
    yield Finding(
        code="eligibility.juki-card",
        rule="R-2.15",
        sentence="S-29",
        also=("S-30",),
        severity="refusal",
        ja="住民基本台帳カードには、電子証明書の新規発行も更新もできません。",
        en="A Basic Resident Register card can receive neither a new certificate nor a renewal.",
        bring_ja="個人番号カード(マイナンバーカード)の交付を受けてください。",
        bring_en="Get a My Number card first.",
    )
    yield Finding(
        code="eligibility.card-expired",
        rule="R-1.2",
        sentence="S-07",
        also=("S-55",),
        severity="refusal",
        ja="マイナンバーカードの有効期限が過ぎているため、電子証明書の手続きはできません。",
        en="The My Number card has expired: no certificate can be issued for it.",
        bring_ja="先に新しいマイナンバーカードの交付を申請してください。",
        bring_en="Apply for a new My Number card first.",
    )
    yield Finding(
        code="eligibility.card-suspended",
        rule="R-1.2",
        sentence="S-07",
        also=("R-2.8",),
        severity="refusal",
        ja="マイナンバーカードが一時停止されています。電話では解除できません。",
        en="The My Number card is suspended. The stop cannot be lifted by telephone.",
        bring_ja=f"一時停止の解除のため、{_OWN_ID_JA}をお持ちください。",
        bring_en=f"To lift the stop bring {_OWN_ID_EN}.",
    )
    yield Finding(
        code="eligibility.card-abolished",
        rule="R-1.2",
        sentence="S-07",
        severity="refusal",
        ja="マイナンバーカードは廃止されています。",
        en="The My Number card has been abolished.",
        bring_ja="新しいマイナンバーカードの交付を申請してください。",
        bring_en="Apply for a new My Number card.",
    )
    yield Finding(
        code="eligibility.ward_or_under15_principle",
        rule="R-1.3",
        sentence="S-08",
        also=("R-1.4", "R-1.7"),
        severity="refusal",
        ja="署名用電子証明書は、15歳未満のかたと成年被後見人のかたには原則として発行されません。{detail_ja}",
        en="As a principle no signature certificate is issued to a person under 15 or to an adult ward. {detail_en}",
        bring_ja="利用者証明用電子証明書は、法定代理人が申請できます。",
        bring_en="The authentication certificate can be applied for by the legal representative.",
    )
    yield Finding(
        code="eligibility.accompanied",
        rule="R-1.7",
        sentence="S-08",
        severity="advice",
        ja="この市区町村では、本人と法定代理人がそろって来庁した場合に限り署名用電子証明書を発行します。窓口で本人の意思能力を確認し、記録します。",
        en="This municipality issues a signature certificate only if the holder and the legal representative come "
        "together. The clerk checks and notes the holder's capacity to decide.",
        bring_ja="登記事項証明書(成年被後見人のかた)または戸籍全部事項証明書をお持ちください。",
        bring_en="Bring the guardianship registration certificate (adult wards) or the family register certificate.",
    )
    yield Finding(
        code="eligibility.representative-applies",
        rule="R-1.3",
        sentence="S-09",
        also=("R-1.7", "R-2.29", "S-10"),
        severity="advice",
        ja="15歳未満のかたと成年被後見人のかたは、法定代理人が申請してください。申請方法は事前に電話でお問い合わせください。",
        en="For a person under 15 and for an adult ward the legal representative applies. Ask by telephone beforehand.",
        bring_ja=f"本人のマイナンバーカード、法定代理人の{_PHOTO_ID_JA}、代理権を証する書類をお持ちください。",
        bring_en=f"Bring the holder's My Number card, {_PHOTO_ID_EN} of the representative, and the proof of power.",
    )


def _renewal() -> Iterator[Finding]:
    yield Finding(
        code="renewal.not-yet",
        rule="R-3.8",
        sentence="S-33",
        also=("R-7.1", "S-31"),
        severity="refusal",
        ja="更新期間は{opens}から{closes}までです。通知が届いていても、更新期間前には手続きできません。",
        en="The renewal runs from {opens} to {closes}. It cannot be done before, even if the notice has arrived.",
        bring_ja="{opens}以降にお越しください。",
        bring_en="Come on {opens} or later.",
    )
    yield Finding(
        code="renewal.over",
        rule="R-3.10",
        sentence="S-35",
        also=("R-2.2", "S-36"),
        severity="refusal",
        ja="更新期間は{closes}で終わりました。更新ではなく、新規発行の手続きで再び利用できます。",
        en="The renewal period ended on {closes}. The certificate can be used again after a new issue, not a renewal.",
        bring_ja=f"新規発行のため、{_OWN_ID_JA}をお持ちください。",
        bring_en=f"For the new issue bring {_OWN_ID_EN}.",
    )
    yield Finding(
        code="renewal.card-first",
        rule="R-7.5",
        sentence="",
        severity="refusal",
        ja="マイナンバーカードも{expires}に有効期限を迎えます。電子証明書だけを更新しても有効期限は延びません。",
        en="The My Number card ends on {expires} as well: renewing the certificate alone would gain nothing.",
        bring_ja="先に新しいマイナンバーカードの交付を申請してください。",
        bring_en="Apply for a new My Number card first.",
    )
    yield Finding(
        code="renewal.notice-required",
        rule="R-7.1",
        sentence="S-40",
        severity="refusal",
        ja="この市区町村では、更新に有効期限通知書が必要です。",
        en="This municipality asks for the expiry notice at a renewal.",
        bring_ja="有効期限通知書をお持ちください。",
        bring_en="Bring the expiry notice.",
    )


def _identity() -> Iterator[Finding]:
    yield Finding(
        code="identity.inquiry",
        rule="R-2.20",
        sentence="S-14",
        also=("R-2.24", "S-15"),
        severity="refusal",
        ja="本人確認書類がなく、暗証番号の照合もできないため、即日では手続きできません。照会書兼回答書をご本人あてに郵送します。",
        en="With neither an identity document nor a matching PIN nothing can be done on the same day. An inquiry letter "
        "goes to the holder by post.",
        bring_ja="届いた照会書兼回答書とマイナンバーカード、必要書類をお持ちください。",
        bring_en="Bring the letter's reply form, the My Number card and the papers it names.",
    )
    yield Finding(
        code="identity.pin-must-match",
        rule="R-2.20",
        sentence="S-14",
        severity="refusal",
        ja="暗証番号の照合ができていないため、即日では発行できません。照会書兼回答書をご本人あてに郵送します。",
        en="Without a matching PIN nothing is issued on the same day. An inquiry letter goes to the holder by post.",
        bring_ja="届いた照会書兼回答書とマイナンバーカード、必要書類をお持ちください。",
        bring_en="Bring the letter's reply form, the My Number card and the papers it names.",
    )
    yield Finding(
        code="identity.reset-needs-document",
        rule="R-6.3",
        sentence="S-62",
        also=("S-44", "S-61"),
        severity="refusal",
        ja="暗証番号の再設定には、マイナンバーカード以外の本人確認書類が必要です。お持ちでない場合は照会書兼回答書を郵送します。",
        en="Setting a PIN anew takes an identity document other than the card; without one an inquiry letter is sent.",
        bring_ja=f"{_OWN_ID_JA}をお持ちください。",
        bring_en=f"Bring {_OWN_ID_EN}.",
    )
    yield Finding(
        code="identity.pin-reset-first",
        rule="R-6.3",
        sentence="S-43",
        also=("R-6.7", "S-45", "S-61", "S-63"),
        severity="advice",
        ja="暗証番号の照合ができないため、窓口で暗証番号を再設定してから手続きします。",
        en="The PIN did not match: it is set anew at the window first, then the procedure goes on.",
        bring_ja="新しい暗証番号をあらかじめ考えてきてください。",
        bring_en="Think of a new PIN beforehand.",
    )
    yield Finding(
        code="identity.pin-needed",
        rule="R-6.7",
        sentence="S-41",
        also=("R-2.9", "R-6.3", "S-42", "S-43"),
        severity="advice",
        ja="手続きの際に暗証番号の入力が必要です。覚えていない場合は、窓口で再設定してから手続きします。",
        en="The PINs are typed in at the procedure. One that is not remembered is set anew at the window first.",
        bring_ja="暗証番号をあらかじめご確認ください。覚えていない場合は、新しい暗証番号を考えてきてください。",
        bring_en="Check the PINs beforehand, or think of new ones.",
    )
    yield Finding(
        code="identity.copies-kept",
        rule="R-2.26",
        sentence="S-28",
        also=("S-60",),
        severity="advice",
        ja="本人確認のため、お持ちいただいた本人確認書類のコピーを取ります。",
        en="The identity documents shown are copied, to confirm identity.",
    )
    yield Finding(
        code="identity.card-is-no-second-document",
        rule="R-2.20",
        sentence="S-44",
        also=("R-6.3", "S-62"),
        severity="advice",
        ja="ご本人のマイナンバーカードは、マイナンバーカード以外の本人確認書類には数えません。",
        en="The holder's own My Number card does not count as the other identity document.",
    )
    yield Finding(
        code="identity.document-expired",
        rule="R-2.21",
        sentence="S-59",
        severity="advice",
        ja="{name_ja}は{expires}で有効期限が切れているため、本人確認書類として扱えません。",
        en="The {name_en} expired on {expires} and does not count.",
        bring_ja="有効期限内の本人確認書類をお持ちください。",
        bring_en="Bring an identity document that is in force.",
    )
    yield Finding(
        code="identity.document-too-old",
        rule="R-2.21",
        sentence="",
        severity="advice",
        ja="{name_ja}は{since}以降に交付されたものに限ります。",
        en="A {name_en} counts only if issued on or after {since}.",
        bring_ja="ほかの本人確認書類をお持ちください。",
        bring_en="Bring another identity document.",
    )
    yield Finding(
        code="identity.document-not-accepted",
        rule="R-2.21",
        sentence="S-44",
        also=("S-62",),
        severity="advice",
        ja="{name_ja}は{until}をもって本人確認書類として使えなくなりました。",
        en="A {name_en} has not counted since {until} ended.",
        bring_ja="資格確認書など、ほかの本人確認書類をお持ちください。",
        bring_en="Bring another one, such as the eligibility certificate (資格確認書).",
    )
    yield Finding(
        code="hold.by-telephone",
        rule="R-2.7",
        sentence="",
        severity="advice",
        ja="一時保留(カードの一時停止)は、電話で24時間365日受け付けています(0120-95-0178)。電話での解除はできません。",
        en="A hold is taken by telephone at any hour (0120-95-0178). It is never lifted by telephone.",
    )


def _others() -> Iterator[Finding]:
    yield Finding(
        code="representative.photo-id",
        rule="R-2.22",
        sentence="",
        severity="refusal",
        ja="法定代理人の顔写真付き本人確認書類を確認できません。",
        en="No photo identity document of the legal representative was shown.",
        bring_ja=f"法定代理人の{_PHOTO_ID_JA}をお持ちください。",
        bring_en=f"The representative brings {_PHOTO_ID_EN}.",
    )
    yield Finding(
        code="representative.two-documents",
        rule="R-2.22",
        sentence="",
        also=("R-6.4",),
        severity="refusal",
        ja="法定代理人が暗証番号を再設定するには、法定代理人の本人確認書類が2点(顔写真付き2点、または顔写真付き1点とその他1点)必要です。",
        en="To have a PIN set anew the legal representative shows two documents: two with a photo, or one and another.",
        bring_ja="法定代理人の本人確認書類を2点お持ちください。",
        bring_en="The representative brings two identity documents.",
    )
    yield Finding(
        code="representative.power",
        rule="R-2.22",
        sentence="",
        severity="refusal",
        ja="法定代理人であることを確認できません。",
        en="Nothing shows the power of representation.",
        bring_ja="戸籍全部事項証明書(同一世帯または本籍がこの市区町村にある場合は不要)、成年後見の場合は登記事項証明書をお持ちください。",
        bring_en="Bring the family register certificate (not needed in the same household, or with the register kept "
        "here); for a ward the guardianship registration certificate.",
    )
    yield Finding(
        code="agent.photo-id",
        rule="R-2.23",
        sentence="S-49",
        severity="refusal",
        ja="代理人の官公署発行の顔写真付き本人確認書類を確認できないため、代理人として手続きできません。",
        en="Without a photo identity document issued by a public office nobody can act as agent.",
        bring_ja=f"代理人の{_PHOTO_ID_JA}をお持ちください。",
        bring_en=f"The agent brings {_PHOTO_ID_EN}.",
    )
    yield Finding(
        code="agent.id",
        rule="R-2.24",
        sentence="",
        severity="refusal",
        ja="代理人の本人確認書類を確認できません。",
        en="No identity document of the agent was shown.",
        bring_ja="代理人の本人確認書類(有効期限内のもの)をお持ちください。",
        bring_en="The agent brings an identity document in force.",
    )
    yield Finding(
        code="agent.mandate",
        rule="R-2.24",
        sentence="",
        severity="refusal",
        ja="委任状がありません。",
        en="There is no mandate (委任状).",
        bring_ja="ご本人が署名した委任状をお持ちください。",
        bring_en="Bring a mandate signed by the holder.",
    )
    yield Finding(
        code="agent.two-visits",
        rule="R-2.24",
        sentence="S-16",
        also=("R-2.2", "S-17"),
        severity="refusal",
        ja="任意代理人の手続きは即日ではできません。照会書兼回答書をご本人あてに郵送します。",
        en="A voluntary agent's procedure is not done on the same day. An inquiry letter goes to the holder by post.",
        bring_ja="ご本人が記入し封をした回答書、ご本人のマイナンバーカード、代理人の本人確認書類をお持ちください。",
        bring_en="Bring the reply filled in and sealed by the holder, the holder's My Number card and the agent's identity document.",
    )
    yield Finding(
        code="agent.unsealed",
        rule="R-2.23",
        sentence="S-54",
        also=("R-2.24", "R-2.25"),
        severity="refusal",
        ja="封がされていない、または開封された照会書兼回答書(委任状)は受け付けられません。",
        en="A reply form or mandate that is unsealed or was opened is not accepted.",
        bring_ja="ご本人が暗証番号を記入し、代理人が知りえないよう封をした書類をお持ちください。",
        bring_en="Bring the paper with the PINs written by the holder and sealed so that the agent cannot know them.",
    )
    yield Finding(
        code="agent.pin-mismatch",
        rule="R-2.23",
        sentence="S-53",
        also=("R-2.24", "S-56"),
        severity="refusal",
        ja="封入された暗証番号がカードと一致しないため、代理人による即日の更新はできません。照会書兼回答書をご本人あてに郵送します。",
        en="The sealed PINs do not match the card, so the agent cannot renew in one visit. An inquiry letter goes to the holder.",
        bring_ja="ご本人が記入し封をした新しい回答書をお持ちください。",
        bring_en="Bring the new reply filled in and sealed by the holder.",
    )
    yield Finding(
        code="agent.holder-preferred",
        rule="R-2.30",
        sentence="S-47",
        severity="advice",
        ja="手続きは、なるべく代理人を介さず、ご本人がお越しください。",
        en="The holder is asked to come in person where possible.",
    )
    yield Finding(
        code="household.only-with-move",
        rule="R-2.25",
        sentence="",
        severity="advice",
        ja="同一世帯のかたによる即日の手続きは、転入届・転居届と同じ日に限ります。それ以外は任意代理人として扱います。",
        en="A member of the household can act at once only together with the report of the move; otherwise as any agent.",
    )


CATALOGUE: Mapping[str, Finding] = {
    finding.code: finding for finding in chain(_eligibility(), _renewal(), _identity(), _others())
}


def find(code: str, **data: object) -> Finding:
    """Return the finding of a code with its sentences filled in; raise `UnknownCode`."""
    if code not in CATALOGUE:
        raise UnknownCode(code=code)
    return CATALOGUE[code].filled(**data)
