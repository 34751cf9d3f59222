"""Register events: what happened to a resident, when, and by whom it was entered."""

from typing import ClassVar

from django.db import models

from openjpki.window.models.resident import Resident
from openjpki.window.models.scope import MunicipalRow


class RegisterEvent(MunicipalRow):
    """A change in the register that may end certificates (R-5.3, R-5.4)."""

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    event = models.CharField(max_length=16)
    """A value of `rules.kinds.LifeEvent`."""
    occurred_date = models.DateField()
    recorded_at = models.DateTimeField()
    officer = models.CharField(max_length=64)
    report_id = models.CharField(max_length=32, unique=True)
    """The report's number at the desk."""
    other_municipality = models.CharField(max_length=5, blank=True)
    """Where the person came from, for a move across municipalities."""

    class Meta:
        """Listed by time."""

        indexes: ClassVar = [models.Index(fields=("municipality", "recorded_at"), name="register_event_by_time")]

    def __str__(self) -> str:
        return f"{self.municipality}/{self.report_id}"
