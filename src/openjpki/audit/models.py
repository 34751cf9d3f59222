"""One row per act, written in the transaction of the act and never without it."""

from django.db import models


class Entry(models.Model):
    """What was done, by whom, to what, when: closed verbs, data instead of sentences, no personal data, no secrets."""

    recorded_at = models.DateTimeField()
    """The legal moment of the act, UTC."""
    actor = models.CharField(max_length=100)
    """An officer's login, a role ("authority"), or a program ("story")."""
    verb = models.CharField(max_length=60)
    """A member of the writing role's closed vocabulary of verbs, for example "certificate.activated"."""
    subject = models.CharField(max_length=100)
    """What it was done to, by its opaque identifier: "order:…", "certificate:signature/12", "application:…"."""
    data = models.JSONField(default=dict)
    """Facts of the act: codes, serials, rule numbers. Never names, addresses, PINs or keys."""

    class Meta:
        """Found by subject, listed by time."""

        indexes = (models.Index(fields=("subject",)), models.Index(fields=("recorded_at",)))

    def __str__(self) -> str:
        return f"{self.recorded_at:%Y-%m-%dT%H:%M:%SZ} {self.actor} {self.verb} {self.subject}"
