"""What was stopped at the word of a caller."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from openjpki.authority.models.register import Card


class PhoneHold(models.Model):
    """A card that the telephone desk stopped (R-5.20), until its municipality says that it knows."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="phone_holds")
    operator = models.CharField(max_length=64)
    asked = models.JSONField()
    """Which questions were asked: values of `rules.phone_hold.Question`. No answer stands anywhere."""
    held_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    """When the municipality reported the card as stopped; until then no report of it sets the card free."""

    class Meta:
        """One call at a time stops a card."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("card",), condition=Q(acknowledged_at__isnull=True), name="phone_hold_one_open_per_card"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(acknowledged_at__gte=F("held_at")),
                name="phone_hold_known_after_it_came",
            ),
        ]

    def __str__(self) -> str:
        return f"phone-hold:{self.pk}"
