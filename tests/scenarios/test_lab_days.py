"""The catalogue's cards in a laboratory on days on which dates are difficult."""

from datetime import UTC, datetime
from os import urandom
from pathlib import Path

import pytest

from openjpki.lab.authority import LabAuthority
from openjpki.lab.catalogue import CATALOGUE, Standing
from openjpki.lab.dated import dated
from openjpki.lab.keys import KeyPool
from openjpki.lab.lab import LAB_POLICY, Lab
from openjpki.lab.trust import Trust
from openjpki.pki.inspect import facts
from openjpki.pki.keys import FreshKeys
from openjpki.rules.dates import JST, civil_date
from openjpki.rules.kinds import CertificateKind

NOWHERE = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def pool() -> KeyPool:
    """Return keys that every day uses again."""
    return KeyPool(FreshKeys())


@pytest.mark.thorough
@pytest.mark.parametrize(
    "moment",
    [
        "2026-12-31T23:59:59",
        "2027-01-01T00:00:00",
        "2027-02-28T00:00:30",
        "2027-05-05T12:00:00",
        "2028-02-28T23:59:59",
        "2028-02-29T00:00:00",
        "2028-03-01T00:00:01",
        "2031-03-01T12:00:00",
        "2032-02-29T18:00:00",
    ],
)
def test_every_card_is_what_it_says_on_every_day(pool: KeyPool, moment: str, tmp_path: Path) -> None:
    """At the turn of a year, on leap days and in holidays; each can be renewed, and then be over since yesterday (R-3.5, R-3.9)."""
    now = datetime.fromisoformat(moment).replace(tzinfo=JST).astimezone(UTC)
    authority = LabAuthority(ocsp_base_url=NOWHERE, begun=now, pool=pool, entropy=urandom)
    trust = Trust(authority, lambda: tmp_path)
    for one in CATALOGUE:
        card = Lab(authority=authority, trust=trust, status_url=NOWHERE, clock=lambda: now).card(one.name)
        expected = dated(one, civil_date(now), LAB_POLICY)
        present = {kind: found for kind in CertificateKind if (found := expected.present(kind)) is not None}

        assert {kind: card.status(kind) for kind in CertificateKind} == {
            kind: one.expected(kind) for kind in CertificateKind
        }
        for kind, found in present.items():
            assert civil_date(facts(card.certificate(kind)).not_after) == found.expires
        if present:
            card.renew()
            card.expire()
        assert {card.status(kind).standing for kind in present} <= {Standing.EXPIRED}
