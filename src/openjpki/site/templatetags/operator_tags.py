"""Tags of the operators' pages that only format: each takes the language from the page in the context."""

from django import template
from django.template import Context
from django.urls import reverse

from openjpki.errors import Language
from openjpki.site.operators import words

register = template.Library()


def _language(context: Context) -> Language:
    language: Language = context["page"].language
    return language


@register.simple_tag(takes_context=True)
def say(context: Context, name: str) -> str:
    """Return a word of the pages by its name."""
    return words.word(name, _language(context))


@register.simple_tag(takes_context=True)
def named(context: Context, vocabulary: str, value: str) -> str:
    """Return what a value of a vocabulary is called."""
    return words.named(vocabulary, value, _language(context))


@register.simple_tag(takes_context=True)
def to(context: Context, name: str, number: int | None = None) -> str:
    """Return the address of a page, in the language of this one."""
    address = reverse(name, kwargs={} if number is None else {"number": number})
    return f"{address}?lang={_language(context)}"
