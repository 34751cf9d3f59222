"""What an order costs the database, held so that it does not creep up again."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from openjpki.desk.messages import CertificateActivated, CertificateIssued
from openjpki.rules.kinds import CertificateKind, Procedure
from tests.support.authority import AUTHENTICATION, SIGNATURE, Scene

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)

TO_SIGNED, TO_ACTIVE = 27, 14
"""Statements of steps 1 to 3, and of steps 4 and 5, beside the transactions' own."""


def questions(scene: Scene, kind: CertificateKind, procedure: Procedure) -> tuple[int, int]:
    """Return how many statements an order took until it was signed, and from there until it was active."""
    order = scene.order(kind, procedure)
    with CaptureQueriesContext(connections["authority"]) as ordered:
        issued = scene.expect(CertificateIssued, order)
    confirmation = scene.confirmation(issued)
    with CaptureQueriesContext(connections["authority"]) as confirmed:
        scene.expect(CertificateActivated, confirmation)
    return _counted(ordered), _counted(confirmed)


def _counted(captured: CaptureQueriesContext) -> int:
    own = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
    return sum(not query["sql"].startswith(own) for query in captured.captured_queries)


@pytest.mark.parametrize("kind", CertificateKind)
def test_a_new_certificate_takes_so_many_statements(scene: Scene, kind: CertificateKind) -> None:
    """Each row is read once in an act, and counters are raised and read at once."""
    scene.with_card()
    scene.issue(AUTHENTICATION if kind is SIGNATURE else SIGNATURE)  # counters and head exist

    assert questions(scene, kind, Procedure.NEW) == (TO_SIGNED, TO_ACTIVE)
