"""The municipal page sentence by sentence: what each says in our own words, and the rules that carry it out.

The page is 茨木市's 「公的個人認証サービス」 (page ID 53484, 2024-03-22). CF-n are its conflicts and gaps; how they are
settled stands in `docs/rules.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence: its number, its gist, its rules in `rules.book`, and the conflicts it takes part in."""

    number: str
    ja: str
    en: str
    rules: tuple[str, ...]
    conflicts: tuple[str, ...]


_TABLE = """
S-01 | R-0.1                       |                   | ネットでの手続きを安全・確実にする仕組み | online procedures, safely
S-02 | R-0.2                       |                   | 家のパソコンで使うにはカードリーダーがいる | at home a card reader is needed
S-03 | R-0.3 R-8.3                 |                   | 署名用:文書が改変されていないことと本人を確かめる | signature: the document is unaltered, the signer known
S-04 | R-0.3 R-8.3                 |                   | 署名用の例:確定申告など文書を出す手続き | signature: filings that carry a document
S-05 | R-0.4 R-8.4                 |                   | 利用者証明用:ログインで本人と示す | authentication: proves the holder at log-in
S-06 | R-0.4 R-8.4 R-8.5           |                   | 利用者証明用の例:ポータル、コンビニ交付 | authentication: the portal, the kiosk
S-07 | R-1.1 R-1.2                 |                   | 申請できるのはカードを持つ住民 | residents who hold a My Number card
S-08 | R-1.3 R-1.4 R-1.7           | CF-6              | 署名用は15歳未満・成年被後見人には出ない | no signature certificate under 15 or for wards
S-09 | R-1.3 R-1.6 R-1.7 R-2.22    |                   | 利用者証明用は法定代理人が代わって申請 | for them the legal representative applies
S-10 | R-2.29                      |                   | その方法は先に電話で確かめる | ask by telephone how
S-11 | R-4.8                       |                   | 申請の場所 | place of applications
S-12 | R-4.4                       |                   | 申請の受付時間と閉庁日 | hours and closed days of applications
S-13 | R-2.2 R-2.20 R-2.21         | CF-3              | 本人が書類か暗証番号で確認できれば当日に発行 | self, with a document or matching PIN: same day
S-14 | R-2.20 R-2.24               | CF-3              | どちらもなければ当日は発行しない | without: not on the same day
S-15 | R-2.24                      |                   | 照会書が本人に届き、回答書を持って再び来庁 | a letter goes to the holder, who brings the reply
S-16 | R-2.2 R-2.24                | CF-5              | 本人が頼んだ代理人は当日に発行を受けられない | a voluntary agent: not on the same day
S-17 | R-2.29 R-4.9                |                   | くわしくは担当課に聞く | details: ask the office
S-18 | R-4.1 R-4.3                 | CF-7              | 手数料は200円、最初は無料 | 200 yen, the first free
S-19 | R-3.1 R-3.2 R-3.3 R-3.5     | CF-4 CF-10        | 発行より後の誕生日5回目で終わる | ends on the 5th birthday after the issue
S-20 | R-3.1                       | CF-4              | 利用者証明用が終われば終わる | ends with the authentication certificate
S-21 | R-3.1 R-3.2 R-3.7           | CF-4              | カードが終われば終わる | ends with the card
S-22 | R-3.1 R-3.2                 | CF-4              | もっとも早いものが期限になる | the earliest of the three counts
S-23 | R-2.3 R-3.8                 | CF-1              | 満了まで3か月になると更新できる | renewal from three months before the end
S-24 | R-3.8                       | CF-1              | 8月15日までなら5月16日から | until 15 August: from 16 May
S-25 | R-5.3 R-8.2                 |                   | 4情報が変わると署名用だけが失効する | a change of the four attributes ends the signature certificate only
S-26 | R-2.2 R-5.22                |                   | 使い続けるには申請し直す | to go on, apply again
S-27 | R-4.1 R-5.22                | CF-7              | その申請に手数料はかからない | that re-issue is free
S-28 | R-2.26                      |                   | 見せた書類は写しを取られる | documents shown are copied
S-29 | R-2.15                      |                   | 住基カードには発行も更新もない | nothing for Basic Resident Register cards
S-30 | R-2.15 R-1.2                |                   | まず個人番号カードを受け取る | get a My Number card first
S-31 | R-3.6 R-3.8                 | CF-1 CF-2 CF-14   | 更新は3か月前の次の日から期限の日まで | from the day after three months before, to the end
S-32 | R-3.8                       | CF-1 CF-2         | 2020年4月23日までなら1月24日から | until 2020-04-23: from 01-24
S-33 | R-3.8 R-7.1                 | CF-11             | 通知が早く届いても期間の前は受け付けない | an early notice opens nothing
S-34 | R-7.6                       |                   | 先に自分の期限を確かめる | check your own date first
S-35 | R-3.10 R-5.12               | CF-8              | 期限を過ぎると電子申請に使えない | after the end it cannot be used
S-36 | R-2.2 R-3.10                |                   | 発行を受け直せばまた使える | a new issue makes use possible again
S-37 | R-4.8                       |                   | 更新の場所 | place of renewals
S-38 | R-4.4                       |                   | 更新の受付時間と閉庁日 | hours and closed days of renewals
S-39 | R-2.20 R-1.2                |                   | 本人:マイナンバーカード | self: the card
S-40 | R-2.20 R-7.1                | CF-11             | 本人:通知書(なくしたら不要) | self: the notice, unless lost
S-41 | R-2.20 R-6.7                |                   | 暗証番号を打ち込むので先に確かめる | PINs are typed in: check them before
S-42 | R-6.1 R-6.7                 | CF-13             | 2つの暗証番号の形 | form of the two PINs
S-43 | R-6.3 R-6.7                 | CF-3              | 忘れたら決め直せる。新しいものを考えておく | forgotten: set anew, think of one
S-44 | R-2.21 R-6.3                | CF-9              | そのときはカードのほかに書類がいる | that takes a document other than the card
S-45 | R-6.3                       | CF-3              | 窓口で決め直し、続けて更新する | reset at the window, then renewal
S-46 | R-2.3 R-2.23                | CF-5              | 代理人による更新はカードの期限内に | by an agent while the card is in force
S-47 | R-2.30                      |                   | できるだけ本人が来る | come in person if possible
S-48 | R-2.23                      |                   | 代理人:本人のカード | agent: the holder's card
S-49 | R-2.21 R-2.23               |                   | 代理人:自分の顔写真付き公的書類 | agent: an official photo document
S-50 | R-2.23 R-7.1 R-7.3          | CF-11             | 代理人:通知書(なくしたら不要) | agent: the notice, unless lost
S-51 | R-2.23 R-7.3                | CF-5              | 代理人:本人に届いた照会書兼回答書 | agent: the form sent to the holder
S-52 | R-2.23                      |                   | 回答書には本人の署名か記名押印 | signed or sealed by the holder
S-53 | R-2.23 R-6.5                |                   | 回答書に暗証番号を書く | with the PINs written
S-54 | R-2.23 R-7.3                |                   | 代理人に見えないよう封をする | sealed, so that the agent cannot know them
S-55 | R-1.2 R-2.23                | CF-8              | カードの期限が切れている場合(文の途中まで) | card expired: the sentence is cut off
S-56 | R-2.23 R-6.1                | CF-13             | 2つの暗証番号の形(代理人) | form of the two PINs (agent)
S-57 | R-1.1                       |                   | 手続きの日に住民であること | resident on the day of the procedure
S-58 | R-1.1                       |                   | 通知の後に引っ越したら今の市区町村へ | moved since: where you live now
S-59 | R-2.20 R-2.21               |                   | 書類は期限内のもの | documents in force
S-60 | R-2.26                      |                   | カードと代理人の書類も写しを取られる | card and agent's document are copied
S-61 | R-2.10 R-6.2 R-6.3          | CF-3              | 分からない・ロックした暗証番号は決め直す | PIN unknown or locked: reset
S-62 | R-2.21 R-6.3                | CF-9              | 再設定にはカードのほかに書類がいる | a document other than the card
S-63 | R-6.3                       | CF-3              | 窓口で決め直し、続けて更新する | reset at the window, then renewal
S-64 | R-4.9                       |                   | 担当課 | office
S-65 | R-4.9                       |                   | 郵便番号 | postal code
S-66 | R-4.9                       |                   | 所在地 | address
S-67 | R-4.9                       |                   | 窓口の番号 | counter
S-68 | R-4.9 R-2.29                |                   | 電話番号 | telephone
S-69 | R-4.9                       |                   | メールアドレス | e-mail
S-70 | R-4.9                       |                   | メールフォーム | web form
"""


def _read(row: str) -> Sentence:
    number, rules, conflicts, ja, en = (cell.strip() for cell in row.split("|"))
    return Sentence(number=number, ja=ja, en=en, rules=tuple(rules.split()), conflicts=tuple(conflicts.split()))


SENTENCES: Mapping[str, Sentence] = {sentence.number: sentence for sentence in map(_read, _TABLE.strip().splitlines())}
"""The sentences in the order of the page."""
