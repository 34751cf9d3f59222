"""Cards as the window knows them: whose, until when, in which state. Nothing of what is on the chip."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from openjpki.rules.kinds import CardState
from openjpki.rules.stay import Stay, card_end
from openjpki.window.models.resident import Resident
from openjpki.window.models.scope import MunicipalRow


class CardHolding(MunicipalRow):
    """A My Number card that was handed over to a resident."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    card_number = models.CharField(max_length=15)
    """製造番号."""
    expires_date = models.DateField()
    """Last day, included (R-3.6, R-3.7)."""
    state = models.CharField(max_length=10, default=CardState.ACTIVE.value)
    """A value of `rules.kinds.CardState`."""
    handed_over_date = models.DateField()
    special_until_date = models.DateField(null=True)
    """Until when it was extended while the renewal of the stay was pending (特例期間): once (R-3.7); null if it never was."""

    class Meta:
        """One living card per resident."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=("municipality", "card_number"), name="card_once_per_municipality"),
            models.UniqueConstraint(
                fields=("resident",),
                condition=Q(state__in=["active", "suspended"]),
                name="card_one_living_per_resident",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CardState]), name="card_state_known"
            ),
            models.CheckConstraint(
                condition=Q(expires_date__gte=F("handed_over_date")), name="card_expires_after_hand_over"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality}/{self.pk}"

    def ends(self, stay: Stay) -> date:
        """Return its last day under the holder's stay, past which nothing is issued on it (R-3.7)."""
        return card_end(stay=stay, card_expires=self.expires_date, special_until=self.special_until_date)
