from datetime import UTC, date, datetime

import pytest
from django.template import Context, Engine

from openjpki.errors import Language
from openjpki.rules.kinds import CertificateState
from tests.support.start_page import empty_page

ENGINE = Engine(libraries={"start_page_tags": "openjpki.site.templatetags.start_page_tags"})


def draw(source: str, language: Language, value: object = None) -> str:
    """Render a piece of template with the tags loaded."""
    template = ENGINE.from_string("{% load start_page_tags %}" + source)
    return template.render(Context({"page": empty_page(language), "value": value}))


@pytest.mark.parametrize(
    ("source", "value", "japanese", "english"),
    [
        ("{% word 'state' %}", None, "状態", "State"),
        ("{% name_of value %}", CertificateState.HELD, "一時保留", "Held"),
        (
            "{% day value %}",
            date(2026, 11, 23),
            '<time datetime="2026-11-23"><span class="part">令和8年（2026年）</span><span class="part">11月23日（月）</span></time>',
            '<time datetime="2026-11-23"><span class="part">2026-11-23</span> <span class="part">(Mon)</span></time>',
        ),
        (
            "{% day value weekday=False %}",
            date(1990, 6, 10),
            '<time datetime="1990-06-10"><span class="part">平成2年（1990年）</span><span class="part">6月10日</span></time>',
            '<time datetime="1990-06-10"><span class="part">1990-06-10</span></time>',
        ),
        (
            "{% moment value %}",
            datetime(2026, 11, 22, 15, 5, tzinfo=UTC),
            '<time datetime="2026-11-22T15:05:00+00:00"><span class="part">令和8年（2026年）</span><span class="part">11月23日（月）</span> <span class="part">00:05</span></time>',
            '<time datetime="2026-11-22T15:05:00+00:00"><span class="part">2026-11-23</span> <span class="part">(Mon)</span> <span class="part">00:05</span></time>',
        ),
    ],
)
def test_a_tag_formats_in_the_page_s_language(source: str, value: object, japanese: str, english: str) -> None:
    """Each tag takes the language from the page; a moment falls on its Japanese civil day."""
    assert draw(source, "ja", value) == japanese
    assert draw(source, "en", value) == english
