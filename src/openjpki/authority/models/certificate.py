"""Orders and the certificates they become."""

from enum import Enum, unique
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from openjpki.authority.models.issuer import Issuer
from openjpki.authority.models.register import Card, Person
from openjpki.rules.kinds import CertificateState

LIVE = (CertificateState.VALID, CertificateState.HELD)
"""In force, or stopped for a while: there is at most one of a kind on a card (R-1.10)."""
PENDING = (CertificateState.PREPARED, CertificateState.UNDELIVERED)
"""On the way to the card."""


@unique
class OrderState(Enum):
    """How far an order has come; the first five are the committed steps of docs/issuance.md."""

    NUMBERED = "numbered"
    """Step 1: the order stands, with its serial."""
    LINTED = "linted"
    """Step 2: the to-be-signed certificate is stored; a signature may exist from here on."""
    SIGNED = "signed"
    """Step 3: the certificate is signed and undelivered."""
    CONFIRMED = "confirmed"
    """Step 4: it was written to the card and read back."""
    ACTIVATED = "activated"
    """Step 5: it is valid, and the old one superseded."""
    CLOSED = "closed"
    """It came to nothing; what was signed for it is revoked."""


OPEN = (OrderState.NUMBERED, OrderState.LINTED, OrderState.SIGNED, OrderState.CONFIRMED)


class Order(models.Model):
    """A municipality's order for one certificate, as it came, and how far it has come."""

    order_id = models.CharField(max_length=64, primary_key=True)
    municipality = models.CharField(max_length=5)
    officer = models.CharField(max_length=64)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="orders")
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="orders")
    kind = models.CharField(max_length=14)
    request = models.BinaryField()
    """The order's wire form: the same id with other content is refused."""
    certificate_key = models.CharField(max_length=40, unique=True)
    """The serial drawn for it, as `Certificate.key`."""
    state = models.CharField(max_length=10, default=OrderState.NUMBERED.value)
    numbered_at = models.DateTimeField()
    superseded_serial = models.BigIntegerField(null=True)
    """The certificate whose place the new one took, if one was alive."""
    closed_because = models.CharField(max_length=80, blank=True)
    """Code of the refusal or event that closed it."""

    class Meta:
        """One order at a time for a certificate; open ones are found by `resume`."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("card", "kind"),
                condition=Q(state__in=[state.value for state in OPEN]),
                name="order_one_open_per_card_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(state=OrderState.CLOSED.value) ^ Q(closed_because=""), name="order_closed_says_why"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=("numbered_at",),
                condition=Q(state__in=[state.value for state in OPEN]),
                name="order_open_by_age",
            )
        ]

    def __str__(self) -> str:
        return f"order:{self.order_id}"


class Certificate(models.Model):
    """A certificate from its to-be-signed form on. EXPIRED is derived at a moment (R-3.10): see `records.state_at`."""

    key = models.CharField(max_length=40, primary_key=True)
    """ "signature/12": kind and serial in one column."""
    kind = models.CharField(max_length=14)
    serial = models.BigIntegerField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="certificates")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="certificates")
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="certificates")
    issuing_municipality = models.CharField(max_length=5)
    """The partition of the revocation list (R-5.25); it stays when the holder moves."""
    public_key_digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of the SubjectPublicKeyInfo, hexadecimal: a key is certified once."""
    to_be_signed = models.BinaryField()
    der = models.BinaryField(null=True)
    state = models.CharField(max_length=12, default=CertificateState.PREPARED.value)
    issued_on = models.DateField()
    expires = models.DateField()
    """Last day, included (R-3.6)."""
    because = models.CharField(max_length=40)
    """Which limit decided the expiry, in the word of `rules.validity`."""

    class Meta:
        """What must hold whatever the code does."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=("kind", "serial"), name="certificate_serial_once"),
            models.UniqueConstraint(
                fields=("card", "kind"),
                condition=Q(state__in=[state.value for state in LIVE]),
                name="certificate_one_live_per_card_and_kind",
            ),
            models.UniqueConstraint(
                fields=("card", "kind"),
                condition=Q(state__in=[state.value for state in PENDING]),
                name="certificate_one_pending_per_card_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(der__isnull=False)
                | Q(state__in=[CertificateState.PREPARED.value, CertificateState.REVOKED.value]),
                name="certificate_delivered_is_signed",
            ),
            models.CheckConstraint(condition=Q(expires__gte=F("issued_on")), name="certificate_valid_for_a_day"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=("expires",),
                condition=Q(state=CertificateState.VALID.value),
                name="certificate_valid_by_expiry",
            )
        ]

    def __str__(self) -> str:
        return f"certificate:{self.key}"
