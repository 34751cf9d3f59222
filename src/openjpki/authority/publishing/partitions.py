"""Which lists a CA generation signs: one for each municipality's certificates, and one for its own CA certificate.

The last is for relying parties that ask for the status of every certificate of a path, the trusted one too (OpenSSL's
`-crl_check_all`, nginx's `ssl_crl`). It is at the distribution point that CA certificates name (docs/certificates.md §2).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from openjpki.authority.models import GenerationEnd, Issuer, Revocation
from openjpki.authority.register.municipalities import all_enrolled
from openjpki.pki.crl import RevokedEntry
from openjpki.rules.kinds import OtherCause, RevocationReason
from openjpki.rules.person import Municipality

OF_THE_CA: Final = "ca"
"""What stands in a municipality's place in names and rows; no municipality has this code."""


@dataclass(frozen=True, kw_only=True)
class Partition:
    """The certificates that a list speaks for, beneath one CA generation."""

    code: str
    """As in the names of public files, behind the generation: "99201", or `OF_THE_CA`."""
    municipality: Municipality | None
    """None: the CA's own certificate."""


OWN: Final = Partition(code=OF_THE_CA, municipality=None)
"""That of the CA's own certificate."""


def partitions() -> list[Partition]:
    """Return all that every generation has: the municipalities' by code, then its own."""
    towns = [Partition(code=one.code, municipality=one) for one in all_enrolled()]
    return [*towns, OWN]


def own_entries(issuer: Issuer, at: datetime) -> Iterator[RevokedEntry]:
    """Give the CA certificate's entry if the generation ended before its time (R-5.10), as its row says now.

    One that was compromised and then terminated remains compromised: the journal says why its certificates ended.
    """
    row = Issuer.objects.get(pk=issuer.pk)
    if row.ended_at is not None and row.ended_at <= at:
        yield RevokedEntry(serial=row.serial, revoked_at=row.ended_at, reason=_reason(row))


def _reason(issuer: Issuer) -> RevocationReason:
    by_compromise = Revocation.objects.filter(issuer=issuer, event=OtherCause.CA_COMPROMISE.value)
    if issuer.ended_because == GenerationEnd.COMPROMISE.value or by_compromise.exists():
        return RevocationReason.CA_COMPROMISE
    return RevocationReason.CESSATION_OF_OPERATION
