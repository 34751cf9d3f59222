"""What a responder needs to know: a store, and the view of it through which one question is answered."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import msgspec

from openjpki.pki.ocsp import RequestedStatus
from openjpki.rules.standing import Row


class NotSure(Exception):
    """There is nothing sure to say at this moment: the store is stale, or the clock was set back. The answer is tryLater."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """The moments of an answer, UTC."""

    at: datetime
    """When the question is answered."""
    this_update: datetime
    """When what is said was known to be so (RFC 6960 §4.2.2.1)."""
    next_update: datetime


@dataclass(frozen=True, kw_only=True)
class KnownIssuer:
    """A CA generation."""

    number: int
    """What the store calls it."""
    kind: str
    """A value of `CertificateKind`."""
    certificate: bytes = field(repr=False)
    """DER."""


@dataclass(frozen=True, kw_only=True)
class Delegate:
    """Who may answer for an issuer at the view's moment (RFC 6960 §4.2.2.2)."""

    certificate: bytes = field(repr=False)
    """DER."""
    key_name: str
    not_after: datetime


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate that was handed over."""

    rows: Sequence[Row]
    """Of its revocations, in the order they were written."""
    seen_at: datetime
    """The moment for which they are read."""
    span: Span
    sound: bool = True
    """False: it ended, and the row that says so is missing."""
    standing: bytes = b""
    """The rows as the store has them, where it has them as bytes."""


class View(Protocol):
    """A store as it is while one question is answered."""

    @property
    def span(self) -> Span:
        """Return the moments of an answer that says what the store knows."""
        ...

    def issuers(self, kind: str | None) -> Sequence[KnownIssuer]:
        """Return the CA generations in force, oldest first, of one kind or of both."""
        ...

    def find(self, issuer: KnownIssuer, item: RequestedStatus) -> Found | None:
        """Return what is known of a certificate of this issuer, None for one that nobody was ever given; raises `NotSure`."""
        ...

    def delegates(self, issuer: KnownIssuer) -> Sequence[Delegate]:
        """Return who may answer for an issuer now, the newest first."""
        ...


class StatusStore(Protocol):
    """Where a responder looks: the authority's tables, or a file that follows their journal."""

    def view(self, at: datetime) -> AbstractContextManager[View]:
        """Open the view for a question that comes at a moment, UTC; raises `NotSure`."""
        ...
