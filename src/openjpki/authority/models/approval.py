"""Operators, and what they do together: an act under dual control is one row that says by itself whether it may be done.

The seats are columns, so that the database's own checks see all of them: distinct approvers, enough of them before
anything begins, nobody who approves what they proposed where the rule forbids it. What a row said once stays
(`approval_walls`).
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from openjpki.authority.control.kinds import SEATS


class Operator(models.Model):
    """A person with a key of their own. A name is given once: who gets a new key gets a new name."""

    name = models.CharField(max_length=32, primary_key=True)
    fingerprint = models.CharField(max_length=64, unique=True)
    """SHA-256 of the public key, hexadecimal: a key is one person's."""
    public_key = models.BinaryField()
    """SubjectPublicKeyInfo, DER."""
    enrolled_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        """Nobody is removed before they came."""

        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(removed_at__gte=F("enrolled_at")),
                name="operator_removed_after_enrolment",
            )
        ]

    def __str__(self) -> str:
        return f"operator:{self.name}"


def _seat(number: int) -> Q:
    """Return that a seat is either empty or taken, with the signature and the moment."""
    empty = Q(**{f"{column}_{number}__isnull": True for column in ("approver", "signature", "approved_at")})
    taken = Q(**{f"{column}_{number}__isnull": False for column in ("approver", "signature", "approved_at")})
    return empty | taken


def _taken(number: int) -> Q:
    return Q(**{f"approver_{number}__isnull": False})


def _differ(one: int, other: int) -> Q:
    return ~_taken(one) | ~_taken(other) | ~Q(**{f"approver_{one}": F(f"approver_{other}")})


def _is_not_the_proposer(number: int) -> Q:
    return ~_taken(number) | ~Q(**{f"approver_{number}": F("proposer")})


_ENOUGH = Q(required=2, approver_2__isnull=False) | Q(required=3, approver_3__isnull=False)


class ControlledAct(models.Model):
    """An act as proposed, who approved it, and how far it has come. Its number is its key."""

    kind = models.CharField(max_length=32)
    content = models.TextField()
    """What is to be done: JSON in its canonical form."""
    subject_digest = models.CharField(max_length=64, db_index=True)
    """SHA-256 of kind and content, hexadecimal: two proposals of the same thing have the same."""
    statement = models.BinaryField()
    """What operators sign: kind, content, proposer, moments, how many must approve, and a number used once."""
    digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the statement, hexadecimal."""
    proposer = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="proposed")
    proposal = models.BinaryField()
    """The proposer's signature."""
    required = models.PositiveSmallIntegerField()
    proposer_may_approve = models.BooleanField()
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    """From here on it cannot be begun."""
    approver_1 = models.ForeignKey(Operator, on_delete=models.PROTECT, null=True, related_name="+")
    signature_1 = models.BinaryField(null=True)
    approved_at_1 = models.DateTimeField(null=True)
    approver_2 = models.ForeignKey(Operator, on_delete=models.PROTECT, null=True, related_name="+")
    signature_2 = models.BinaryField(null=True)
    approved_at_2 = models.DateTimeField(null=True)
    approver_3 = models.ForeignKey(Operator, on_delete=models.PROTECT, null=True, related_name="+")
    signature_3 = models.BinaryField(null=True)
    approved_at_3 = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    """Its first step is durable: it is carried to its end, however often it is cut off."""
    done_at = models.DateTimeField(null=True)

    class Meta:
        """What dual control is, in the database's own words."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(required__in=[2, 3]), name="act_takes_two_or_three"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("proposed_at")), name="act_waits_for_a_time"),
            *(models.CheckConstraint(condition=_seat(number), name=f"act_seat_{number}_is_signed") for number in SEATS),
            models.CheckConstraint(
                condition=(~_taken(2) | _taken(1)) & (~_taken(3) | _taken(2)), name="act_seats_fill_in_order"
            ),
            models.CheckConstraint(
                condition=_differ(1, 2) & _differ(1, 3) & _differ(2, 3), name="act_approvers_are_different_people"
            ),
            models.CheckConstraint(
                condition=Q(proposer_may_approve=True)
                | (_is_not_the_proposer(1) & _is_not_the_proposer(2) & _is_not_the_proposer(3)),
                name="act_not_approved_by_its_proposer",
            ),
            models.CheckConstraint(
                condition=Q(begun_at__isnull=True) | _ENOUGH, name="act_begun_with_enough_approvals"
            ),
            models.CheckConstraint(
                condition=Q(begun_at__isnull=True) | Q(begun_at__lt=F("expires_at")), name="act_begun_in_time"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(begun_at__isnull=False, done_at__gte=F("begun_at")),
                name="act_done_once_begun",
            ),
        ]

    def __str__(self) -> str:
        return f"act:{self.pk}"
