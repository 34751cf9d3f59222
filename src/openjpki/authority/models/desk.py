"""What the authority knows of those who speak at the desk: their public keys, and the numbers they have used."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class EnrolledKey(models.Model):
    """A public key with which one signer of one municipality speaks. It is never removed, only revoked."""

    municipality = models.CharField(max_length=5)
    signer = models.CharField(max_length=64, blank=True)
    """An officer's login; empty for the municipality itself."""
    fingerprint = models.CharField(max_length=64, unique=True)
    """SHA-256 of the public key, hexadecimal: a key speaks for one signer."""
    public_key = models.BinaryField()
    """SubjectPublicKeyInfo, DER."""
    enrolled_at = models.DateTimeField()
    """By the transport clock, as is the next."""
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """A signer has one key at a time."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("municipality", "signer"),
                condition=Q(revoked_at__isnull=True),
                name="desk_key_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("enrolled_at")),
                name="desk_key_revoked_after_enrolment",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=("municipality", "signer"), name="desk_key_of_signer")]

    def __str__(self) -> str:
        return f"desk-key:{self.pk}"


class SeenNonce(models.Model):
    """A number that came in an envelope. It is forgotten when the envelope would be too old anyway."""

    key = models.CharField(max_length=40, primary_key=True)
    """ "99201/" and 32 hexadecimal digits: municipality and number in one column."""
    until = models.DateTimeField(db_index=True)
    """From here on an envelope with this number is refused for its age."""

    def __str__(self) -> str:
        return self.key
