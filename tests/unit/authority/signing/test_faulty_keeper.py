"""What the authority does when whoever keeps its keys signs wrongly: nothing is stored, nothing leaves, nothing is lost."""

from pathlib import Path

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.models import Certificate, CrlPublication, Issuer, OcspResponder, Order
from openjpki.authority.signing.keys import KeyStore
from openjpki.desk.messages import CertificateIssued
from openjpki.pki.keys import FreshKeys, SignerFaulty
from openjpki.rules.kinds import CertificateState
from tests.support.authority import Scene
from tests.support.faulty import FAULTS, Fault, FaultyKeys
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)


@pytest.fixture
def keys(tmp_path: Path) -> FaultyKeys:
    """Return a keeper that signs rightly until it is told otherwise."""
    return FaultyKeys(KeyStore(tmp_path / "keys", tmp_path / "passphrase", FreshKeys()))


@pytest.fixture
def scene(tmp_path: Path, keys: FaultyKeys) -> Scene:
    """Return an authority whose keys that keeper keeps."""
    return Scene(tmp_path, keys=keys).open()


def acts() -> list[str]:
    """Return every act on record."""
    return list(Entry.objects.using("authority").order_by("pk").values_list("verb", flat=True))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrongly_signed_certificate_is_never_stored(scene: Scene, keys: FaultyKeys, fault: Fault) -> None:
    """Step 3 fails whole: the order stays linted, its sender is told to come again, and `resume` finishes it later."""
    scene.with_card()
    order = scene.order()
    keys.fault = fault
    with pytest.raises(SignerFaulty):
        scene.authority.handle(order)

    assert Order.objects.get().state == "linted"
    assert Certificate.objects.get().der is None
    assert acts()[-1] == "certificate.linted"
    invariants.check()

    keys.fault = None
    assert scene.authority.resume().signed == (order.order_id,)
    assert scene.expect(CertificateIssued, order).serial == Certificate.objects.get().serial
    assert Certificate.objects.get().state == CertificateState.UNDELIVERED.value
    invariants.check()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrongly_signed_list_is_never_published(scene: Scene, keys: FaultyKeys, fault: Fault) -> None:
    """The list before stays the newest, in the table and in the folder, and the next one has the next number."""
    scene.authority.publish_crls()
    files = {path: path.read_bytes() for path in (scene.folder / "public" / "crl").iterdir()}
    keys.fault = fault
    with pytest.raises(SignerFaulty):
        scene.authority.publish_crls()

    assert CrlPublication.objects.count() == len(files) == 6
    assert {path: path.read_bytes() for path in files} == files

    keys.fault = None
    assert {row.number for row in scene.authority.publish_crls()} == {2}


def test_a_wrongly_signed_answer_never_leaves(scene: Scene, keys: FaultyKeys) -> None:
    """Neither an answer nor the responder's own certificate, which is made when it is first asked."""
    issued = scene.with_card().issue()
    keys.fault = FAULTS[0]
    with pytest.raises(SignerFaulty):
        scene.word(issued)
    assert not OcspResponder.objects.exists()

    keys.fault = None
    assert scene.word(issued) == "good"
    keys.fault = FAULTS[0]
    with pytest.raises(SignerFaulty):
        scene.word(issued)


def test_a_wrongly_signed_ca_is_never_born(scene: Scene, keys: FaultyKeys) -> None:
    """The ceremony leaves a key and no generation: another ceremony makes one."""
    before = Issuer.objects.count()
    keys.fault = FAULTS[0]
    with pytest.raises(SignerFaulty):
        scene.authority.ceremony()

    assert Issuer.objects.count() == before
    invariants.check()
