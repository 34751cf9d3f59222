"""Expiry notices that the municipality is to send: what the authority wrote, and how far each letter is."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from openjpki.rules.notices import PaperState
from openjpki.window.models.scope import MunicipalRow


class ExpiryNotice(MunicipalRow):
    """One letter (R-7.1, R-7.3). Name and address are the register's on the day of printing, and stand nowhere here."""

    notice_id = models.CharField(max_length=64, unique=True)
    """What the authority calls it."""
    resident_code = models.CharField(max_length=11)
    """Whose: the person may have left the register since."""
    card_expires_date = models.DateField(null=True)
    signature_expires_date = models.DateField(null=True)
    authentication_expires_date = models.DateField(null=True)
    """What it asks to make anew or renew, by its last day; null where it does not."""
    opens_date = models.DateField()
    """First day of the renewal."""
    selected_date = models.DateField()
    """The day for which the authority wrote it."""
    post_by_date = models.DateField()
    enclosed = models.JSONField()
    """Values of `rules.notices.Enclosure`."""
    told = models.JSONField()
    """Codes of what else it says."""
    state = models.CharField(max_length=10, default=PaperState.RECEIVED.value)
    """A value of `rules.notices.PaperState`."""
    received_at = models.DateTimeField()
    marked_at = models.DateTimeField(null=True)
    """When it was last marked."""

    class Meta:
        """Listed by number; a letter is about something."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PaperState]), name="expiry_notice_state_known"
            ),
            models.CheckConstraint(
                condition=Q(card_expires_date__isnull=False)
                | Q(signature_expires_date__isnull=False)
                | Q(authentication_expires_date__isnull=False),
                name="expiry_notice_is_about_something",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=("municipality", "state", "notice_id"), name="expiry_notice_by_state")]

    def __str__(self) -> str:
        return f"{self.municipality}/{self.notice_id}"
