"""What the authority keeps of its channels to cards: sessions, counters, the keys made in them, permitted PIN resets."""

from enum import Enum, unique
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from openjpki.authority.models.register import Card


@unique
class SessionState(Enum):
    """How far a session has come."""

    OPENED = "opened"
    """The card was asked for its challenge."""
    SENT = "sent"
    """The card has shown itself; all sealed commands are on their way to it."""
    DONE = "done"
    CLOSED = "closed"
    """It came to nothing: an answer did not verify, the card refused, or another session took its place."""


class CardChannel(models.Model):
    """The highest session counter that a card has shown. It only rises: a copy of a card from before is told by it."""

    card = models.OneToOneField(Card, on_delete=models.PROTECT, related_name="channel")
    counter = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"channel:{self.card_id}"


class CardSession(models.Model):
    """One piece of work on one card. Its keys are derived again whenever they are needed, and stand nowhere."""

    session_id = models.CharField(max_length=64, primary_key=True)
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="sessions")
    municipality = models.CharField(max_length=5)
    """The only one that may go on with it."""
    work_id = models.CharField(max_length=64)
    request = models.BinaryField()
    """The wire form of the work asked for."""
    script = models.JSONField()
    """The commands of the work before they are sealed, hexadecimal: while they are on their way, since they may tell of a person."""
    host_challenge = models.BinaryField()
    card_challenge = models.BinaryField(default=b"")
    counter = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=10, default=SessionState.OPENED.value)
    opened_at = models.DateTimeField()
    result = models.BinaryField(default=b"")
    """The wire form of what came of it."""
    closed_because = models.CharField(max_length=80, blank=True)
    """Code of what closed it."""

    class Meta:
        """A card holds one session at a time; a closed one says why; what was said to a card is kept until it is answered."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("card",),
                condition=Q(state__in=[SessionState.OPENED.value, SessionState.SENT.value]),
                name="card_session_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state=SessionState.CLOSED.value) ^ Q(closed_because=""),
                name="card_session_closed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[SessionState.OPENED.value, SessionState.CLOSED.value])
                | Q(counter__isnull=False),
                name="card_session_sent_has_its_counter",
            ),
            models.CheckConstraint(
                condition=Q(state=SessionState.SENT.value) | Q(script=[]),
                name="card_session_commands_only_on_their_way",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=("work_id",), name="card_session_of_work")]

    def __str__(self) -> str:
        return f"card-session:{self.session_id}"


class CardKey(models.Model):
    """A key that a card made inside a session: the authority's own witness of where it is (authority.key-not-from-card)."""

    digest = models.CharField(max_length=64, primary_key=True)
    """SHA-256 of the SubjectPublicKeyInfo, hexadecimal."""
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="keys")
    kind = models.CharField(max_length=14)
    made_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    """When its certificate was read back from the card inside a session; not known any more once a work may have removed it."""
    in_use_at = models.DateTimeField(null=True)
    """When the card was known to use it."""

    class Meta:
        """Found by card and kind, newest first; used only after its certificate came there."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(in_use_at__isnull=True) | Q(in_use_at__gte=F("made_at")), name="card_key_used_after_made"
            )
        ]
        indexes: ClassVar = [models.Index(fields=("card", "kind", "made_at"), name="card_key_newest")]

    def __str__(self) -> str:
        return f"card-key:{self.digest[:16]}"


class PinReset(models.Model):
    """An approved order to let a PIN be set anew (R-6.3), and whether the permission for it has left."""

    order_id = models.CharField(max_length=64, primary_key=True)
    municipality = models.CharField(max_length=5)
    officer = models.CharField(max_length=64)
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="pin_resets")
    pin = models.CharField(max_length=16)
    """A value of `rules.kinds.PinKind`; never a PIN."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the order's wire form, hexadecimal."""
    approved_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True)
    """When the permission was sealed for the card: no second one leaves, whether its answer comes or not."""

    def __str__(self) -> str:
        return f"pin-reset:{self.order_id}"
