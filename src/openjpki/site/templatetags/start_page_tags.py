"""Tags that only format: each wraps one pure function and takes the language from the page in the context."""

from datetime import date, datetime
from enum import Enum

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from openjpki.errors import Language
from openjpki.rules.dates import civil_date
from openjpki.site import start_page, start_page_words

register = template.Library()


def _language(context: Context) -> Language:
    page: start_page.StartPage = context["page"]
    return page.language


@register.simple_tag(takes_context=True)
def word(context: Context, name: str) -> str:
    """Return a word of the page by its name."""
    return start_page_words.word(name, _language(context))


@register.simple_tag(takes_context=True)
def name_of(context: Context, member: Enum) -> str:
    """Return what a kind, state or reason is called."""
    return start_page_words.name_of(member, _language(context))


@register.simple_tag(takes_context=True)
def day(context: Context, value: date, *, weekday: bool = True) -> SafeString:
    """Return a `<time>` element with a civil date, which may break between its parts."""
    told = _parts(value, _language(context), weekday=weekday)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), told)


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime) -> SafeString:
    """Return a `<time>` element with a moment's Japanese date and time of day."""
    written = _parts(civil_date(value), _language(context))
    clock = start_page.written_time(value)
    return format_html('<time datetime="{}">{} <span class="part">{}</span></time>', value.isoformat(), written, clock)


def _parts(value: date, language: Language, *, weekday: bool = True) -> SafeString:
    parts = ((part,) for part in start_page.parts_of(value, language, weekday=weekday))
    return format_html_join("" if language == "ja" else " ", '<span class="part">{}</span>', parts)
