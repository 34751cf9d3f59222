import pytest

from openjpki.rules.everyday import EVERYDAY
from openjpki.rules.search import search

TERMS = sorted({term for terms in EVERYDAY.values() for term in terms})


@pytest.mark.parametrize("word", EVERYDAY)
def test_an_everyday_word_leads_somewhere(word: str) -> None:
    """R-2.29: what a resident says is found in the registers, in Japanese and in English."""
    assert search(word)
    assert any(term.isascii() for term in EVERYDAY[word])
    assert any(not term.isascii() for term in EVERYDAY[word])


@pytest.mark.parametrize("term", TERMS)
def test_what_stands_for_it_is_in_a_register(term: str) -> None:
    """R-2.29: no word of the table is one that no entry has."""
    hits = search(term)

    assert hits
    assert all(hit.ja and hit.en for hit in hits)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("外国人 foreigner", "R-2.12"),
        ("代わりに かわりに proxy", "R-2.23"),
        ("子ども 赤ちゃん child", "R-2.22"),
        ("子ども 赤ちゃん 成人 18歳 adult", "R-1.3"),
        ("旧姓 性別 gender", "R-5.3"),
        ("夫 妻 配偶者 spouse", "R-2.25"),
        ("夫 妻 配偶者 spouse 高齢 お年寄り 入院 寝たきり elderly", "R-2.23"),
        ("高齢 お年寄り 入院 寝たきり elderly", "R-2.24"),
        ("フリガナ ふりがな furigana", "R-1.9"),
        ("十五歳 １５才 fifteen", "R-1.4"),
        ("返す 返却", "R-5.6"),
        ("何階 駐車場 parking", "R-4.8"),
        ("今日 today", "R-4.4"),
        ("読み取れない ICチップ 破損 chip", "fee.remake"),
        ("駐車場 parking", "R-4.9"),
        ("パスポート passport", "R-2.21"),
        ("lost なくした", "R-2.7"),
    ],
)
def test_an_everyday_word_leads_to_its_rule(words: str, number: str) -> None:
    """R-2.29: what a resident means is among the ten that are told."""
    missed = [word for word in words.split() if number not in [hit.number for hit in search(word)[:10]]]

    assert missed == []
