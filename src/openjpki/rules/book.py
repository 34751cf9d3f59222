"""Every rule of the rule book by its number: a short title in both languages, and how certain it is.

`docs/rules.md` holds the text of the rules that code decides by, `docs/traceability.md` says where each one is kept.
Numbers are fixed; the gaps after R-2.15 and after R-5.12 are intended.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

Mark = Literal["C", "C (old)", "C/I", "I", "U"]
"""Confirmed, confirmed by an older source, confirmed in part, inferred, unknown."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: its number, a title, its mark."""

    number: str
    ja: str
    en: str
    mark: Mark


_TABLE = """
R-0.1  | C       | サービスの目的                                 | what the service is for
R-0.2  | C       | 自宅で使う機器                                 | equipment at home
R-0.3  | C       | 署名用電子証明書のはたらき                     | what the signature certificate does
R-0.4  | C       | 利用者証明用電子証明書のはたらき               | what the authentication certificate does
R-1.1  | C       | 住民登録                                       | residence
R-1.2  | C       | 有効なマイナンバーカード                       | a My Number card in force
R-1.3  | C       | 年齢                                           | age of the holder
R-1.4  | I       | 15歳になる日                                   | the day of turning 15
R-1.5  | I       | 15歳になっても自動では何も起こらない           | nothing happens by itself at 15
R-1.6  | C/I     | だれがだれの代わりに手続きできるか             | who acts for whom
R-1.7  | C       | 成年被後見人                                   | adult wards
R-1.8  | C       | 外国人住民                                     | foreign residents
R-1.9  | C       | 氏名と使える文字                               | name and characters
R-1.10 | C/I     | 同じ種類の証明書は1枚のカードに1つ             | one living certificate of a kind on a card
R-1.11 | C       | 顔認証マイナンバーカード                       | cards without a PIN (face only)
R-2.1  | C       | カード作成時の発行                             | new issue at card making
R-2.2  | C       | 窓口での新規発行                               | new issue at the window
R-2.3  | C       | 更新                                           | renewal
R-2.4  | I       | 更新期間前の再発行                             | early re-issue
R-2.5  | C       | 失効申請                                       | revocation on request
R-2.6  | C (old) | 秘密鍵の漏えい等の届出                         | report of a leaked key
R-2.7  | C       | 一時保留                                       | hold
R-2.8  | C       | 一時保留の解除                                 | release of a hold
R-2.9  | C       | 暗証番号の変更                                 | change of a PIN
R-2.10 | C       | 暗証番号の初期化                               | reset of a PIN
R-2.11 | C       | スマートフォン用電子証明書                     | certificates on a phone
R-2.12 | C       | 在留期間の更新に伴う延長、特例期間             | extension with a period of stay
R-2.13 | C       | 引越し時の継続利用                             | continued use on moving
R-2.14 | C       | 国外転出時の継続利用                           | continued use on leaving Japan
R-2.15 | C       | 住民基本台帳カード                             | Basic Resident Register cards
R-2.20 | C       | 本人が来庁したときの書類                       | papers of a holder in person
R-2.21 | C       | 本人確認書類の一覧                             | lists of identity documents
R-2.22 | C       | 法定代理人の書類                               | papers of a legal representative
R-2.23 | C       | 任意代理人による1回の来庁での更新              | a voluntary agent renews in one visit
R-2.24 | C       | 文書照会(2回の来庁)                            | the inquiry letter: two visits
R-2.25 | C       | 引越しと同日の同一世帯員                       | the household on a move
R-2.26 | C       | 本人確認書類の写しと記録の保存                 | copies and records kept
R-2.27 | I       | 端末での手順                                   | order of steps at the terminal
R-2.28 | C       | 発行・失効が反映される時刻                     | when a change shows
R-2.29 | C       | 事前の問い合わせ                               | ask first
R-2.30 | C       | なるべく本人が来庁                             | the holder should come in person
R-3.1  | C       | 署名用電子証明書の有効期間                     | end of the signature certificate
R-3.2  | C       | 利用者証明用電子証明書の有効期間               | end of the authentication certificate
R-3.3  | C       | 更新は6回目の誕生日まで                        | a renewal gets the 6th birthday
R-3.4  | U       | 満了日当日の発行                               | issue on the expiry day itself
R-3.5  | C/I     | 発行の日は数えない                             | the day of issue is not counted
R-3.6  | C       | 満了日を含む                                   | the last day is included
R-3.7  | C       | カードの有効期間                               | end of a card
R-3.8  | C       | 更新期間                                       | the renewal window
R-3.9  | I       | 2月29日生まれ                                  | born on 29 February
R-3.10 | I       | 期限切れは失効ではない                         | expired is not revoked
R-3.11 | C       | 健康保険証利用の猶予                           | grace of the insurance card
R-4.1  | C       | 手数料                                         | fees
R-4.2  | U       | 定まっていない手数料                           | fees that are not settled
R-4.3  | C       | 手数料の例                                     | examples of fees
R-4.4  | C       | 窓口の受付時間                                 | hours of the window
R-4.5  | C       | 機構の端末の稼働時間                           | the authority's terminal must be up
R-4.6  | C       | インターネット・コンビニで使える時間           | hours of the public services
R-4.7  | C/I     | 閉庁日にあたる期限                             | deadlines on closed days
R-4.8  | C       | 手続きの場所                                   | place of the procedure
R-4.9  | C       | 問い合わせ先                                   | contact
R-5.1  | C/I     | 失効申請による失効                             | ended on request
R-5.2  | C/I     | 漏えい・紛失の届出による失効                   | ended by a report of leak or loss
R-5.3  | C       | 基本4情報の変更による失効                      | ended by a change of the four attributes
R-5.4  | C/I     | 住民票の消除による失効                         | ended with the resident record
R-5.5  | C       | 国外継続利用と署名用電子証明書                 | emigration with continued use
R-5.6  | C/I     | カードの返納・廃止による失効                   | ended with the card
R-5.7  | C       | 更新・再発行による失効                         | ended by a renewal
R-5.8  | C       | 電話による一時保留                             | hold by telephone
R-5.9  | C (old) | 記録の誤りによる失効                           | ended by an error in the record
R-5.10 | C (old) | 機構の署名鍵の漏えい                           | the authority's key leaked
R-5.11 | C       | 交付前の破棄                                   | destroyed before hand-over
R-5.12 | I       | 有効期間の満了                                 | expiry
R-5.20 | C       | 一時保留のその後                               | what follows a hold
R-5.21 | C       | 転入届と継続利用の期限                         | terms on moving
R-5.22 | C       | 失効後の再発行                                 | what follows a lapse
R-5.23 | U       | 軽微な修正                                     | minor changes
R-5.24 | C       | 失効情報の提供先                               | who gets the status
R-5.25 | C/I     | 失効リストの形                                 | shape of the lists
R-5.26 | I       | 新旧の発行番号                                 | linkage of serials
R-6.1  | C       | 暗証番号の形                                   | form of the PINs
R-6.2  | C       | 入力誤りによるロック                           | lock after misses
R-6.3  | C       | 忘れた、またはロックした暗証番号               | locked or forgotten
R-6.4  | C       | 代理人による初期化                             | reset through others
R-6.5  | C       | 4種類の暗証番号                                | four PINs
R-6.6  | C       | コンビニ端末での初期化                         | reset at a kiosk
R-6.7  | C       | 手続きでの暗証番号の入力                       | PINs are needed at the procedure
R-7.1  | C       | 有効期限通知書                                 | the expiry notice
R-7.2  | C       | 通知を送らないかた                             | who gets no notice
R-7.3  | C       | 通知に同封するもの                             | what the notice encloses
R-7.4  | I       | 通知の対象を選ぶ                               | whom to notify
R-7.5  | I       | カードと証明書が同じ日に満了                   | card and certificate end together
R-7.6  | C       | 先に有効期限を確認                             | check the date first
R-8.0  | I       | 登場する組織                                   | the parties
R-8.1  | I       | 窓口での発行の流れ                             | issue at the window
R-8.2  | I       | 引越しによる失効の流れ                         | lapse on a move
R-8.3  | C/I     | 電子署名の流れ                                 | a signature
R-8.4  | I       | ログインの流れ                                 | a log-in
R-8.5  | I       | コンビニ交付の流れ                             | certificates at a kiosk
R-8.6  | I       | マイナ保険証の流れ                             | the card as insurance card
R-8.7  | C       | 最新の4情報の提供                              | the latest four attributes by consent
R-8.8  | C/I     | スマートフォン用電子証明書の流れ               | a certificate on a phone
R-8.9  | C       | 件数                                           | volumes
R-8.10 | I       | 想定する規模                                   | goals of scale
"""


def _read(row: str) -> Rule:
    number, mark, ja, en = (cell.strip() for cell in row.split("|"))
    if mark not in get_args(Mark):
        raise ValueError(row)
    return Rule(number=number, ja=ja, en=en, mark=cast("Mark", mark))


RULES: Mapping[str, Rule] = {rule.number: rule for rule in map(_read, _TABLE.strip().splitlines())}
"""The rules in the order of the rule book."""
