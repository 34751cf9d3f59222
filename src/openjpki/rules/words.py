"""The words of the closed vocabularies as people say them: one form in every room."""

from enum import Enum

from openjpki.errors import Language
from openjpki.rules.application import APPLICATION, Fact
from openjpki.rules.kinds import (
    ApprovalGround,
    CertificateKind,
    FeeReason,
    LifeEvent,
    OtherCause,
    PinKind,
    Procedure,
    RecordKind,
    ResidenceStatus,
    RevocationReason,
    Term,
)
from openjpki.rules.lifecycle import CARD, CERTIFICATE
from openjpki.rules.phone_hold import Question

_JA: dict[Enum, str] = {
    **CERTIFICATE.words,
    **CARD.words,
    **APPLICATION.words,
    CertificateKind.SIGNATURE: "署名用電子証明書",
    CertificateKind.AUTHENTICATION: "利用者証明用電子証明書",
    PinKind.SIGNATURE: "署名用電子証明書の暗証番号",
    PinKind.AUTHENTICATION: "利用者証明用電子証明書の暗証番号",
    PinKind.RESIDENT_RECORD: "住民基本台帳用の暗証番号",
    PinKind.CARD_FACE_ENTRY: "券面事項入力補助用の暗証番号",
    Procedure.NEW: "新規発行",
    Procedure.RENEWAL: "更新",
    Procedure.REISSUE: "再発行",
    Procedure.REVOCATION: "失効",
    Procedure.HOLD: "一時保留",
    Procedure.PIN_CHANGE: "暗証番号の変更",
    Procedure.PIN_RESET: "暗証番号の再設定",
    Fact.RECORD: "住民基本台帳の記録",
    Fact.CARD: "カードの状態",
    Fact.CERTIFICATES: "電子証明書の状態と有効期限",
    Fact.DAY: "手続きの日",
    Fact.APPLICANT: "来庁したかた",
    Fact.POWER: "代理権",
    Fact.DOCUMENTS: "本人確認書類",
    Fact.PIN: "暗証番号の照合の結果",
    Fact.REPLY_FORM: "照会書兼回答書",
    Fact.ADDRESS: "郵便が届く住所",
    Fact.POSTED: "郵送した日",
    Fact.RETURNED: "郵便の返送",
    Fact.NEW_PINS: "新しい暗証番号を入力したかた",
    Fact.FEE: "手数料とその理由",
    Fact.PAYMENT: "支払い",
    Fact.ENTERED_BY: "受け付けた職員",
    Fact.SECOND_PERSON: "承認する職員",
    Fact.READ_BACK: "カードから読み戻した電子証明書",
    Fact.ANSWER: "機構の回答",
    Fact.WISH: "申請者の意思",
    ApprovalGround.NO_PIN: "暗証番号によらない本人確認",
    ApprovalGround.ACTED_FOR: "本人以外のかたによる申請",
    ApprovalGround.INQUIRY_REPLY: "照会書兼回答書による本人確認",
    ApprovalGround.PIN_RESET: "暗証番号の再設定",
    ApprovalGround.FEE_WAIVED: "手数料の免除",
    RevocationReason.UNSPECIFIED: "交付前の破棄",
    RevocationReason.KEY_COMPROMISE: "秘密鍵の漏えい等",
    RevocationReason.CA_COMPROMISE: "認証局の鍵の漏えい等",
    RevocationReason.AFFILIATION_CHANGED: "記載内容の変更",
    RevocationReason.SUPERSEDED: "更新・再発行",
    RevocationReason.CESSATION_OF_OPERATION: "利用の終了",
    RevocationReason.CERTIFICATE_HOLD: "一時保留",
    FeeReason.FIRST: "初回",
    FeeReason.RENEWAL: "更新",
    FeeReason.AFTER_EXPIRY: "期限切れ後の発行",
    FeeReason.ATTRIBUTES_CHANGED: "基本4情報の変更",
    FeeReason.CARD_LOST: "カードの紛失・返納による再交付",
    FeeReason.OWN_REQUEST: "本人の希望による失効後の発行",
    FeeReason.AFTER_HOLD: "一時保留後の発行",
    FeeReason.CARD_DAMAGED: "カードの破損・汚損による再交付",
    FeeReason.CARD_DISASTER: "災害による再交付",
    FeeReason.CARD_STOLEN: "盗難など本人の責によらない再交付",
    FeeReason.OFFICE_ERROR: "市区町村・機構の誤りや事情による再発行・再交付",
    FeeReason.CARD_NEAR_EXPIRY: "カードの有効期限が3か月未満または期限切れ",
    FeeReason.CARD_FACE_FULL: "追記欄の余白なしによる再交付",
    FeeReason.NUMBER_CHANGED: "個人番号の変更による再交付",
    FeeReason.RETURNED_ON_LEAVING: "国外転出時に返納した後の再交付",
    FeeReason.ADOPTION_OR_SEX: "特別養子縁組・性別変更による再交付",
    FeeReason.CONTINUED_USE_MISSED: "継続利用の期限切れによる再交付",
    FeeReason.STAY_MISSED: "在留期間の延長をしなかったための再交付",
    LifeEvent.MOVE: "住所の変更",
    LifeEvent.NAME: "氏名の変更",
    LifeEvent.BIRTH_DATE: "生年月日の訂正",
    LifeEvent.SEX: "性別の変更",
    LifeEvent.DEATH: "死亡",
    LifeEvent.EMIGRATION: "国外転出",
    LifeEvent.CARD_LOST: "カードの紛失",
    LifeEvent.CARD_RETURNED: "カードの返納",
    LifeEvent.RENEWAL: "更新",
    LifeEvent.REQUEST: "失効申請",
    LifeEvent.HOLD: "一時保留",
    LifeEvent.KEY_COMPROMISE: "秘密鍵の漏えい等の届出",
    OtherCause.EX_OFFICIO_DELETION: "住民票の職権消除",
    OtherCause.EMIGRATION_CONTINUED: "国外転出(カードの国外継続利用)",
    OtherCause.ADMINISTRATIVE_RENAMING: "住居表示・行政区画の変更",
    OtherCause.FORMER_NAME: "旧氏の記載・変更・削除",
    OtherCause.ALIAS: "通称の記載・変更・削除",
    OtherCause.FURIGANA: "氏名の振り仮名の記載・変更",
    OtherCause.GUARDIANSHIP: "成年後見の登記",
    OtherCause.RECORD_ERROR: "記録の誤り",
    OtherCause.CA_COMPROMISE: "認証局の鍵の漏えい等",
    OtherCause.SERVICE_ENDED: "認証局の終了",
    OtherCause.NOT_HANDED_OVER: "交付前の破棄",
    OtherCause.CARD_EXPIRED: "カードの有効期間満了",
    OtherCause.CONTINUED_USE_MISSED: "継続利用の手続きがないことによるカードの失効",
    OtherCause.FACE_AUTHENTICATION: "顔認証マイナンバーカードへの切替え",
    Question.NAME: "氏名",
    Question.ADDRESS: "住所",
    Question.BIRTH_DATE: "生年月日",
    Question.SEX: "性別",
    Question.WHERE_LOST: "紛失した場所と時",
    Question.CALL_BACK: "折返しの電話番号",
    Term.MOVE_IN: "転入届(転入した日から)",
    Term.PLANNED_DEPARTURE: "転入届(転出予定日から)",
    Term.CONTINUED_USE: "カードの継続利用",
    Term.CONTINUED_USE_ABROAD: "カードの国外継続利用",
    Term.INQUIRY_REPLY: "照会書への回答",
    Term.RENEWAL: "電子証明書の更新",
    Term.VALIDITY: "電子証明書の有効期間",
    Term.STAY_EXTENSION: "在留期間の更新に伴うカードの有効期間の延長",
    RecordKind.ISSUE: "発行記録",
    RecordKind.REVOCATION: "失効記録",
    RecordKind.APPLICATION: "申請書・委任状・回答書",
    RecordKind.IDENTITY_COPY: "本人確認書類の写し",
    RecordKind.AUDIT: "監査記録",
    ResidenceStatus.JAPANESE: "日本国籍",
    ResidenceStatus.PERMANENT: "永住者",
    ResidenceStatus.SPECIAL_PERMANENT: "特別永住者",
    ResidenceStatus.HIGHLY_SKILLED_2: "高度専門職第2号",
    ResidenceStatus.FIXED_STAY: "在留期間のある外国人住民",
}
_LIMITS: dict[str, tuple[str, str]] = {
    "fifth-birthday": ("発行の日後の5回目の誕生日", "the fifth birthday after the day of issue"),
    "sixth-birthday": (
        "更新期間内のため、発行の日後の6回目の誕生日",
        "the sixth birthday after the day of issue, since it was renewed inside the window",
    ),
    "tenth-birthday": ("発行の日後の10回目の誕生日", "the tenth birthday after the day of issue"),
    "authentication-expiry": (
        "利用者証明用電子証明書の有効期間の満了日",
        "the end of the authentication certificate",
    ),
    "card-expiry": ("カードの有効期間の満了日", "the end of the card"),
    "period-of-stay": ("在留期間の満了日", "the end of the period of stay"),
}
"""`rules.validity.Expiry.because` → what it says."""


def word(member: Enum, language: Language) -> str:
    """Return a word of the rules as a clerk reads it; in English, and where there is no other, the word itself."""
    return _JA[member] if language == "ja" and member in _JA else str(member.value)


class Told:
    """A word in a refusal: `{state:ja}` and `{state:en}` speak it in the sentences, as data it is the word itself.

    `ja` is its Japanese word where the rules have none.
    """

    def __init__(self, member: Enum, ja: str = "") -> None:
        self._member = member
        self._ja = ja

    def __str__(self) -> str:
        return str(self._member.value)

    def __format__(self, language: str) -> str:
        """Return it in a language; the word itself without one."""
        if language == "ja":
            return self._ja or word(self._member, "ja")
        return str(self).replace("-", " ") if language == "en" else str(self)


def limit(because: str, language: Language) -> str:
    """Return which limit decided an expiry (R-3.1, R-3.7), in words."""
    ja, en = _LIMITS[because]
    return ja if language == "ja" else en
