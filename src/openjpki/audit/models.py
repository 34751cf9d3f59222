"""One row per act, written in the transaction of the act and never without it; and the seals that chain the rows.

Rows name each other by number and not by foreign key: the bulky tables may be partitioned, and a row may leave when its
time is over.
"""

from django.db import models
from django.db.models.functions import Now

_HEX = 64
"""Characters of a SHA-256 in hexadecimal."""


class Entry(models.Model):
    """What was done, by whom, to what, when: closed verbs, data instead of sentences, no personal data, no secrets."""

    recorded_at = models.DateTimeField()
    """The legal moment of the act, UTC."""
    written_at = models.DateTimeField(db_default=Now())
    """The real moment at which the database took the row; rows older than the chain bear that of the upgrade."""
    actor = models.CharField(max_length=100)
    """An officer's login, a role ("authority"), or a program ("story")."""
    verb = models.CharField(max_length=60)
    """A member of the writing role's closed vocabulary of verbs, for example "certificate.activated"."""
    subject = models.CharField(max_length=100)
    """What it was done to, by its opaque identifier: "order:…", "certificate:signature/12", "application:…"."""
    data = models.JSONField(default=dict)
    """Facts of the act: codes, serials, rule numbers. Never names, addresses, PINs or keys."""
    commitments = models.JSONField(default=dict)
    """Name → commitment to a value in `Personal`, hexadecimal: what may be forgotten without breaking the chain."""
    sequence = models.BigIntegerField(null=True)
    """The row's place in the role's chain, from 1 without gaps; None until it is sealed."""
    leaf = models.CharField(max_length=_HEX, default="")
    """The hash of the row as it was sealed, hexadecimal; empty until then."""

    class Meta:
        """Found by subject, listed by time; sealed whole, each place taken once."""

        indexes = (
            models.Index(fields=("subject",)),
            models.Index(fields=("recorded_at",)),
            models.Index(fields=("id",), condition=models.Q(sequence=None), name="audit_entry_unsealed"),
        )
        constraints = (
            models.UniqueConstraint(fields=("sequence",), name="audit_entry_sequence_once"),
            models.CheckConstraint(
                # An unknown condition passes in SQL: a place that is NULL must be said not to be.
                condition=models.Q(sequence=None, leaf="")
                | (models.Q(sequence__isnull=False, sequence__gte=1) & ~models.Q(leaf="")),
                name="audit_entry_sealed_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.recorded_at:%Y-%m-%dT%H:%M:%SZ} {self.actor} {self.verb} {self.subject}"


class Personal(models.Model):
    """A personal value of an entry, outside the chain: it may be deleted, and the chain stays whole."""

    entry = models.BigIntegerField()
    """The key of the `Entry`."""
    name = models.CharField(max_length=60)
    salt = models.BinaryField()
    """128 random bits: without them the commitment to a guessable value would tell it."""
    value = models.TextField()

    class Meta:
        """One value of a name for an entry."""

        constraints = (models.UniqueConstraint(fields=("entry", "name"), name="audit_personal_once"),)

    def __str__(self) -> str:
        return f"{self.entry} {self.name}"


class Batch(models.Model):
    """A seal: the Merkle root over the next entries, chained to the seal before, signed by the role's audit key."""

    number = models.BigIntegerField(primary_key=True)
    """From 1 without gaps: two seals after the same one cannot both be."""
    first = models.BigIntegerField(unique=True)
    """Sequence number of the first entry."""
    count = models.BigIntegerField()
    root = models.CharField(max_length=_HEX)
    previous = models.CharField(max_length=_HEX, unique=True)
    """The head of the batch before: no two batches follow one."""
    sealed_at = models.DateTimeField()
    """The real moment of sealing."""
    legal_at = models.DateTimeField()
    """The legal moment of sealing; it may be shifted in a sandbox."""
    key = models.CharField(max_length=_HEX)
    """SHA-256 of the public key, hexadecimal."""
    signature = models.BinaryField()

    class Meta:
        """A seal without entries seals nothing."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(number__gte=1, first__gte=1, count__gte=1), name="audit_batch_not_empty"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}: {self.first}+{self.count}"


class Purge(models.Model):
    """A signed statement that the oldest batches left when their time was over: what the rest of the chain begins at."""

    number = models.BigIntegerField(primary_key=True)
    batches = models.BigIntegerField()
    """How many batches have left in all, from the first."""
    records = models.BigIntegerField()
    """How many entries have left in all, from the first."""
    head = models.CharField(max_length=_HEX)
    """The head of the last batch that left."""
    sealed_at = models.DateTimeField()
    """When that batch was sealed."""
    legal_at = models.DateTimeField()
    """The legal moment of the same."""
    before = models.DateTimeField()
    """What was recorded before this legal moment was to leave."""
    purged_at = models.DateTimeField()
    """The real moment of the purge."""
    key = models.CharField(max_length=_HEX)
    signature = models.BinaryField()

    class Meta:
        """A purge of nothing is none."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(number__gte=1, batches__gte=1, records__gte=1), name="audit_purge_not_empty"
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}: {self.batches} batches"


class SealingLock(models.Model):
    """The row that a sealer holds while it works, so that sealers follow each other."""

    def __str__(self) -> str:
        return "sealing"
