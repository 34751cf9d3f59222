"""The authority's own register of persons and cards, fed by the municipalities' reports."""

from datetime import date, datetime
from enum import Enum, unique
from typing import ClassVar

from django.db import models
from django.db.models import Q

from openjpki.rules.kinds import CardState, ResidenceStatus, Sex
from openjpki.rules.person import FourAttributes, Municipality
from openjpki.rules.stay import Stay, card_end

_FIXED = ResidenceStatus.FIXED_STAY.value


@unique
class PersonState(Enum):
    """Whether a person stands in a resident record."""

    RESIDENT = "resident"
    LEFT = "left"
    """Emigrated, or struck off the record; may be registered again."""
    DEAD = "dead"


class MunicipalityRow(models.Model):
    """A municipality that takes part, with the names its certificates and lists carry (R-5.25)."""

    code = models.CharField(max_length=5, primary_key=True)
    prefecture = models.CharField(max_length=100)
    name = models.CharField(max_length=100)
    prefecture_romaji = models.CharField(max_length=100)
    name_romaji = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.code

    def value(self) -> Municipality:
        """Return what certificates and lists need of it."""
        return Municipality(
            code=self.code,
            prefecture=self.prefecture,
            name=self.name,
            prefecture_romaji=self.prefecture_romaji,
            name_romaji=self.name_romaji,
        )


class Person(models.Model):
    """A person as the resident record has them. The row is locked by every act on the person's certificates."""

    resident_code = models.CharField(max_length=11, unique=True)
    """住民票コード."""
    municipality = models.CharField(max_length=5)
    """Where the person lives: the only one that may order for them (R-1.1)."""
    state = models.CharField(max_length=10, default=PersonState.RESIDENT.value)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=200)
    birth_date = models.DateField()
    sex = models.CharField(max_length=10)
    leaving_to = models.CharField(max_length=5, blank=True, default="")
    """Where the person moves, once the municipality that is left has said so; empty otherwise."""
    leaving_reported_at = models.DateTimeField(null=True)
    """When it said so, by the legal clock; null if it has not, or if the departure was withdrawn."""
    residence_status = models.CharField(max_length=20, default=ResidenceStatus.JAPANESE.value)
    """A value of `rules.kinds.ResidenceStatus` (R-1.8)."""
    stay_until = models.DateField(null=True)
    """在留期間の満了日, included; null where the status has none."""

    class Meta:
        """Listed by municipality; a departure has its moment, and a fixed stay its last day."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(leaving_to="", leaving_reported_at__isnull=True)
                | (~Q(leaving_to="") & Q(leaving_reported_at__isnull=False)),
                name="person_leaves_since_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(residence_status__in=[status.value for status in ResidenceStatus]),
                name="person_residence_status_known",
            ),
            models.CheckConstraint(
                condition=Q(residence_status=_FIXED, stay_until__isnull=False)
                | (~Q(residence_status=_FIXED) & Q(stay_until__isnull=True)),
                name="person_fixed_stay_has_its_end",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=("municipality",), name="person_of_municipality")]

    def __str__(self) -> str:
        return f"person:{self.pk}"

    def attributes(self) -> FourAttributes:
        """Return the four attributes as on record."""
        return FourAttributes(name=self.name, address=self.address, birth_date=self.birth_date, sex=Sex(self.sex))

    def stay(self) -> Stay:
        """Return how long the person may stay, as on record."""
        return Stay(status=ResidenceStatus(self.residence_status), until=self.stay_until)

    def stay_as(self, stay: Stay) -> None:
        """Take over how long the person may stay; the caller saves."""
        self.residence_status, self.stay_until = stay.status.value, stay.until

    def leave_for(self, municipality: str, at: datetime) -> None:
        """Take down a departure; the caller saves."""
        self.leaving_to, self.leaving_reported_at = municipality, at

    def leave_no_more(self) -> None:
        """Strike a departure out; the caller saves."""
        self.leaving_to, self.leaving_reported_at = "", None

    def record(self, attributes: FourAttributes) -> None:
        """Take over the attributes; the caller saves."""
        self.name, self.address = attributes.name, attributes.address
        self.birth_date, self.sex = attributes.birth_date, attributes.sex.value


class Card(models.Model):
    """A My Number card that was handed over."""

    card_number = models.CharField(max_length=15, unique=True)
    """製造番号."""
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cards")
    expires = models.DateField()
    """Last day, included."""
    state = models.CharField(max_length=10)
    municipality = models.CharField(max_length=5)
    """Which municipality speaks for the card: the holder's, unless the holder came back from abroad to another one."""
    special_until = models.DateField(null=True)
    """Until when it was extended while the renewal of the stay was pending (特例期間): once (R-3.7); null if it never was."""

    class Meta:
        """Found by its last day."""

        indexes: ClassVar = [
            models.Index(fields=("expires",), condition=Q(state=CardState.ACTIVE.value), name="card_in_use_by_expiry")
        ]

    def __str__(self) -> str:
        return f"card:{self.pk}"

    def ends(self, stay: Stay) -> date:
        """Return its last day, past which nothing is issued on it: never past the holder's stay (R-3.7)."""
        return card_end(stay=stay, card_expires=self.expires, special_until=self.special_until)


class MadeCard(models.Model):
    """For whom the authority's factory made a card: it is handed to that person only (`cards.walls`).

    A blank card, and one that another made, has no row: it becomes whose it is reported to be, once.
    """

    card_number = models.CharField(max_length=15, unique=True)
    """製造番号."""
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="made_cards")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"made-card:{self.pk}"


class Receipt(models.Model):
    """A report or a revocation order that was carried out: the same one again gets the same answer."""

    message_id = models.CharField(max_length=64, primary_key=True)
    digest = models.CharField(max_length=64)
    """SHA-256 of the wire form, hexadecimal: the content itself is personal data and not kept."""
    received_at = models.DateTimeField()
    ended = models.JSONField(default=list)
    """Keys of the certificates it ended."""

    def __str__(self) -> str:
        return f"report:{self.message_id}"
