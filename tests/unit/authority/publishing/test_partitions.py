from datetime import timedelta

import pytest

from openjpki.authority.models import GenerationEnd, Issuer
from openjpki.authority.publishing.partitions import OF_THE_CA, own_entries, partitions
from openjpki.pki.crl import RevokedEntry
from openjpki.rules.kinds import RevocationReason
from tests.support.authority import OPENED, SIGNATURE, Scene

pytestmark = pytest.mark.django_db(databases=["authority"])
COMPROMISE, TERMINATION = GenerationEnd.COMPROMISE, GenerationEnd.TERMINATION


def end(scene: Scene, because: GenerationEnd) -> None:
    """End the signature CA of the sandbox."""
    scene.authority.operation.drill("signature-1", because, lambda _: None)


def entry(reason: RevocationReason) -> RevokedEntry:
    """Return what its list says from its end on."""
    return RevokedEntry(serial=Issuer.objects.get(kind="signature").serial, revoked_at=OPENED, reason=reason)


def told(scene: Scene) -> list[RevokedEntry]:
    """Return what is said of the signature CA now; the row in hand may be an older one."""
    return list(own_entries(Issuer.objects.get(kind="signature"), scene.clock()))


@pytest.mark.usefixtures("scene")
def test_every_municipality_has_a_partition_and_the_ca_has_one() -> None:
    """Its code is no municipality's: those are five digits."""
    assert [one.code for one in partitions()] == ["99201", "99202", OF_THE_CA]
    assert [one.municipality is None for one in partitions()] == [False, False, True]


@pytest.mark.parametrize(
    ("because", "reason"),
    [(COMPROMISE, RevocationReason.CA_COMPROMISE), (TERMINATION, RevocationReason.CESSATION_OF_OPERATION)],
)
def test_a_generation_that_ended_is_on_its_own_list(
    scene: Scene, because: GenerationEnd, reason: RevocationReason
) -> None:
    """R-5.10: from the moment of its end on, with its reason; the row is read anew."""
    before = Issuer.objects.get(kind="signature")
    end(scene, because)

    assert told(scene) == list(own_entries(before, scene.clock())) == [entry(reason)]
    assert list(own_entries(before, OPENED - timedelta(seconds=1))) == []
    assert list(own_entries(Issuer.objects.get(kind="authentication"), scene.clock())) == []


def test_what_was_compromised_stays_so(scene: Scene) -> None:
    """A termination afterwards does not make the reason milder (R-5.10)."""
    scene.with_card()
    scene.issue(SIGNATURE)
    end(scene, COMPROMISE)
    scene.clock.advance_to(OPENED + timedelta(days=1))
    end(scene, TERMINATION)

    assert [one.reason for one in told(scene)] == [RevocationReason.CA_COMPROMISE]
