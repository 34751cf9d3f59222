import json
from datetime import timedelta
from pathlib import Path

import pytest

from openjpki.authority.control.approvals import NoSuchAct
from openjpki.authority.control.in_force import ControlLeftOut
from openjpki.authority.control.operators import OperatorsComplete
from openjpki.authority.operation import NotInASandbox
from openjpki.cli.controlled_acts import as_data
from openjpki.site.house import House
from openjpki.site.opening import opened
from openjpki.site.place import MARKER, HomeInUse, locked
from openjpki.site.settings import ROLES
from tests.support.operators import SATO, SUZUKI, TANAKA, script
from tests.unit.cli.operating import Run, held, house, run

__all__ = ["held", "house", "run"]
pytestmark = pytest.mark.django_db(databases=ROLES)


def test_every_kind_can_be_proposed(held: Run, house: House, tmp_path: Path) -> None:
    """Each with its own options; one that cannot be carried out is refused at once."""
    later = (house.clock() + timedelta(days=90)).strftime("%Y-%m-%dT%H:%M")
    (tmp_path / "second.yaml").write_text(script(house.authority, ("signature", 2, later)), encoding="utf-8")
    held("propose", "key-ceremony", "--script", tmp_path / "second.yaml", by=SATO)
    held("approve", "2", by=TANAKA)
    held("approve", "2", by=SUZUKI)
    held("carry-out", "2")
    assert [one["does"] for one in held("keys").data["keys"]] == ["issuing", "issuing", "waiting"]

    held("propose", "generation-switch", "--issuer", "signature-2", "--issues-from", later, by=SATO)
    held("propose", "operator-removal", "--name", SUZUKI, by=SATO)
    held("propose", "operator-enrolment", "--name", "yamada", "--public", tmp_path / "sato.pub", by=SATO)
    with pytest.raises(Exception, match="nothing-to-revoke"):
        held("propose", "revocation", "--certificate", "signature/9", "--cause", "record-error", by=SATO)
    assert [act["kind"] for act in held("acts").data["acts"]] == [
        "key-ceremony",
        "key-ceremony",
        "generation-switch",
        "operator-removal",
        "operator-enrolment",
    ]


def test_how_far_an_act_has_come(held: Run, house: House) -> None:
    """It waits, is approved, has begun, is done; after its term it has expired."""
    held("propose", "mass-revocation", "--issuer", "signature-1", by=SATO)
    with opened(house.home.path) as again:
        (done, waiting) = again.authority.operation.acts()
        assert as_data(done, house.clock())["state"] == "done"
        assert as_data(waiting, house.clock())["state"] == "proposed"
        assert as_data(waiting, house.clock() + timedelta(days=8))["state"] == "expired"
        waiting.begun_at = house.clock()
        assert as_data(waiting, house.clock())["state"] == "begun"
    with pytest.raises(NoSuchAct):
        held("carry-out", "9")


def test_a_marker_without_dual_control_opens_no_short_way(held: Run, house: House) -> None:
    """Whoever edits the file has no drill, no proposal and no operator of their own by it; what waits stays."""
    marker = house.home.path / MARKER
    written = json.loads(marker.read_bytes())
    assert written.pop("dual_control") == "2-of-3"
    marker.write_text(json.dumps(written))

    with pytest.raises(ControlLeftOut):
        held("drill", "compromise", "--issuer", "signature-1")
    with pytest.raises(ControlLeftOut):
        held("propose", "operator-removal", "--name", SUZUKI, by=SATO)
    marker.write_text(json.dumps(written | {"dual_control": "2-of-9"}))
    with pytest.raises(OperatorsComplete):
        held("operator", "enrol", "yamada", "--public", house.home.path.parent / "sato.pub")
    assert len(held("acts").data["acts"]) == 1


def test_a_termination_and_a_drill_hold_the_home_alone(held: Run, house: House) -> None:
    """Whatever else runs may have the key in its memory."""
    number = held("propose", "termination", "--issuer", "signature-1", by=SATO).data["act"]["number"]
    with locked(house.home.path, exclusive=False):
        with pytest.raises(HomeInUse):
            held("carry-out", number)
        with pytest.raises(HomeInUse):
            held("drill", "compromise", "--issuer", "signature-1")
    with pytest.raises(NotInASandbox):
        held("drill", "compromise", "--issuer", "signature-1")
