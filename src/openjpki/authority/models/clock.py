"""How far the legal clock came."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class LegalClock(models.Model):
    """One row: the latest moment at which the authority acted or answered. It only grows."""

    ONLY: ClassVar = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    reached_at = models.DateTimeField()

    class Meta:
        """There is one clock."""

        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="legal_clock_is_one")]

    def __str__(self) -> str:
        return "legal-clock"
