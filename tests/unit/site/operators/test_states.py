from openjpki.site.operators.states import ACT_STATES, CHECK_NAMES, FIGURES_JA, KEY_DOES
from openjpki.site.watching.health import CHECKS


def test_every_word_has_its_japanese_and_its_english() -> None:
    """Checks are named completely; no Japanese word is English, and no English one is missing."""
    assert set(CHECK_NAMES) == set(CHECKS)
    for words in (ACT_STATES, KEY_DOES, CHECK_NAMES):
        assert [ja for ja, _ in words.values() if ja.isascii()] == []
        assert [en for _, en in words.values() if not en.isascii()] == []
    assert [ja for ja in FIGURES_JA.values() if ja.isascii()] == []
