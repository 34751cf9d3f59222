"""The window as a Django application."""

from django.apps import AppConfig


class WindowConfig(AppConfig):
    """Registers the window's tables."""

    name = "openjpki.window"
