"""What an application rests on: how the person was identified, what it cost, what was found."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from openjpki.window.models.application import Application
from openjpki.window.models.scope import MunicipalRow


class IdentityEvidence(MunicipalRow):
    """How the applicant was identified (R-2.20). Never a document's number, never its image, never a PIN."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=10)
    """"same_day", "inquiry" or "refused", as `rules.identity` decides."""
    pin_matched = models.BooleanField(null=True)
    """What the agent beside the reader reported; null if no PIN was tried."""

    def __str__(self) -> str:
        return f"{self.municipality}/{self.pk}"


class DocumentShown(MunicipalRow):
    """One identity document that was shown (R-2.21)."""

    evidence = models.ForeignKey(IdentityEvidence, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    """A name of `rules.documents`."""
    expires_date = models.DateField(null=True)
    copy_taken = models.BooleanField()
    """Whether the paper copy of R-2.26 (S-28) was taken."""

    def __str__(self) -> str:
        return f"{self.municipality}/{self.pk}"


class FeeRecord(MunicipalRow):
    """What the application costs and why (R-4.1, R-4.2)."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="+")
    yen = models.PositiveIntegerField()
    reason = models.CharField(max_length=20)
    """A value of `rules.kinds.FeeReason`."""
    rules = models.JSONField()
    receipt = models.CharField(max_length=11)
    settled_at = models.DateTimeField()

    class Meta:
        """A fee receipt is written once."""

        constraints: ClassVar = [models.UniqueConstraint(fields=("municipality", "receipt"), name="fee_receipt_once")]

    def __str__(self) -> str:
        return f"{self.municipality}/{self.receipt}"


class FindingRecord(MunicipalRow):
    """One finding as the person was told it: a refusal, or advice. Refusals are kept like everything else."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    found_at = models.DateTimeField()
    code = models.CharField(max_length=80)
    rule = models.CharField(max_length=80)
    sentence = models.CharField(max_length=80, blank=True)
    severity = models.CharField(max_length=8)
    ja = models.TextField()
    en = models.TextField()
    bring_ja = models.TextField(blank=True)
    bring_en = models.TextField(blank=True)

    class Meta:
        """Two severities."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(severity__in=["refusal", "advice"]), name="finding_severity_known")
        ]
        indexes: ClassVar = [models.Index(fields=("application",), name="finding_by_application")]

    def __str__(self) -> str:
        return f"{self.municipality}/{self.code}"
