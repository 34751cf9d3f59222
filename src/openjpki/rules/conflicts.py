"""The conflicts and gaps of the municipal page: what stands against what, how it is settled, and what its letter says.

`docs/rules.md` has the same table with its reasons. CF-1 to CF-9 are conflicts; CF-10 to CF-14 are gaps, on which both
presets agree. Each ruling is held by settings, whose register names the conflict.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from openjpki.errors import Language


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """One conflict or gap, with the ruling and the page's letter, in both languages."""

    number: str
    sentences: tuple[str, ...]
    rules: tuple[str, ...]
    ja: str
    en: str
    ruling_ja: str
    ruling_en: str
    letter_ja: str
    """What the preset `page` decides; empty where it decides alike."""
    letter_en: str

    def gist(self, language: Language) -> str:
        """Return what stands against what."""
        return self.ja if language == "ja" else self.en

    def ruling(self, language: Language) -> str:
        """Return how it is settled."""
        return self.ruling_ja if language == "ja" else self.ruling_en

    def letter(self, language: Language) -> str:
        """Return what the page's letter says otherwise; empty if nothing."""
        return self.letter_ja if language == "ja" else self.letter_en


_TABLE = """
CF-1 | S-23 S-24 S-31 S-32 | R-3.8
  更新の始まりを「3か月前から」と書く文と「3か月前の翌日から」と書く文がある
  "from three months before" against "the day after three months before"
  3か月前の日の翌日から(どちらの例もこの数え方)
  the day after, as both examples have it
CF-2 | S-31 S-32 | R-3.4 R-3.6 R-3.8
  更新は期限の日までと書きながら、例はその前日で終わっている
  renewal runs to the expiry, but the example ends the day before
  期限の日も更新できる
  through the expiry day
  期限の日の前日まで
  the day before the expiry is the last
CF-3 | S-13 S-14 S-43 S-44 S-45 S-61 S-62 S-63 | R-2.20 R-2.24 R-6.3
  暗証番号か書類のどちらかでよいのか、暗証番号が合わなければ当日は発行できないのかが食い違う
  no document needed if the PIN matches, against no issue on the same day if it does not
  暗証番号の照合か本人確認書類のどちらかがあれば当日に手続きできる
  a matching PIN or a document
  新規発行と再発行には暗証番号の照合が必要
  a new issue or re-issue needs a matching PIN
CF-4 | S-19 S-20 S-21 S-22 | R-3.1 R-3.2
  3つの期限を、2種類の証明書のどちらにも当てはまるように書いている
  three limits are named for both certificates
  利用者証明用の期限に縛られるのは署名用だけ
  the authentication certificate limits the signature certificate only
  利用者証明用の期限がどちらも縛る
  it limits both
CF-5 | S-16 S-46 S-47 S-48 S-49 S-50 S-51 S-52 S-53 S-54 | R-2.3 R-2.23 R-2.24
  任意代理人は当日にできないと書きながら、代理人による更新の書類を挙げている
  an agent never on the same day, against the papers of an agent's renewal
  通知に同封の回答書に封をして持参すれば、代理人も1回の来庁で更新できる
  one visit with the sealed form that came with the notice
  代理人は当日にできない
  an agent is not served on the same day
CF-6 | S-08 | R-1.7
  成年被後見人は使えないと書くが、ほかの市では扱いが分かれる
  adult wards cannot use it, against practice elsewhere
  発行しない(本人と法定代理人がそろえば発行する設定もある)
  refused, with a switch for ward and representative together
CF-7 | S-18 S-27 | R-4.1 R-4.2
  手数料は最初のほか200円と書くが、更新はほかでは無料
  200 yen but for the first, against free renewals elsewhere
  更新、期限後の発行、4情報の変更による再発行は無料
  renewal, issue after expiry and re-issue after a change are free
  最初の発行と4情報の変更のほかは200円
  200 yen but for the first and the change of the four attributes
CF-8 | S-35 S-55 | R-1.2 R-2.23 R-3.10
  期限切れを失効と呼び、カードの期限切れについての文は途中で切れている
  expired is called revoked; the sentence on an expired card is cut off
  期限切れは失効ではない。カードの期限が切れたら新しいカードがいる
  expired is not revoked; an expired card needs a new card
  期限切れを失効と呼ぶ(失効リストには載らない)
  it is called revoked, though no list carries it
CF-9 | S-44 S-62 | R-2.21
  いまは使えなくなった健康保険証を、書類の例に挙げている
  names the health insurance card, which has ended
  2025年12月1日まで。その後は資格確認書などを使う
  until 2025-12-01; since then the eligibility certificate and others
  期限なく使える
  accepted without an end
CF-10 | S-19 | R-3.3 R-3.5
  更新のときの6回目の誕生日について何も書いていない
  silent on the 6th birthday of a renewal
  更新期間内の更新は6回目の誕生日まで
  the 6th birthday when renewed inside the window
CF-11 | S-33 S-40 S-50 | R-3.8 R-7.1
  通知書が早く届いたり、なくなったりする
  the notice may come early or be lost
  早い通知で更新は始まらず、なくしても更新できる
  it opens nothing and blocks nothing
CF-12 | | R-7.5
  カードと証明書が同じ日に終わる場合を書いていない
  silent on card and certificate ending together
  先にカードを作り直す
  the card is re-made first
CF-13 | S-42 S-56 | R-6.1 R-6.5
  暗証番号は2つと書くが、市の新しいページでは4つ
  two PINs, while the city's newer page has four
  4つ
  four PINs
CF-14 | S-31 | R-3.8 R-3.9
  月末と2月29日生まれの数え方を書いていない
  silent on ends of months and birthdays on 29 February
  ない日は翌月1日から数え、2月29日生まれは平年に2月28日とする
  a missing day is the 1st of the next month; 29 February counts on the 28th
"""


def _read(row: str) -> Conflict:
    head, *lines = (line.strip() for line in row.strip().splitlines())
    number, sentences, rules = (cell.strip() for cell in head.split("|"))
    ja, en, ruling_ja, ruling_en, letter_ja, letter_en = (*lines, "", "")[:6]
    return Conflict(
        number=number,
        sentences=tuple(sentences.split()),
        rules=tuple(rules.split()),
        ja=ja,
        en=en,
        ruling_ja=ruling_ja,
        ruling_en=ruling_en,
        letter_ja=letter_ja,
        letter_en=letter_en,
    )


CONFLICTS: Mapping[str, Conflict] = {
    conflict.number: conflict for conflict in map(_read, _TABLE.replace("\nCF-", "\n\nCF-").strip().split("\n\n"))
}
"""The conflicts and gaps, CF-1 first."""
