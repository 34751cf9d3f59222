"""The site as a Django application: it brings the templates of the start page."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Registers the start page's templates and static files."""

    name = "openjpki.site"
    label = "site"
