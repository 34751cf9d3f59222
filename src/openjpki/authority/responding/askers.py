"""Who may ask a node, where not everybody may (R-5.24): what its store has of a registered verifier's certificate.

A digest, two spans and the kinds it may ask about: neither the certificate nor a name leaves the register.
"""

import struct
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from openjpki.rules.dates import civil_date
from openjpki.rules.kinds import CertificateKind

DIGEST: Final = 32
"""Bytes of a certificate's SHA-256, by which it is known."""
_FORM = struct.Struct(">QQIIB")
_BITS = {CertificateKind.SIGNATURE: 1, CertificateKind.AUTHENTICATION: 2}


class AskerUnreadable(Exception):
    """The bytes are none of ours: whose they are may not ask."""


@dataclass(frozen=True, kw_only=True)
class Asker:
    """What one certificate opens, and when."""

    not_before: datetime
    """Of the certificate, by the transport clock, UTC and whole seconds, as is the next."""
    not_after: datetime
    since: date
    """Of the registration, Japanese civil dates, both included."""
    until: date
    kinds: frozenset[CertificateKind]
    """Of the certificates that it may ask about."""

    def may_ask(self, about: CertificateKind, at: datetime, *, now: datetime) -> bool:
        """Tell whether it may ask about certificates of a kind; `at` is the legal moment, `now` the transport clock's."""
        in_force = self.not_before <= now <= self.not_after and self.since <= civil_date(at) <= self.until
        return in_force and about in self.kinds


def pack(asker: Asker) -> bytes:
    """Return an asker as bytes."""
    return _FORM.pack(
        int(asker.not_before.timestamp()),
        int(asker.not_after.timestamp()),
        asker.since.toordinal(),
        asker.until.toordinal(),
        sum(_BITS[kind] for kind in asker.kinds),
    )


def unpack(stored: bytes) -> Asker:
    """Return the asker that bytes say; raises `AskerUnreadable`."""
    try:
        begins, ends, since, until, kinds = _FORM.unpack(stored)
        return Asker(
            not_before=datetime.fromtimestamp(begins, UTC),
            not_after=datetime.fromtimestamp(ends, UTC),
            since=date.fromordinal(since),
            until=date.fromordinal(until),
            kinds=frozenset(kind for kind, bit in _BITS.items() if kinds & bit),
        )
    except (struct.error, ValueError, OverflowError, OSError) as error:
        raise AskerUnreadable from error
