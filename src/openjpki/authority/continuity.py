"""What a restored authority owes to those who saw the one before: no number is given twice.

The authority that was lost went on after the backup: it signed certificates and lists of which the restored rows know
nothing. A serial given again would let one holder's revocation end another's certificate (RFC 5280 §4.1.2.2), and a
list with a number that verifiers have seen, or a lower one, would pass for an old one (§5.2.3). So more numbers are
left out than can have been used in the time that the backup does not cover.
"""

from dataclasses import dataclass
from datetime import timedelta

from openjpki.authority.acts import act, authority_at
from openjpki.authority.authority import Authority
from openjpki.authority.models import SerialCounter
from openjpki.authority.publishing.publication import publish
from openjpki.authority.verbs import Verb
from openjpki.rules.kinds import CertificateKind

SERIALS_A_SECOND = 1000
"""More than one CA draws: its counter is one row, and each certificate takes five transactions and a signature."""
LISTS_A_SECOND = 1
"""More than are published of one partition: one process publishes at most one a second (`site.upkeep`)."""
MARGIN = timedelta(hours=1)
"""Added to the time that passed: a clock may have been set right in between."""


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What was left out, and what was published above it."""

    serials: int
    """Serials of each kind."""
    lists: int
    """Lists that were published."""


def carry_on(authority: Authority, missing: timedelta) -> Carried:
    """Leave out the numbers that may have been used in `missing`, the time since the backup; publish new lists."""
    at = authority.clock()
    seconds = int((max(missing, timedelta()) + MARGIN).total_seconds())
    serials = seconds * SERIALS_A_SECOND
    doer = authority_at(at)
    with act():
        for kind in CertificateKind:
            SerialCounter.objects.get_or_create(kind=kind.value)
            counter = SerialCounter.objects.select_for_update().get(kind=kind.value)
            counter.last += serials
            counter.save(update_fields=["last"])
            doer.note(Verb.SERIALS_SKIPPED, f"serials:{kind.value}", {"count": serials, "last": counter.last})
    published = publish(authority, at, skipping=seconds * LISTS_A_SECOND)
    return Carried(serials=serials, lists=len(published))
