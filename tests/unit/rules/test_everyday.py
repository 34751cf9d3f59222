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
