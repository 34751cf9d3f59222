"""The journal of revocations, and the lists published from it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from openjpki.authority.models.issuer import Issuer
from openjpki.rules.kinds import RevocationReason

_HOLD = RevocationReason.CERTIFICATE_HOLD.value


class Revocation(models.Model):
    """One certificate ended, or stopped. Lists and answers read this table and no other.

    Rows are added, never taken back; `visible_at` may come nearer, and a hold may be lifted. A held certificate that
    ends gets a second row.
    """

    certificate_key = models.CharField(max_length=40)
    """As `Certificate.key`; no foreign key, so that bulky bodies can be moved."""
    serial = models.BigIntegerField()
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="revocations")
    issuing_municipality = models.CharField(max_length=5)
    expires_at = models.DateTimeField()
    """The certificate's notAfter: when its entry may leave the list (RFC 5280 §3.3)."""
    reason = models.CharField(max_length=24)
    event = models.CharField(max_length=24)
    """What ended it: a value of `rules.kinds.LifeEvent` or `OtherCause`."""
    effective_at = models.DateTimeField()
    """When the certificate lost its force."""
    visible_at = models.DateTimeField()
    """From when answers and lists say so (R-2.28)."""
    released_at = models.DateTimeField(null=True)
    """When a hold was lifted, where the policy lets it be (R-5.20)."""

    class Meta:
        """One end, and one stop before it, per certificate."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=("certificate_key",), condition=~Q(reason=_HOLD), name="revocation_one_end_per_certificate"
            ),
            models.UniqueConstraint(
                fields=("certificate_key",),
                condition=Q(reason=_HOLD, released_at__isnull=True),
                name="revocation_one_stop_per_certificate",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(reason=_HOLD), name="revocation_only_a_hold_is_lifted"
            ),
            models.CheckConstraint(
                condition=Q(visible_at__gte=F("effective_at")), name="revocation_not_seen_before_it_is"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=("issuer", "issuing_municipality", "expires_at"), name="revocation_of_a_list")
        ]

    def __str__(self) -> str:
        return f"revocation:{self.certificate_key}"


class CrlPublication(models.Model):
    """One revocation list of one partition, as signed. Its file lies in the partition's folder (`authority.lists`)."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="lists")
    municipality = models.CharField(max_length=5)
    """The partition's code: the municipality's, or "ca" for the CA's own certificate (`publishing.partitions`)."""
    number = models.BigIntegerField()
    this_update = models.DateTimeField()
    next_update = models.DateTimeField()
    entries = models.PositiveIntegerField()
    length = models.PositiveIntegerField()
    """Octets of the list."""
    digest = models.CharField(max_length=64)
    """Its SHA-256, hexadecimal."""
    crl = models.BinaryField(null=True)
    """DER; of lists that homes of format 4 published. Later ones are files."""

    class Meta:
        """Numbers rise within a partition (RFC 5280 §5.2.3)."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=("issuer", "municipality", "number"), name="crl_number_once_per_partition"),
            models.CheckConstraint(condition=Q(next_update__gt=F("this_update")), name="crl_valid_for_a_time"),
            models.CheckConstraint(condition=Q(number__gt=0), name="crl_numbers_count_from_one"),
            models.CheckConstraint(condition=Q(length__gt=0) & ~Q(digest=""), name="crl_has_octets"),
        ]

    def __str__(self) -> str:
        return f"crl:{self.issuer}-{self.municipality}/{self.number}"
