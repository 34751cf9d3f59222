"""The verifiers' register: who they are, by which certificates they are known, and what holders consented to."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from openjpki.authority.models.register import Person
from openjpki.rules.kinds import CertificateKind
from openjpki.rules.verifiers import Ground, Right, VerifierKind, VerifierState


class Verifier(models.Model):
    """A body that notified the authority and may ask it (R-5.24). It is never removed: its registration ends."""

    code = models.CharField(max_length=32, primary_key=True)
    """What its certificates call it."""
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=24)
    corporate_number = models.CharField(max_length=13, blank=True)
    grounds = models.JSONField()
    rights = models.JSONField()
    since = models.DateField()
    until = models.DateField()
    """The last day, included."""
    state = models.CharField(max_length=9, default=VerifierState.ACTIVE.value)
    approved_by = models.CharField(max_length=64, blank=True)
    """The approval under which it was registered; empty where one person may register."""
    registered_at = models.DateTimeField()

    class Meta:
        """A registration has a day, and a word for its state."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="verifier_has_a_day"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in VerifierState]), name="verifier_state_is_a_word"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in VerifierKind]), name="verifier_kind_is_a_word"
            ),
        ]

    def __str__(self) -> str:
        return f"verifier:{self.code}"

    def on_grounds(self) -> frozenset[Ground]:
        """Return the grounds on which it stands."""
        return frozenset(Ground(word) for word in self.grounds)

    def with_rights(self) -> frozenset[Right]:
        """Return what it is registered for."""
        return frozenset(Right(word) for word in self.rights)


class VerifierCertificate(models.Model):
    """A TLS client certificate of a verifier. Two at a time let a key be changed without a gap."""

    verifier = models.ForeignKey(Verifier, on_delete=models.PROTECT, related_name="certificates")
    fingerprint = models.CharField(max_length=64, unique=True)
    """SHA-256 of the certificate, hexadecimal: by it alone the door knows who asks."""
    key_digest = models.CharField(max_length=64, unique=True)
    """SHA-256 of its SubjectPublicKeyInfo: a key is certified once."""
    certificate = models.BinaryField()
    """DER."""
    not_before = models.DateTimeField()
    """By the transport clock, as are the next two."""
    not_after = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """It is valid for a time."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(not_after__gt=F("not_before")), name="verifier_key_valid_for_a_time"),
        ]

    def __str__(self) -> str:
        return f"verifier-certificate:{self.fingerprint[:16]}"


class Consent(models.Model):
    """A holder's consent that a verifier be given what is newer (R-8.7), as it was signed. Withdrawn, it stays withdrawn."""

    consent_id = models.CharField(max_length=64, primary_key=True)
    """SHA-256 of the signed text, hexadecimal: the same text is registered once, whoever brings it."""
    verifier = models.ForeignKey(Verifier, on_delete=models.PROTECT, related_name="consents")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    certificate_key = models.CharField(max_length=40)
    """The signature certificate that signed it, as `Certificate.key`: by its serial the verifier knows the holder."""
    items = models.JSONField()
    purpose = models.CharField(max_length=200)
    scope = models.CharField(max_length=200)
    since = models.DateField()
    until = models.DateField()
    document = models.BinaryField()
    """The CMS: what the holder signed, and the proof of it."""
    registered_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        """It has a day, was signed by a signature certificate, and is found by its holder."""

        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="consent_has_a_day"),
            models.CheckConstraint(
                condition=Q(certificate_key__startswith=f"{CertificateKind.SIGNATURE.value}/"),
                name="consent_signed_by_a_signature_certificate",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("registered_at")),
                name="consent_withdrawn_after_it_came",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=("person",), name="consent_of_person")]

    def __str__(self) -> str:
        return f"consent:{self.consent_id[:16]}"
