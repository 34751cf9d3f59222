from datetime import date

import pytest

from openjpki.authority.models import Certificate
from openjpki.authority.records import lives_at, recorded, state_at
from openjpki.desk.messages import ReportAccepted
from openjpki.rules.kinds import CardState, CertificateState, LifeEvent
from tests.support.authority import AUTHENTICATION, OPENED, SIGNATURE, Scene

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.mark.parametrize(
    ("stored", "expires", "expected"),
    [
        ("valid", date(2026, 1, 5), CertificateState.VALID),
        ("valid", date(2026, 1, 4), CertificateState.EXPIRED),
        ("held", date(2026, 1, 4), CertificateState.EXPIRED),
        ("revoked", date(2026, 1, 4), CertificateState.REVOKED),
        ("superseded", date(2026, 1, 4), CertificateState.SUPERSEDED),
        ("undelivered", date(2026, 1, 4), CertificateState.UNDELIVERED),
    ],
)
def test_expiry_is_derived_at_the_moment(stored: str, expires: date, expected: CertificateState) -> None:
    """The last day is included (R-3.6); a live certificate past it is expired without anybody writing so (R-3.10)."""
    assert state_at(Certificate(state=stored, expires=expires), OPENED) is expected


def test_a_certificate_lives_until_its_last_day(scene: Scene) -> None:
    """Held ones count as live, revoked and expired ones do not."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.card(state=CardState.SUSPENDED))
    held = Certificate.objects.get(kind=AUTHENTICATION.value)
    revoked = Certificate.objects.get(kind=SIGNATURE.value)

    assert held.state == "held"
    assert lives_at(held, scene.clock())
    assert not lives_at(revoked, scene.clock())
    scene.at(date(2030, 6, 11))
    assert not lives_at(held, scene.clock())


def test_a_record_tells_how_it_ended(scene: Scene) -> None:
    """Reason, event and both moments of the last ending; the hold before it is not told."""
    scene.with_both()
    scene.revoke(LifeEvent.HOLD)
    scene.at(date(2026, 1, 7)).revoke(LifeEvent.KEY_COMPROMISE)
    authentication, signature = recorded(Certificate.objects.all(), scene.clock())

    assert (authentication.event, authentication.effective_at) == (LifeEvent.KEY_COMPROMISE, scene.clock())
    assert (signature.event, signature.effective_at) == (LifeEvent.HOLD, OPENED)
    assert signature.certificate != authentication.certificate


def test_what_was_never_signed_is_no_record() -> None:
    """There is nothing to tell of a certificate that has no bytes."""
    assert recorded(Certificate.objects.all(), OPENED) == ()
