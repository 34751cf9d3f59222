from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from openjpki.audit.models import Entry
from openjpki.authority.acts import act, authority_at
from openjpki.authority.generations.ceremony import rehearse
from openjpki.authority.generations.profile_records import (
    NOTHING,
    ProfilesDiffer,
    ProfilesOther,
    ProfilesUnsound,
    code_digest,
    content_for,
    differing,
    hold_change,
    hold_recorded,
    newest,
    record,
    recorded_digest,
)
from openjpki.authority.generations.script import read_script
from openjpki.authority.models import Issuer, OcspResponder, Order, ProfileRecord, Serial
from openjpki.desk.messages import CertificateIssued
from openjpki.pki.profiles import Profile
from openjpki.rules.kinds import LifeEvent
from tests.support.authority import AUTHENTICATION, SIGNATURE, Crash, Scene
from tests.support.operators import Operators, script
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)

HOLDERS = (Profile.SIGNATURE, Profile.AUTHENTICATION)


def changed(scene: Scene, **settings: Any) -> Scene:
    """Go on with the same authority under another version's profiles."""
    scene.authority = replace(scene.authority, profiles=replace(scene.authority.profiles, **settings))
    return scene


def test_the_first_generation_records_what_is_issued_by(tmp_path: Path) -> None:
    """Before it there is nothing to hold anything against; after it every generation is."""
    scene = Scene(tmp_path)
    assert (newest(), recorded_digest(), differing(scene.authority)) == (None, NOTHING, ())

    scene.open()

    assert recorded_digest() == code_digest(scene.authority)
    assert ProfileRecord.objects.count() == 1
    told = Entry.objects.using("authority").get(verb="profiles.recorded")
    assert (told.actor, told.subject) == ("authority", str(newest()))
    assert told.data == {"digest": recorded_digest(), "because": "first-generation"}


def test_by_other_profiles_nothing_is_issued(scene: Scene) -> None:
    """No serial is drawn and the order is not answered: who sent it keeps it, and it is carried out once that is approved."""
    scene.with_card()
    changed(scene, cps="http://cps.example/")
    order, drawn = scene.order(), Serial.objects.count()

    with pytest.raises(ProfilesDiffer) as refused:
        scene.authority.handle(order)
    assert refused.value.data == {"profile": "signature"}
    assert (Order.objects.count(), Serial.objects.count()) == (0, drawn)

    scene.authority.operation.record_profiles(code_digest(scene.authority))
    assert scene.expect(CertificateIssued, order).certificate
    invariants.check()


def test_revocation_lists_and_answers_go_on(scene: Scene) -> None:
    """What harms a holder who lost a card is not how new certificates look."""
    scene.with_card()
    issued = scene.issue(SIGNATURE)
    changed(scene, cps="http://cps.example/")
    scene.revoke(LifeEvent.REQUEST, SIGNATURE)

    assert scene.authority.publish_crls()
    assert scene.word(issued) != "good"
    assert not scene.authority.resume().closed


def test_an_order_on_its_way_waits_for_the_approval(scene: Scene) -> None:
    """Neither is it signed by profiles that nobody approved, nor is it lost, nor does any list wait for it."""
    scene.with_card()
    order = scene.order()
    scene.fuse.blows_after = "linted"
    with pytest.raises(Crash):
        scene.send(order)
    before = scene.authority.profiles
    changed(scene, client_authentication=False, cps="http://cps.example/")

    assert scene.authority.resume().waiting == (order.order_id,)

    scene.authority = replace(scene.authority, profiles=before)
    assert scene.authority.resume().signed == (order.order_id,)


def test_a_generation_is_not_made_by_other_profiles(scene: Scene) -> None:
    """No key is made for it either, and no ceremony's script is rehearsed."""
    changed(scene, disclaimer="Other")
    passed = list(scene.fuse.passed)

    with pytest.raises(ProfilesDiffer):
        scene.authority.ceremony(SIGNATURE)
    Operators(scene.authority).enrolled()
    with pytest.raises(ProfilesDiffer):
        rehearse(scene.authority, read_script(script(scene.authority, ("signature", 2, "at-once"))), scene.clock())
    assert "ca-key-stored" not in scene.fuse.passed[len(passed) :]


def test_responders_are_certified_by_their_own_profile(scene: Scene) -> None:
    """A change of the holders' leaves them alone; by one of their own none is certified, and the present one answers."""
    scene.with_card()
    issued = scene.issue(AUTHENTICATION)
    before = scene.word(issued)
    changed(scene, cps="http://cps.example/")
    scene.clock.advance_to(scene.clock() + timedelta(days=25))
    assert len(scene.authority.renew_responders()) == len(scene.authority.key_names())

    changed(scene, responder_usage_critical=True)
    count = OcspResponder.objects.count()
    scene.clock.advance_to(scene.clock() + timedelta(days=25))
    assert scene.authority.renew_responders() == ()
    assert scene.word(issued) == before
    scene.clock.advance_to(scene.clock() + timedelta(days=10))
    with pytest.raises(ProfilesDiffer):
        scene.word(issued)
    assert OcspResponder.objects.count() == count


def test_without_a_record_nothing_is_issued(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are generations and nothing is recorded, as in a home of earlier versions, every profile differs."""
    monkeypatch.setattr("openjpki.authority.generations.profile_records.newest", lambda: None)

    assert differing(scene.authority) == tuple(Profile)
    assert Issuer.objects.exists()
    with pytest.raises(ProfilesDiffer):
        hold_recorded(scene.authority, Profile.SIGNATURE)


def test_a_change_is_of_what_is_here_from_what_is_recorded(scene: Scene) -> None:
    """Neither end of it may be another, and a specimen that breaks a rule is no profile."""
    changed(scene, cps="http://cps.example/")
    content = content_for(code_digest(scene.authority))
    hold_change(scene.authority, content)

    for wrong in ({}, {**content, "digest": "x"}, {**content, "recorded": NOTHING}):
        with pytest.raises(ProfilesOther):
            hold_change(scene.authority, wrong)
    changed(scene, ca_years_at_most=5)
    with pytest.raises(ProfilesUnsound) as refused:
        hold_change(scene.authority, content_for(code_digest(scene.authority)))
    assert refused.value.data["profile"] == "signature-ca"


def test_the_newest_record_counts(scene: Scene) -> None:
    """Also when it goes back to what was before."""
    first = recorded_digest()
    with act():
        record(changed(scene, cps="http://cps.example/").authority, authority_at(scene.clock()), because="x")
    assert recorded_digest() != first
    assert differing(scene.authority) == ()
    changed(scene, cps="http://www.jpki.go.jp/cps.html")
    assert differing(scene.authority) == HOLDERS
    scene.authority.operation.record_profiles(first)
    assert recorded_digest() == first
