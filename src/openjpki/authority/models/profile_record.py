"""By which profiles the authority issues: what each was when it was recorded, the newest row in force."""

from django.db import models

from openjpki.authority.models.approval import ControlledAct


class ProfileRecord(models.Model):
    """One record. It stays; what is in force is the newest (`profile_walls`)."""

    digest = models.CharField(max_length=64)
    """Of all profiles together, hexadecimal (`pki.specimens.profiles_digest`)."""
    digests = models.TextField()
    """JSON: the name of each profile, and its own digest."""
    recorded_at = models.DateTimeField()
    act = models.OneToOneField(ControlledAct, on_delete=models.PROTECT, null=True, related_name="profile_record")
    """The approved change; none where the first generation, an upgrade, or one operator of a sandbox recorded it."""

    def __str__(self) -> str:
        return f"profiles:{self.pk}"
