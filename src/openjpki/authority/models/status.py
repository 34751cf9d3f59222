"""The journal of status: what a responder must know, in the order in which it became so."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from openjpki.authority.models.issuer import Issuer


class StatusHead(models.Model):
    """One row: the last position of the journal. An act that writes to it holds this row until it is committed."""

    ONLY: ClassVar = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    last = models.BigIntegerField(default=0)

    class Meta:
        """There is one journal."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="status_head_is_one"),
            models.CheckConstraint(condition=Q(last__gte=0), name="status_head_counts_from_zero"),
        ]

    def __str__(self) -> str:
        return f"status-head:{self.last}"


class StatusChange(models.Model):
    """What may be said of one certificate from here on: the whole of it, so that the last entry of a certificate is enough.

    It names no person, and a responder needs no other table of certificates.
    """

    position = models.BigIntegerField(primary_key=True)
    """Counts from one without a gap, in the order of the commits (docs/decisions/0024)."""
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="status_changes")
    serial = models.BigIntegerField()
    standing = models.BinaryField()
    """The rows of its revocations (`responding.standings`); empty for one that never ended."""
    changed_at = models.DateTimeField()
    """The legal moment of the act."""

    class Meta:
        """Found by position; by certificate for whoever checks."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(position__gt=0), name="status_change_counts_from_one")
        ]
        indexes: ClassVar = [models.Index(fields=("issuer", "serial", "position"), name="status_change_of_one")]

    def __str__(self) -> str:
        return f"status-change:{self.position}"
