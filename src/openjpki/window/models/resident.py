"""The resident register, as far as the certificates ask."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from openjpki.rules.kinds import ResidenceStatus
from openjpki.rules.stay import Stay
from openjpki.window.models.scope import MunicipalRow
from openjpki.window.states import ResidentState

_FIXED = ResidenceStatus.FIXED_STAY.value


class Resident(MunicipalRow):
    """One person in the register of one municipality; the row stays when the person leaves, as a removed record does."""

    resident_code = models.CharField(max_length=11)
    """住民票コード: eleven digits, the same wherever the person lives."""
    name = models.CharField(max_length=100)
    kana = models.CharField(max_length=100)
    address = models.CharField(max_length=200)
    birth_date = models.DateField()
    sex = models.CharField(max_length=10)
    """A value of `rules.kinds.Sex`."""
    state = models.CharField(max_length=10, default=ResidentState.RESIDENT.value)
    resident_since_date = models.DateField()
    """住定日: the day since which the person lives in this municipality."""
    ended_date = models.DateField(null=True)
    """The day the person left the register; null while recorded here."""
    residence_status = models.CharField(max_length=20, default=ResidenceStatus.JAPANESE.value)
    """A value of `rules.kinds.ResidenceStatus` (R-1.8)."""
    stay_until_date = models.DateField(null=True)
    """在留期間の満了日, included; null where the status has none."""

    class Meta:
        """A person is recorded in one register at a time; a fixed stay has its last day, nothing else has one."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=("municipality", "resident_code"), name="resident_once_per_municipality"),
            models.UniqueConstraint(
                fields=("resident_code",), condition=Q(state="resident"), name="resident_in_one_municipality"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ResidentState]), name="resident_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="resident", ended_date__isnull=True)
                | (~Q(state="resident") & Q(ended_date__isnull=False)),
                name="resident_ended_unless_resident",
            ),
            models.CheckConstraint(
                condition=Q(resident_since_date__gte=models.F("birth_date")), name="resident_since_birth_or_later"
            ),
            models.CheckConstraint(
                condition=Q(residence_status__in=[status.value for status in ResidenceStatus]),
                name="resident_residence_status_known",
            ),
            models.CheckConstraint(
                condition=Q(residence_status=_FIXED, stay_until_date__isnull=False)
                | (~Q(residence_status=_FIXED) & Q(stay_until_date__isnull=True)),
                name="resident_fixed_stay_has_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality}/{self.pk}"

    @property
    def stay(self) -> Stay:
        """How long the person may stay in Japan, as the record has it."""
        return Stay(status=ResidenceStatus(self.residence_status), until=self.stay_until_date)
