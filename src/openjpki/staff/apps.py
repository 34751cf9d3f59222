"""Officers' accounts as a Django application."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """Registers the officers' accounts."""

    name = "openjpki.staff"
