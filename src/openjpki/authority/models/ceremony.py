"""What a key ceremony leaves behind as it goes: which key was intended, which was made, and the transcript at its end."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from openjpki.authority.models.approval import ControlledAct, Operator
from openjpki.authority.models.issuer import Issuer


class CeremonyKey(models.Model):
    """One key of a ceremony. It is written down before it is made, so that none is made twice in silence."""

    act = models.ForeignKey(ControlledAct, on_delete=models.PROTECT, related_name="keys")
    position = models.PositiveSmallIntegerField()
    """Which generation of the script it is for, counted from zero."""
    attempt = models.PositiveSmallIntegerField()
    """Counted from one; a second one says that a first may lie unused in the keeper."""
    intended_at = models.DateTimeField()
    key_name = models.CharField(max_length=80, unique=True, null=True)  # noqa: DJ001  -- unique once there is one; none is no name
    key_identifier = models.CharField(max_length=40, blank=True, default="")
    made_at = models.DateTimeField(null=True)
    issuer = models.OneToOneField(Issuer, on_delete=models.PROTECT, null=True, related_name="ceremony_key")
    """The generation that it became."""

    class Meta:
        """A generation of the script has one key, and each attempt at it is a row."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=("act", "position", "attempt"), name="ceremony_key_one_of_an_attempt"),
            models.UniqueConstraint(
                fields=("act", "position"), condition=Q(key_name__isnull=False), name="ceremony_key_one_of_a_generation"
            ),
            models.CheckConstraint(
                condition=Q(key_name__isnull=True, made_at__isnull=True, issuer__isnull=True)
                | Q(key_name__isnull=False, made_at__isnull=False, made_at__gte=F("intended_at")),
                name="ceremony_key_made_after_it_was_intended",
            ),
        ]

    def __str__(self) -> str:
        return f"ceremony-key:{self.act_id}/{self.position}/{self.attempt}"


class Transcript(models.Model):
    """What was done in a ceremony, as the text that the operators sign."""

    act = models.OneToOneField(ControlledAct, on_delete=models.PROTECT, primary_key=True, related_name="transcript")
    text = models.TextField()
    digest = models.CharField(max_length=64)
    """SHA-256 of the text, hexadecimal; the audit record has the same."""
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"transcript:{self.act_id}"


class TranscriptSignature(models.Model):
    """An operator who was present signs what was done."""

    transcript = models.ForeignKey(Transcript, on_delete=models.PROTECT, related_name="signatures")
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    signature = models.BinaryField()
    signed_at = models.DateTimeField()

    class Meta:
        """Once each."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=("transcript", "operator"), name="transcript_signed_once_by_each")
        ]

    def __str__(self) -> str:
        return f"{self.transcript_id}/{self.operator_id}"
