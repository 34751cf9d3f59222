from dataclasses import dataclass

import pytest
from django.template import Context
from django.urls import set_urlconf

from openjpki.errors import Language
from openjpki.site.templatetags.operator_tags import named, say, to


@dataclass
class Spoken:
    """A page that has a language."""

    language: Language


@pytest.mark.parametrize(("language", "word", "does"), [("ja", "操作", "発行中"), ("en", "Acts", "issues")])
def test_tags_speak_the_pages_language(language: Language, word: str, does: str) -> None:
    """Words, names of values, and links that keep the language."""
    context = Context({"page": Spoken(language)})
    set_urlconf("openjpki.site.operators.urls")
    try:
        assert (say(context, "acts"), named(context, "does", "issuing")) == (word, does)
        assert to(context, "acts") == f"/acts?lang={language}"
        assert to(context, "act", 3) == f"/acts/3?lang={language}"
    finally:
        set_urlconf(None)
