"""The audit record as a Django application; its table exists in every role's database."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Registers the audit record."""

    name = "openjpki.audit"
