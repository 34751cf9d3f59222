"""What the authority last told this window about certificates."""

from typing import ClassVar

from django.db import models

from openjpki.window.models.resident import Resident
from openjpki.window.models.scope import MunicipalRow


class CertificateCopy(MunicipalRow):
    """One certificate of a resident, as last known; the authority's own record decides."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    card_number = models.CharField(max_length=15)
    kind = models.CharField(max_length=14)
    serial = models.BigIntegerField()
    state = models.CharField(max_length=12)
    """A value of `rules.kinds.CertificateState`."""
    issued_date = models.DateField()
    expires_date = models.DateField()
    """Last day, included (R-3.6)."""
    reason = models.CharField(max_length=24, blank=True)
    """A value of `rules.kinds.RevocationReason`, if something ended it."""
    event = models.CharField(max_length=16, blank=True)
    """A value of `rules.kinds.LifeEvent`, if one ended it."""
    effective_at = models.DateTimeField(null=True)
    visible_at = models.DateTimeField(null=True)
    issuing_municipality = models.CharField(max_length=5)
    certificate = models.BinaryField()
    known_at = models.DateTimeField()
    """The moment of this knowledge."""

    class Meta:
        """A serial is given once per kind."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=("municipality", "kind", "serial"), name="certificate_copy_once")
        ]

    def __str__(self) -> str:
        return f"{self.municipality}/{self.kind}/{self.serial}"
