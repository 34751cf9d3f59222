import re
from pathlib import Path

from openjpki.authority.control.kinds import ActKind
from openjpki.rules.kinds import CardState, CertificateState, Sex
from openjpki.rules.phone_hold import Question
from openjpki.site.operators import words
from openjpki.site.operators.views import ROOMS

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠々]")
TEMPLATES = Path(words.__file__).parents[1] / "templates" / "site" / "operators"


def test_every_word_is_in_two_languages() -> None:
    """Each sentence in its own language."""
    for name, (ja, en) in words.WORDS.items():
        assert (JAPANESE.search(ja) is not None) or name == "other-language", name
        assert (JAPANESE.search(en) is None) or name == "other-language", name
    assert (words.word("title", "ja"), words.word("title", "en")) == words.WORDS["title"]


def test_every_vocabulary_is_complete() -> None:
    """Whatever a page shows has a name."""
    vocabularies = {"act-kind": ActKind, "question": Question, "sex": Sex, "card-state": CardState}
    for name, vocabulary in (vocabularies | {"certificate-state": CertificateState}).items():
        assert set(words.VOCABULARIES[name]) == {member.value for member in vocabulary}
    assert words.named("sex", "female", "ja") == "女"


def test_no_word_is_left_over_and_none_is_missing() -> None:
    """Templates ask for what there is; what none of them asks for is not there."""
    text = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html"))
    asked = set(re.findall(r"""\{% say ["']([^"']+)["']""", text))
    by_value = {
        *ROOMS,
        "caller",
        "stopped",
        "stopped-list",
        "act",
        "not-found",
        "not-done",
        "sound",
        "warning",
        "unsound",
    }
    queues = {name for name in words.WORDS if name.split("-")[0] in {"acts", "orders", "outbox", "letters", "stops"}}

    assert asked - set(words.WORDS) == set()
    assert set(words.WORDS) - asked - by_value - queues == set()
