"""Everyday words, and the words of the page and of the registers that stand for them: a search finds both.

A resident says 結婚 where the page says that one of the four attributes changes. Each word on the left leads to something
in the registers (a test asks for every one).
"""

from collections.abc import Mapping

_TABLE = """
結婚, 離婚, 婚姻, 改姓, 改名, 名字, 苗字, 氏名変更, marriage, married, wedding, divorce, surname | 4情報, 氏名の変更, four attributes
旧姓, 旧氏, 通称, maiden name, alias | 軽微な修正, 4情報, minor changes, four attributes
フリガナ, 読みがな, 読み仮名, furigana | 氏名と使える文字, 軽微な修正, name and characters, minor changes
性別, gender | 4情報, four attributes
引っ越し, 引越し, ひっこし, 引越, 転居, 転入, 転出, 移転, relocation, relocate, moving house | 引越し, 転入届, 転出, 4情報, on moving, on a move, moved
番地, 住居表示, 町名, renumbering, street name | 軽微な修正, minor changes
死亡, 亡くなった, 死んだ, 相続, 死亡届, death, deceased, died, dead, inheritance | 死亡, 亡くなられた, 住民票の消除, death, died
コンビニ, 住民票の写し, 印鑑証明, convenience, convenience store, shop | コンビニ, キオスク, convenience, kiosk
スマホ, 携帯, iphone, android, smartphone, cellphone | スマートフォン, phone
保険証, 健康保険, 病院, マイナ保険証, hospital, doctor | 保険証, insurance
忘れた, 思い出せない, パスワード, password, forgot, forgotten | 暗証番号, forgotten
ロックされた, ロック解除, unlock, blocked | ロック, locked
落とした, 紛失, なくした, 盗まれた, 盗難, lost, stolen, theft | なくした, 紛失, 盗難, 一時保留, lost, loss, theft
見つかった, 出てきた, found again | 見つかったら, 一時保留の解除, release of a hold
料金, いくら, お金, 値段, 無料, 有料, cost, price, charge | 手数料, fee
返金, 払い戻し, refund | お返しします, paid back
いつまで, 期限切れ, 切れた, 満了, expired, expiry, expiration, deadline | 有効期間, 有効期限, 期限, end of the, expired, deadlines
いつから, 何か月前, how early, renew | 更新期間, renewal
子供, 子ども, こども, 赤ちゃん, 未成年, child, children, baby, minor | 15歳, 親権者, 法定代理人, 年齢, under 15, parent, legal representative, age of the holder
成人, 成年, 18歳, 大人, adult | 年齢, age of the holder
十五歳, 15才, fifteen | 15歳, turning 15, under 15
親, 母, 父, 息子, 娘, 家族, 代わり, 代わりに, かわりに, 代行, mother, father, family, on behalf, proxy | 代理人, 世帯, agent, household
妻, 夫, 配偶者, wife, husband, spouse | 任意代理人, 同一世帯員, 世帯, voluntary agent, household
高齢, 高齢者, お年寄り, 老人, 入院, 寝たきり, 病気, elderly, bedridden | 任意代理人, 文書照会, voluntary agent, inquiry letter
認知症, 後見, 施設, dementia, guardian | 成年被後見人, 成年後見, ward
外国人, 在留, ビザ, 在留カード, visa, foreigner, alien | 在留期間, 外国人, period of stay, foreign
海外, 留学, 海外赴任, 帰国, overseas, expatriate | 国外, 国外転出, abroad, leaving japan
税金, 申告, 確定申告, tax, e-tax | 電子申請, 確定申告, e-Tax, filings
パソコン, 自宅, 家で, ネット, computer, laptop, internet | パソコン, カードリーダー, 自宅, at home, online
土日, 土曜, 日曜, 休み, 休日, 祝日, 営業時間, 何時, 年末年始, 今日, 本日, today, weekend, saturday, sunday, opening hours | 受付時間, 閉庁日, hours
どこ, 行き先, 庁舎, 何階, where, floor | 場所, place
駐車場, parking, by car | 場所, 問い合わせ, place, contact
問合せ, 問い合わせ, 電話, phone number, call | 問い合わせ, 電話番号, contact, telephone
手紙, はがき, 封書, 届いた, 届かない, letter | 通知, 照会書, notice, letter
持ち物, 必要書類, 身分証, 身分証明書, 免許証, 運転免許証, 持っていくもの, パスポート, 旅券, identification, licence, license, passport | 本人確認書類, 書類, identity document
顔だけ, 暗証番号なし, 顔写真, face only | 顔認証, face
旧字, 漢字, 外字, 異体字, kanji | 代替文字, 文字, characters
壊れた, 割れた, 汚れた, 作り直し, 作り直す, 破損, 読み取れない, ICチップ, broken, damaged, chip, unreadable, replacement | 再交付, 新しいマイナンバーカード, new My Number card
盗み見, 漏れた, 流出, leak, compromised | 漏えい, leak
返す, 返却, give back | 返納, returned
やめたい, いらない, 解約, 取り消し, cancel, revoke, give up | 失効申請, 失効, revocation
住基カード, juki | 住民基本台帳カード, Basic Resident
dv, ストーカー, 支援措置, 住所を隠す, stalker, domestic violence | 住所を表示, address
ログイン, マイナポータル, login, log in, sign in, portal | ログイン, ポータル, log-in, portal
コピー, copy, photocopy | 写し, コピー, copies, copied
封筒, 封, envelope, sealed | 封, sealed
委任状, mandate, power of attorney | 委任状, mandate
保管, 廃棄, 破棄, retention, destroy | 保存期間, 写しと記録の保存, kept
誕生日, 年齢, 何歳, birthday, how old | 誕生日, 年齢, birthday, age of the holder
引き落とし, 支払い, 払う, pay, payment | 手数料, fee
間違い, 誤り, ミス, mistake | 誤り, 誤って, error
"""


def _read(row: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words, terms = ([cell.strip() for cell in side.split(",")] for side in row.split("|"))
    return tuple(words), tuple(terms)


def _terms() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for words, terms in map(_read, _TABLE.strip().splitlines()):
        for word in words:
            found[word] = tuple(dict.fromkeys((*found.get(word, ()), *terms)))
    return found


EVERYDAY: Mapping[str, tuple[str, ...]] = _terms()
"""Each everyday word with what the registers say for it, in Japanese and English."""
