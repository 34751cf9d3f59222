import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest

import openjpki.site
from openjpki.rules.kinds import CardState, CertificateKind, CertificateState, RevocationReason
from openjpki.site.start_page_words import NAMES, WORDS, name_of, word

TEMPLATES = Path(openjpki.site.__file__).parent / "templates" / "site"
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


def _asked_for() -> Iterator[str]:
    for path in TEMPLATES.rglob("*.html"):
        yield from re.findall(r"""\{% word ["']([a-z-]+)["']""", path.read_text(encoding="utf-8"))


def test_the_templates_and_the_words_agree() -> None:
    """Every word that a template asks for exists, and no word is left unused."""
    assert set(_asked_for()) == set(WORDS)


@pytest.mark.parametrize("name", sorted(set(WORDS) - {"other-language", "to"}))
def test_a_word_speaks_both_languages(name: str) -> None:
    """Neither language leaks into the other (the link to the other language is meant to)."""
    assert JAPANESE.search(word(name, "ja"))
    assert word(name, "en")
    assert not JAPANESE.search(word(name, "en"))


@pytest.mark.parametrize(
    "member",
    [member for family in (CertificateKind, CertificateState, CardState, RevocationReason) for member in family],
)
def test_every_state_and_reason_has_a_name(member: Enum) -> None:
    """The page can name whatever the vocabularies can say."""
    assert JAPANESE.search(name_of(member, "ja"))
    assert name_of(member, "en").isascii()


def test_the_names_of_one_family_differ() -> None:
    """Two states with one name could not be told apart."""
    for family in (CertificateKind, CertificateState, CardState, RevocationReason):
        for position in (0, 1):
            names = [NAMES[member][position] for member in family]

            assert len(names) == len(set(names))


def test_an_unknown_word_is_a_bug() -> None:
    """A template's spelling mistake fails instead of drawing nothing."""
    with pytest.raises(KeyError):
        word("no-such-word", "ja")
