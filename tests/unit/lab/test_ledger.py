from datetime import datetime, timedelta

import pytest

from openjpki.lab.city import MINATO, WAKABA
from openjpki.lab.lab import LAB_POLICY
from openjpki.lab.ledger import Ended, Ledger
from openjpki.rules.kinds import CertificateKind, LifeEvent, RevocationReason
from openjpki.rules.policy import Policy
from openjpki.rules.revocation import Ending
from openjpki.rules.standing import Shown
from tests.support.hierarchy import HOLDER_SERIAL, hierarchy
from tests.unit.lab.conftest import NOW

SIGNATURE = CertificateKind.SIGNATURE
HOUR = timedelta(hours=1)
HELD = Ended(NOW, NOW, "certificate_hold", held=True)


@pytest.fixture
def ledger() -> Ledger:
    """Return a ledger with one certificate."""
    made = Ledger()
    assert made.add(SIGNATURE, hierarchy().holder, "signature-2", WAKABA) == HOLDER_SERIAL
    return made


def test_what_was_issued_is_found_under_its_issuer(ledger: Ledger) -> None:
    """Another serial, another generation and another kind find nothing: that was never issued."""
    found = ledger.find(SIGNATURE, HOLDER_SERIAL, "signature-2")

    assert found is not None
    assert found.certificate == hierarchy().holder
    assert ledger.find(SIGNATURE, HOLDER_SERIAL, "signature-1") is None
    assert ledger.find(SIGNATURE, HOLDER_SERIAL + 1, "signature-2") is None
    assert ledger.find(CertificateKind.AUTHENTICATION, HOLDER_SERIAL, "signature-2") is None


def test_a_certificate_of_the_same_serial_takes_the_place(ledger: Ledger) -> None:
    """What is made earlier by `expire` replaces what was there, endings and all."""
    ledger.write(SIGNATURE, HOLDER_SERIAL, HELD)
    ledger.add(SIGNATURE, hierarchy().holder, "signature-1", WAKABA)

    assert ledger.find(SIGNATURE, HOLDER_SERIAL, "signature-2") is None
    assert ledger.of_serial(SIGNATURE, HOLDER_SERIAL).rows == ()


def test_the_issued_are_listed_by_serial(ledger: Ledger) -> None:
    """Lists ask for them in rising order, and for the municipalities there are."""
    ledger.add(SIGNATURE, hierarchy().holder_with(7), "signature-2", MINATO)
    ledger.add(SIGNATURE, hierarchy().holder_with(8), "signature-1", MINATO)

    assert [one.serial for one in ledger.of_issuer(SIGNATURE, "signature-2")] == [7, HOLDER_SERIAL]
    assert ledger.of_issuer(CertificateKind.AUTHENTICATION, "signature-2") == ()
    assert ledger.municipalities() == {WAKABA, MINATO}


@pytest.mark.parametrize(
    ("policy", "shows"),
    [(LAB_POLICY, NOW), (Policy(), datetime.fromisoformat("2026-11-28T00:00:00+09:00"))],
    ids=["lab", "national"],
)
def test_an_ending_is_written_as_the_rules_say(ledger: Ledger, policy: Policy, shows: datetime) -> None:
    """A move shows at once in a laboratory, and from the next day under the national rules (R-2.28)."""
    ending = Ending(ends=NOW.date(), reason=RevocationReason.AFFILIATION_CHANGED, held=False)
    ledger.end(policy, SIGNATURE, HOLDER_SERIAL, cause=LifeEvent.MOVE, ending=ending, at=NOW)
    entry = ledger.of_serial(SIGNATURE, HOLDER_SERIAL)

    assert entry.is_over
    assert not entry.is_held
    assert entry.shown(shows - timedelta(seconds=1)) is None
    assert entry.next_change(shows - timedelta(seconds=1)) == shows
    assert entry.shown(shows) == Shown(revoked_at=NOW, reason=RevocationReason.AFFILIATION_CHANGED)


def test_a_hold_is_lifted(ledger: Ledger) -> None:
    """It shows until it is released (R-5.20); what ended for good is not released with it."""
    ledger.write(SIGNATURE, HOLDER_SERIAL, HELD)
    assert ledger.of_serial(SIGNATURE, HOLDER_SERIAL).is_held

    ledger.release(SIGNATURE, HOLDER_SERIAL, NOW + HOUR)
    entry = ledger.of_serial(SIGNATURE, HOLDER_SERIAL)
    assert not entry.is_held
    assert not entry.is_over
    assert entry.shown(NOW) is not None
    assert entry.shown(NOW + HOUR) is None

    ledger.write(SIGNATURE, HOLDER_SERIAL, Ended(NOW + 2 * HOUR, NOW + 2 * HOUR, "superseded"))
    ledger.release(SIGNATURE, HOLDER_SERIAL, NOW + 3 * HOUR)
    assert ledger.of_serial(SIGNATURE, HOLDER_SERIAL).shown(NOW + 3 * HOUR) is not None
