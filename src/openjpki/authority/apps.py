"""The authority as a Django application."""

from django.apps import AppConfig


class AuthorityConfig(AppConfig):
    """Registers the authority's tables."""

    name = "openjpki.authority"
