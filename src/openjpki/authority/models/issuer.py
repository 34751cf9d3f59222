"""CA generations, their OCSP responders, and the serials that both draw with the holders' certificates."""

from enum import Enum, unique
from typing import ClassVar

from django.db import models
from django.db.models import F, Q


@unique
class GenerationEnd(Enum):
    """Why a generation issues nothing any more, before its time."""

    COMPROMISE = "compromise"
    TERMINATION = "termination"


class Issuer(models.Model):
    """One generation of a CA. All generations of a kind bear the same name; the key tells them apart."""

    kind = models.CharField(max_length=14)
    generation = models.PositiveIntegerField()
    serial = models.BigIntegerField()
    certificate = models.BinaryField()
    """DER, self-signed."""
    key_identifier = models.CharField(max_length=40, unique=True)
    """SHA-1 of the key bits, hexadecimal (RFC 5280 §4.2.1.2)."""
    key_name = models.CharField(max_length=80, unique=True)
    """What the key store calls the private key."""
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    issues_from = models.DateTimeField()
    """From this moment on this generation issues, until a newer one does. Before and after, it signs lists and answers."""
    ended_at = models.DateTimeField(null=True)
    """From this moment on it issues nothing, whatever the others do."""
    ended_because = models.CharField(max_length=16, blank=True, default="")
    """A value of `GenerationEnd`, empty while it has not ended."""
    key_destroyed_at = models.DateTimeField(null=True)
    """From this moment on it signs nothing at all: the private key is gone."""

    class Meta:
        """A generation and a serial is given once."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=("kind", "generation"), name="issuer_one_of_a_generation"),
            models.UniqueConstraint(fields=("kind", "serial"), name="issuer_serial_once"),
            models.CheckConstraint(condition=Q(generation__gt=0), name="issuer_generations_count_from_one"),
            models.CheckConstraint(condition=Q(not_after__gt=F("not_before")), name="issuer_valid_for_a_time"),
            models.CheckConstraint(
                condition=Q(issues_from__gte=F("not_before"), issues_from__lt=F("not_after")),
                name="issuer_issues_while_it_is_valid",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_because="")
                | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="issuer_ended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(key_destroyed_at__isnull=True) | Q(ended_because="termination"),
                name="issuer_key_destroyed_at_the_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}-{self.generation}"


class OcspResponder(models.Model):
    """The delegated responder of one issuer for some weeks (RFC 6960 §4.2.2.2); the newest answers."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="responders")
    serial = models.BigIntegerField()
    certificate = models.BinaryField()
    key_name = models.CharField(max_length=80, unique=True)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()

    class Meta:
        """A serial is given once; the newest is found by its end."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=("issuer", "serial"), name="responder_serial_once"),
            models.CheckConstraint(condition=Q(not_after__gt=F("not_before")), name="responder_valid_for_a_time"),
        ]
        indexes: ClassVar = [models.Index(fields=("issuer", "not_after"), name="responder_newest")]

    def __str__(self) -> str:
        return f"responder:{self.issuer}/{self.serial}"


class SerialCounter(models.Model):
    """The last serial drawn of a kind; locked while the next is drawn."""

    kind = models.CharField(max_length=14, primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.kind}: {self.last}"


class Serial(models.Model):
    """Every serial ever drawn, for a CA, a responder or a holder: a small table that no other refers to."""

    key = models.CharField(max_length=40, primary_key=True)
    """ "signature/12": kind and number in one column."""
    drawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
