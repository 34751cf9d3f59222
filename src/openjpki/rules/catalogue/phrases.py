"""What several findings ask to bring, in the same words."""

OWN_ID_JA = (
    "マイナンバーカードと、それ以外の本人確認書類(氏名・住所または氏名・生年月日の記載があり、有効期限内のもの)1点"
)
OWN_ID_EN = "the My Number card and one other identity document in force, with name and address or name and birth date"
PHOTO_ID_JA = "官公署発行の顔写真付き本人確認書類(運転免許証、マイナンバーカード、パスポート等。有効期限内のもの)"
PHOTO_ID_EN = (
    "a photo identity document in force issued by a public office (driver's licence, My Number card, passport, …)"
)
PIN_OR_ID_JA = (
    "マイナンバーカードをお持ちください。暗証番号の照合ができないときは、それ以外の本人確認書類"
    "(氏名・住所または氏名・生年月日の記載があり、有効期限内のもの)1点も必要です。"
)
PIN_OR_ID_EN = (
    "the My Number card; where no PIN matches, another identity document in force as well, with name and address or name "
    "and birth date"
)
