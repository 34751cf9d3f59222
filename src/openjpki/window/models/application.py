"""Applications at the counter, with the orders that carry them out."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from openjpki.rules.application import APPLICATION
from openjpki.rules.kinds import ApplicationState
from openjpki.window.models.card import CardHolding
from openjpki.window.models.resident import Resident
from openjpki.window.models.scope import MunicipalRow
from openjpki.window.states import OrderStep

_ISSUING = ["new", "renewal", "reissue"]
_ENDS = [state.value for state in ApplicationState if not APPLICATION.events(state)]


class ReceiptCounter(MunicipalRow):
    """The last receipt number given in one fiscal year; locked while the next is taken."""

    fiscal_year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        """One counter per municipality and fiscal year."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=("municipality", "fiscal_year"), name="receipt_one_counter_per_year")
        ]

    def __str__(self) -> str:
        return f"{self.municipality}/{self.fiscal_year}"


class Application(MunicipalRow):
    """申請: what was asked for, by whom it was received, and where it stands. A refused one is kept too."""

    receipt = models.CharField(max_length=11)
    """受付番号, `YYYY-NNNNNN`: the fiscal year and a running number."""
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    card = models.ForeignKey(CardHolding, on_delete=models.PROTECT, related_name="+", null=True)
    """The card shown; null if the resident has none (nothing is issued then)."""
    procedure = models.CharField(max_length=12)
    applicant = models.CharField(max_length=24)
    kinds = models.JSONField()
    """Values of `rules.kinds.CertificateKind`, the authentication certificate first."""
    state = models.CharField(max_length=16, default=ApplicationState.RECEIVED.value)
    """A value of `rules.kinds.ApplicationState`; moves by the steps of `rules.application` only."""
    officer = models.CharField(max_length=64)
    approval_grounds = models.JSONField(default=list)
    """Values of `rules.kinds.ApprovalGround` on which a second person is asked for; empty if nobody is."""
    approved_by = models.CharField(max_length=64, blank=True)
    """The second person; empty if nobody was asked for or has answered."""
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    """When it was done, refused or withdrawn."""
    policy = models.CharField(max_length=10)
    """The preset the decision was made by: "national", "page", or "own" if single settings differ."""

    message_id = models.CharField(max_length=32, blank=True)
    """The order in the outbox that carries out a revocation or a hold; empty for what issues certificates."""

    class Meta:
        """Found by receipt number; waiting ones listed. One issue at a time: a card has one shadow slot per key."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=("municipality", "receipt"), name="application_receipt_once"),
            models.UniqueConstraint(
                fields=("resident",),
                condition=Q(state__in=["fee-settled", "ready", "partly-issued"], procedure__in=_ISSUING),
                name="application_one_issue_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ApplicationState]), name="application_state_known"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(state__in=_ENDS),
                name="application_closed_only_at_an_end",
            ),
            models.CheckConstraint(
                condition=Q(card__isnull=False)
                | ~Q(state__in=["fee-settled", "ready", "partly-issued", "issued"], procedure__in=_ISSUING),
                name="application_issues_to_a_card",
            ),
            models.CheckConstraint(
                condition=~Q(Exact(Lower("approved_by"), Lower("officer"))), name="application_approved_by_another"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("municipality", "received_at"), name="application_by_time"),
            models.Index(
                fields=("municipality", "state"), condition=Q(closed_at__isnull=True), name="application_still_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality}/{self.receipt}"


class Order(MunicipalRow):
    """One certificate of an application. `order_id` is the idempotency key towards the authority."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14)
    order_id = models.CharField(max_length=32, unique=True)
    step = models.CharField(max_length=9, default=OrderStep.PLANNED.value)
    public_key = models.BinaryField(default=b"")
    """SubjectPublicKeyInfo, DER, of the key in the card's shadow slot."""
    message = models.TextField(blank=True)
    """Wire form of the order: what is sent again is the same, byte for byte."""
    serial = models.BigIntegerField(null=True)
    certificate = models.BinaryField(default=b"")
    issuer_certificate = models.BinaryField(default=b"")
    expires_date = models.DateField(null=True)
    because = models.CharField(max_length=200, blank=True)
    """Which limit decided the expiry, in the authority's word."""

    class Meta:
        """One order per certificate; what a step promises is there."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=("application", "kind"), name="order_one_per_certificate"),
            models.CheckConstraint(condition=Q(step__in=[step.value for step in OrderStep]), name="order_step_known"),
            models.CheckConstraint(condition=Q(step="planned") | ~Q(message=""), name="order_keyed_has_its_message"),
            models.CheckConstraint(
                condition=Q(step__in=["planned", "keyed"]) | Q(serial__isnull=False, expires_date__isnull=False),
                name="order_issued_has_its_certificate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality}/{self.order_id}"
