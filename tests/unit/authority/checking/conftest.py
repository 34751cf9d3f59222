"""An authority with certificates in many states, its lists published."""

from datetime import timedelta
from pathlib import Path

import pytest

from openjpki.desk.messages import CertificateIssued
from openjpki.rules.kinds import LifeEvent, Procedure
from tests.support.authority import AUTHENTICATION, OPENED, SIGNATURE, Scene


@pytest.fixture
def busy(tmp_path: Path) -> Scene:
    """Return an authority that issued, replaced, held, and signed something that nobody took; its lists are out."""
    scene = Scene(tmp_path).open()
    scene.with_both()
    issued = scene.issue(SIGNATURE, Procedure.REISSUE)
    assert scene.word(issued) == "good"
    scene.revoke(LifeEvent.HOLD)
    scene.expect(CertificateIssued, scene.order(SIGNATURE, Procedure.REISSUE))
    scene.authority.publish_crls()
    scene.clock.advance_to(OPENED + timedelta(minutes=5))
    scene.authority.publish_crls()
    assert scene.listed(AUTHENTICATION)
    return scene
