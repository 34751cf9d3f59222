"""Expiry notices: what was decided about each expiry, the letter it goes into, and the batches in which it came about."""

from enum import Enum, unique
from typing import ClassVar

from django.db import models
from django.db.models import Q

from openjpki.authority.models.register import Card, Person


@unique
class NoticeState(Enum):
    """Where a letter is."""

    WAITING = "waiting"
    """Selected; the municipality has not got it yet."""
    GIVEN = "given"
    """It was sent to the municipality, which has not said that it has it: it is sent again, unchanged."""
    HANDED_OVER = "handed-over"
    """The municipality has it, and has said so."""
    TAKEN_OUT = "taken-out"
    """All that it was about was renewed or ended before."""


_OUT = [NoticeState.GIVEN.value, NoticeState.HANDED_OVER.value]


class NoticeBatch(models.Model):
    """What one transaction of a run decided for one municipality; a batch that decided nothing leaves no row."""

    municipality = models.CharField(max_length=5)
    on_date = models.DateField()
    """The legal day for which was selected."""
    selected_at = models.DateTimeField()
    noticed = models.PositiveIntegerField()
    """New letters."""
    skipped = models.PositiveIntegerField()
    """Expiries that get none, for a reason that is new."""
    taken_out = models.PositiveIntegerField()
    """Expiries taken out of letters that waited."""

    class Meta:
        """Listed by day."""

        indexes: ClassVar = [models.Index(fields=("on_date", "municipality"), name="notice_batch_of_day")]

    def __str__(self) -> str:
        return f"notice-batch:{self.pk}"


class Notice(models.Model):
    """One letter to one holder, about a card and what is on it. What it says is read from the register when it is given."""

    notice_id = models.CharField(max_length=32, primary_key=True)
    """What the desk calls it: 32 hexadecimal digits."""
    batch = models.ForeignKey(NoticeBatch, on_delete=models.PROTECT, related_name="notices")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="notices")
    state = models.CharField(max_length=12, default=NoticeState.WAITING.value)
    municipality = models.CharField(max_length=5, blank=True, default="")
    """To whom it was given: where the holder lived on that day; empty before."""
    letter = models.BinaryField(default=b"")
    """What it says, as the desk carries it, from the moment it is given; it names the holder by the resident code alone."""
    handed_over_at = models.DateTimeField(null=True)

    class Meta:
        """A card has one letter that waits; one that was given says to whom, one that was handed over when."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("card",), condition=Q(state=NoticeState.WAITING.value), name="notice_one_waiting_per_card"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in NoticeState]), name="notice_state_known"
            ),
            models.CheckConstraint(
                condition=(Q(state__in=_OUT) & ~Q(municipality="")) | (~Q(state__in=_OUT) & Q(municipality="")),
                name="notice_given_to_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state=NoticeState.HANDED_OVER.value, handed_over_at__isnull=False)
                | (~Q(state=NoticeState.HANDED_OVER.value) & Q(handed_over_at__isnull=True)),
                name="notice_handed_over_at_a_moment",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=("municipality",),
                condition=Q(state=NoticeState.GIVEN.value),
                name="notice_given_by_municipality",
            ),
            models.Index(fields=("person",), condition=Q(state=NoticeState.WAITING.value), name="notice_waiting"),
        ]

    def __str__(self) -> str:
        return f"notice:{self.notice_id}"


class NoticeDecision(models.Model):
    """What was decided about one expiry, of a card or a certificate: it goes into one letter, or into none, and why.

    The key lets an expiry be announced once, whatever runs twice.
    """

    key = models.CharField(max_length=48, primary_key=True)
    """ "signature/12" as `Certificate.key`, or "card/7/2031-06-10": the card's row and its last day."""
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="notice_decisions")
    expires = models.DateField()
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, related_name="decisions")
    without = models.CharField(max_length=64, blank=True, default="")
    """Why it is in no letter, or in that letter no more: a finding's code, or the state in which it is; empty if it is in one."""
    decided_on = models.DateField()

    class Meta:
        """In a letter, or with a reason."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(notice__isnull=False) | ~Q(without=""), name="notice_decision_says_why_not"
            )
        ]

    def __str__(self) -> str:
        return f"notice-decision:{self.key}"
