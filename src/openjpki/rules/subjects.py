"""What each setting is about, in one line a clerk can read: the subjects of the register of settings, in both languages.

`rules.policy` holds their rules, marks and sources; `docs/rules.md` says more of each.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from openjpki.errors import Language


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a setting is about."""

    ja: str
    en: str

    def says(self, language: Language) -> str:
        """Return it in one language."""
        return self.ja if language == "ja" else self.en


_TABLE = """
accept_via_other_municipality | ほかの市区町村に住むかたの申請を受けるか | whether a resident of another municipality may apply here
age_rule | 誕生日に年齢に達するか、前日に達するか | whether an age is reached on the birthday or on its eve
ward_sign_if_accompanied | 成年被後見人が成年後見人と来たとき、署名用電子証明書を発行するか | whether an adult ward who comes with the guardian gets a signature certificate
under15_sign_if_accompanied | 15歳未満のかたが法定代理人と来たとき、署名用電子証明書を発行するか | whether a child under 15 who comes with the legal representative gets a signature certificate
revoke_on_guardianship | 成年後見の登記で署名用電子証明書を失効させるか | whether a guardianship ends the signature certificate
expired_card_route | 有効期限を過ぎたカードをどう扱うか | what is done with a card past its end
same_day_identity | 本人が来庁したとき、即日の発行に何が必要か | what a holder in person needs for an issue on the same day
agent_one_visit_renewal | 封をした回答書を持つ代理人が、1回の来庁で更新できるか | whether an agent with the sealed form renews in one visit
agent_first_visit_mandate | 代理人の1回目の来庁に委任状が必要か | whether an agent brings a mandate to the first visit
agent_revocation_mandate | 代理人による失効申請に委任状が必要か | whether an agent who asks for a revocation brings a mandate
inquiry_reply_days | 照会書への回答の期限(日数) | days for the reply to an inquiry letter
inquiry_letter_days | 照会書が届くまでに見込む日数 | days before which no reply to an inquiry letter can be brought
inquiry_reply_holder_document | 代理人が回答書を持ってくるとき、本人の本人確認書類も必要か | whether an agent with the reply also brings a document of the holder
guardianship_certificate_months | 登記事項証明書は発行から何か月有効か | months for which a guardianship certificate counts
family_register_certificate_months | 戸籍全部事項証明書は発行から何か月有効か | months for which a family register certificate counts
mandate_months | 委任状は作成から何か月有効か | months for which a mandate counts
second_person_for | どの場合に別の職員の承認が必要か | for what another officer approves
protected_address_to_legal_representative | 支援措置を受けるかたの住所を法定代理人に見せるか | whether a legal representative is shown a protected address
audit_retention_years | 監査記録の保存年数 | years for which the audit record is kept
paper_retention_years | 申請書・委任状・回答書の保存年数 | years for which applications, mandates and replies are kept
copy_retention_years | 本人確認書類の写しの保存年数 | years for which copies of documents are kept
health_insurance_card_accept_until | 健康保険証を本人確認書類として受ける最後の日 | the last day on which a health insurance card counts as a document
notice_opens_window | 通知書があれば、更新期間の前でも更新できるか | whether a notice in hand opens the renewal before its window
notice_required | 更新に有効期限通知書が必要か | whether a renewal takes the expiry notice
card_first_if_same_expiry | カードと証明書が同じ日に終わるとき、先にカードを作り直すか | whether a card that ends with its certificate is made anew first
auth_expiry_caps | 利用者証明用電子証明書の有効期限で終わるのはどの証明書か | which certificates end with the authentication certificate
early_renewal_birthdays | 更新期間内の更新は何回目の誕生日まで有効か | which birthday ends a certificate renewed inside its window
expiry_day_birthdays | 満了日当日に発行した証明書は何回目の誕生日まで有効か | which birthday ends a certificate issued on the expiry day itself
feb29_validity_birthday | 2月29日生まれのかたの、平年の誕生日 | the birthday of who was born on 29 February, in a common year
renewal_window_start | 更新期間は、3か月前の翌日からか、その日からか | whether the renewal opens on the day three months before or on the day after
renewal_last_day_offset | 更新の最後の日は、有効期限の日か、その前日か | whether the expiry day is the last of the renewal, or the day before
missing_day_rule | 3か月前にあたる日がないとき、更新期間はいつからか | where the renewal opens if there is no day three months before
expired_is_revoked | 有効期限を過ぎたことを失効と呼ぶか | whether an expired certificate counts as revoked
insurance_grace_end | 健康保険証としての猶予は月末までか | whether the grace of the insurance card runs to the end of the month
fee_table | 手数料の表 | the table of fees
fee_after_own_revocation | 本人の失効申請の後の再発行の手数料(円) | yen for a re-issue after the holder's own revocation
fee_after_hold_found | 一時保留の後、カードが見つかったときの再発行の手数料(円) | yen for a re-issue after a hold, the card being found
fee_express_surcharge | 特急発行の追加の手数料(円) | yen on top for a card made within a week
refund_on_void | どの場合に手数料を返すか | when a fee is paid back
office_hours | 窓口の受付時間 | hours of the window
office_calendar | 窓口の閉庁日 | closed days of the window
branch_offices | 支所などの窓口と、その時間・閉庁日 | other offices with their hours and days
terminal_hours | 機構の端末が使える時間 | when the authority's terminal answers
convenience_service | コンビニ交付が使える時間 | when certificates are printed in convenience stores
office_place | 手続きの場所 | the place of the procedure
office_contact | 問い合わせ先 | whom to ask
administrative_renaming_lapses_sign | 住居表示の変更などで署名用電子証明書を失効させるか | whether a renamed address ends the signature certificate
name_annotation_lapses_sign | 旧氏・通称の記載や変更で署名用電子証明書を失効させるか | whether a former name or an alias ends the signature certificate
furigana_lapses_sign | 氏名の振り仮名の記載や変更で署名用電子証明書を失効させるか | whether the reading of the name ends the signature certificate
auth_hold_release | カードが見つかったとき、一時保留の利用者証明用電子証明書をどうするか | what becomes of a held authentication certificate when the card is found
register_event_visibility | 住民票の異動による失効は、いつから確認の結果に出るか | when the status shows what an event of the register ended
record_deletion_reason | 住民票が消除されたときの失効事由 | the reason given when the resident record is deleted
card_lost_reason | カードの紛失が届け出られたときの失効事由 | the reason given when the card is reported lost
record_error_reason | 記録の誤りによる失効事由 | the reason given when the record was wrong
crl_schedule | 失効リストをどれだけの間隔で出すか | how often a full revocation list is published
ocsp_mode | OCSP は台帳から答えるか、失効リストから答えるか | whether OCSP answers from the register or from the last list
status_access | 失効リストと OCSP をだれに出すか | whether anybody or only registered verifiers get lists and OCSP answers
ocsp_requesters | OCSP でだれに答えるか | who gets an answer by OCSP
sign_pin_lowercase | 署名用の暗証番号に小文字が入力されたときの扱い | what happens to small letters in a new signature PIN
window_pins | 窓口で扱う暗証番号 | the PINs that the window handles
kiosk_hours | 暗証番号を再設定できる端末の時間 | hours of the kiosks that reset PINs
kiosk_reset_hours | アプリでの申込みから何時間のうちに端末で再設定するか | hours from the app to the reset at a kiosk
notice_months_before | 有効期限通知書を何か月前から印刷するか | months before an expiry from which its notice is printed
notice_days_to_send | 有効期限通知書の印刷から発送までの日数 | days from the printing of a notice to its posting
"""


def _read(row: str) -> tuple[str, Subject]:
    name, ja, en = (cell.strip() for cell in row.split("|"))
    return name, Subject(ja=ja, en=en)


SUBJECTS: Mapping[str, Subject] = dict(map(_read, _TABLE.strip().splitlines()))
"""By the name of the setting, in the order of the register."""
