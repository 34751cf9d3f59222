"""The outbox: messages to the authority, written in the transaction of the act that says them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from openjpki.window.models.scope import MunicipalRow


class OutboxMessage(MunicipalRow):
    """One fact or order for the authority. It is sent until it is answered; nothing is dropped."""

    resident_code = models.CharField(max_length=11)
    """The person: messages about one person go in the order of their keys."""
    message_id = models.CharField(max_length=32, unique=True)
    """The report or order id inside the message: the authority answers the same id once."""
    message = models.TextField()
    """Wire form (`desk.carrier.encode`)."""
    queued_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    """When the authority answered; null while it waits."""
    last_error = models.CharField(max_length=80, blank=True)
    """The code of the last failure; with `sent_at`, the code of the authority's refusal of an order."""

    class Meta:
        """The waiting ones are found in order, also per person."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(attempts__gte=1, tried_at__isnull=False),
                name="outbox_sent_was_tried",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=("id",), condition=Q(sent_at__isnull=True), name="outbox_waiting"),
            models.Index(
                fields=("resident_code", "id"), condition=Q(sent_at__isnull=True), name="outbox_waiting_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality}/{self.message_id}"
