from datetime import timedelta

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.desk.desk_keys import DeskKeyUnknown, fingerprint
from openjpki.authority.models import EnrolledKey
from openjpki.authority.register.municipalities import MunicipalityUnknown
from openjpki.desk.keys import DeskKey
from tests.support.authority import Scene
from tests.support.desk import SENT

pytestmark = pytest.mark.django_db(databases=["authority"])

ONE, TWO = DeskKey.generate().public_key, DeskKey.generate().public_key
LATER = SENT + timedelta(hours=1)


def in_force(signer: str = "sato") -> list[bytes]:
    """Return the keys that a signer of Wakaba has in force."""
    return [bytes(key.public_key) for key in EnrolledKey.objects.filter(signer=signer, revoked_at=None)]


def test_a_key_is_enrolled_once(scene: Scene) -> None:
    """Introducing a key again changes nothing, and the record tells of one enrolment."""
    for _ in range(2):
        scene.authority.introduce("99201", "sato", ONE, at=SENT)
    (key,) = scene.authority.desk_keys()

    assert (key.municipality, key.signer, key.fingerprint) == ("99201", "sato", fingerprint(ONE))
    assert (key.enrolled_at, key.revoked_at) == (SENT, None)
    (row,) = Entry.objects.using("authority").filter(verb="desk-key.enrolled")
    assert row.data == {"municipality": "99201", "signer": "sato"}
    assert row.recorded_at == scene.clock()


def test_a_newer_key_takes_the_place(scene: Scene) -> None:
    """A signer has one key at a time; the former one is revoked at that moment."""
    scene.authority.introduce("99201", "sato", ONE, at=SENT)
    scene.authority.introduce("99201", "sato", TWO, at=LATER)

    assert in_force() == [TWO]
    assert EnrolledKey.objects.get(fingerprint=fingerprint(ONE)).revoked_at == LATER


def test_who_was_revoked_does_not_come_back_by_themselves(scene: Scene) -> None:
    """Neither the old key nor a new one; `readmit` is a decision of the authority's people."""
    scene.authority.introduce("99201", "sato", ONE, at=SENT)
    scene.authority.revoke_desk_key("99201", "sato", at=LATER)
    for key in (ONE, TWO):
        scene.authority.introduce("99201", "sato", key, at=LATER)
        assert in_force() == []

    scene.authority.readmit("99201", "sato", TWO, at=LATER)
    assert in_force() == [TWO]


def test_a_revoked_key_is_never_used_again(scene: Scene) -> None:
    """A key is enrolled once in its life: readmitting the very key that was revoked changes nothing."""
    scene.authority.introduce("99201", "sato", ONE, at=SENT)
    scene.authority.revoke_desk_key("99201", "sato", at=LATER)
    scene.authority.readmit("99201", "sato", ONE, at=LATER)

    assert in_force() == []


def test_a_revocation_needs_a_key_in_force(scene: Scene) -> None:
    """Nobody's key is not revoked, and none twice; a clock set back does not end a key before it began."""
    with pytest.raises(DeskKeyUnknown):
        scene.authority.revoke_desk_key("99201", "sato", at=SENT)
    scene.authority.introduce("99201", "sato", ONE, at=LATER)
    assert scene.authority.revoke_desk_key("99201", "sato", at=SENT).revoked_at == LATER

    with pytest.raises(DeskKeyUnknown):
        scene.authority.revoke_desk_key("99201", "sato", at=LATER)


def test_signers_of_two_municipalities_are_two(scene: Scene) -> None:
    """The same login at another municipality is another person; the empty one is the municipality itself."""
    scene.authority.introduce("99201", "sato", ONE, at=SENT)
    scene.authority.introduce("99202", "sato", TWO, at=SENT)
    scene.authority.introduce("99201", "", DeskKey.generate().public_key, at=SENT)
    scene.authority.revoke_desk_key("99202", "sato", at=LATER)

    assert in_force() == [ONE]
    assert len(in_force("")) == 1
    assert [key.signer for key in scene.authority.desk_keys()] == ["", "sato", "sato"]


def test_a_municipality_must_take_part(scene: Scene) -> None:
    """Keys of a municipality that is not enrolled are not taken."""
    with pytest.raises(MunicipalityUnknown):
        scene.authority.introduce("99999", "sato", ONE, at=SENT)
    assert not EnrolledKey.objects.exists()
