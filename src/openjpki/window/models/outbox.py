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
    """The code of the last failure; with `sent_at`, that of the authority's refusal of an order, or of an arrival taken back."""
    refusals = models.PositiveIntegerField(default=0)
    """How often the authority answered and did not take it; the wait for the next try grows with it."""
    next_try_at = models.DateTimeField(null=True)
    """When a message that was refused is tried again; null if nothing but the authority's absence holds it up."""

    class Meta:
        """The waiting ones are found in order, also per person."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(attempts__gte=1, tried_at__isnull=False),
                name="outbox_sent_was_tried",
            ),
            models.CheckConstraint(
                condition=Q(next_try_at__isnull=True) | Q(sent_at__isnull=True, refusals__gte=1),
                name="outbox_only_the_refused_wait",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("id",), condition=Q(sent_at__isnull=True), name="outbox_waiting"),
            models.Index(
                fields=("resident_code", "id"), condition=Q(sent_at__isnull=True), name="outbox_waiting_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality}/{self.message_id}"


class AuthorityPause(MunicipalRow):
    """While the authority does not answer a municipality: one row for its whole outbox, gone with the next answer."""

    failures = models.PositiveIntegerField()
    """Tries in a row that got no answer."""
    since = models.DateTimeField()
    """The first of them."""
    tried_at = models.DateTimeField()
    """The last of them."""
    next_try_at = models.DateTimeField()
    last_error = models.CharField(max_length=80)

    class Meta:
        """A municipality has one outbox."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=("municipality",), name="pause_one_of_a_municipality"),
            models.CheckConstraint(condition=Q(failures__gte=1), name="pause_after_a_failure"),
        ]

    def __str__(self) -> str:
        return f"pause:{self.municipality}"
