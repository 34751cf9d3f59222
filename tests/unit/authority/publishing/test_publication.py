from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509

from openjpki.audit.models import Entry
from openjpki.authority.models import CrlPublication, Issuer, Revocation
from openjpki.authority.publishing.publication import newest_list, publish
from openjpki.desk.messages import CertificateIssued, ReportAccepted
from openjpki.pki.crl import ListUnsound
from openjpki.rules.kinds import CertificateKind, LifeEvent, Procedure
from openjpki.rules.policy import Policy
from tests.support.authority import AUTHENTICATION, OPENED, SIGNATURE, Crash, Scene
from tests.support.walls import without_walls
from tests.unit.authority import invariants

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)

MIDNIGHT = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
"""0:00 of 2026-01-06 in Japan."""


def crl(scene: Scene, kind: CertificateKind = SIGNATURE, municipality: str = "99201") -> x509.CertificateRevocationList:
    """Return the published list of a partition."""
    path = scene.folder / "public" / "crl" / f"{kind.value}-1-{municipality}.crl"
    return x509.load_der_x509_crl(path.read_bytes())


def number(of: x509.CertificateRevocationList) -> int:
    """Return the CRL number."""
    return of.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def test_every_partition_has_its_list(scene: Scene) -> None:
    """One list for each issuer key and municipality, and for its CA certificate, empty ones too, and every CA certificate, by their names (R-5.25)."""
    published = scene.authority.publish_crls()

    assert len(published) == 6
    assert sorted(path.name for path in (scene.folder / "public" / "crl").iterdir()) == [
        "authentication-1-99201.crl",
        "authentication-1-99202.crl",
        "authentication-1-ca.crl",
        "signature-1-99201.crl",
        "signature-1-99202.crl",
        "signature-1-ca.crl",
    ]
    assert sorted(path.name for path in (scene.folder / "public" / "ca").iterdir()) == [
        "authentication-1.cer",
        "signature-1.cer",
    ]
    assert scene.listed(SIGNATURE) == {}


def test_a_list_is_signed_by_its_issuer_for_a_day(scene: Scene) -> None:
    """A full list each day (R-5.25): nextUpdate lies a day and an hour ahead, so that the next one is there in time."""
    scene.authority.publish_crls()
    ca = x509.load_der_x509_certificate((scene.folder / "public" / "ca" / "signature-1.cer").read_bytes())
    found = crl(scene)

    assert found.is_signature_valid(ca.public_key())  # type: ignore[arg-type]  # RSA or EC by construction
    assert found.last_update_utc == OPENED
    assert found.next_update_utc == OPENED + timedelta(hours=25)


def test_the_list_of_the_cas_certificate_is_as_long_as_the_others(scene: Scene) -> None:
    """`crl_schedule` counts for it too; nothing stands in it while its CA is in order."""
    scene.authority.publish_crls()
    found = crl(scene, municipality="ca")

    assert found.next_update_utc == OPENED + timedelta(hours=25)
    assert list(found) == []


def test_hourly_lists_are_shorter(tmp_path: Path) -> None:
    """Under `crl_schedule = "full-hourly"` a list lasts an hour and five minutes."""
    policy = Policy.preset("national").with_settings({"crl_schedule": "full-hourly"})
    scene = Scene(tmp_path, policy=policy).open()
    scene.authority.publish_crls()

    assert crl(scene).next_update_utc == OPENED + timedelta(minutes=65)


def test_a_revocation_stands_in_the_issuing_municipalitys_list(scene: Scene) -> None:
    """After a move the old town's list shows the ending, at midnight and not before; no other list does (R-8.2)."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.arrival())
    scene.authority.publish_crls()
    assert scene.listed(SIGNATURE) == {}
    scene.clock.advance_to(MIDNIGHT)
    scene.authority.publish_crls()

    assert scene.listed(SIGNATURE) == {2: "affiliation_changed"}
    assert scene.listed(SIGNATURE, "99202") == {}
    assert scene.listed(AUTHENTICATION) == {}
    (entry,) = crl(scene)
    assert entry.revocation_date_utc == OPENED


def test_a_list_does_not_outlive_the_silence_it_keeps(scene: Scene) -> None:
    """A list that leaves out an ending for today ends at midnight: nextUpdate never passes a known change."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.arrival())
    scene.authority.publish_crls()

    assert crl(scene).next_update_utc == MIDNIGHT
    assert crl(scene, municipality="99202").next_update_utc == OPENED + timedelta(hours=25)


def test_numbers_rise_in_each_partition(scene: Scene) -> None:
    """Each partition counts its lists by one, also within one second (RFC 5280 §5.2.3)."""
    for expected in (1, 2, 3):
        scene.authority.publish_crls()
        assert number(crl(scene)) == number(crl(scene, AUTHENTICATION, "99202")) == expected
    assert CrlPublication.objects.count() == 18


def test_an_entry_leaves_after_one_list_past_its_expiry(scene: Scene) -> None:
    """An entry stands once in a list issued after the certificate's expiry, then it may go (RFC 5280 §3.3)."""
    scene.with_both()
    scene.revoke(LifeEvent.KEY_COMPROMISE)
    scene.at(date(2030, 6, 10)).authority.publish_crls()
    assert scene.listed(SIGNATURE) == {2: "key_compromise"}
    scene.at(date(2030, 6, 11)).authority.publish_crls()
    assert scene.listed(SIGNATURE) == {2: "key_compromise"}
    scene.at(date(2030, 6, 12)).authority.publish_crls()

    assert scene.listed(SIGNATURE) == {}


def test_an_entry_that_shows_after_its_expiry_stands_once(scene: Scene) -> None:
    """Reported on the last day, visible after it: the entry still appears in one list (RFC 5280 §3.3)."""
    scene.with_both().at(date(2030, 6, 10), 20)
    scene.authority.publish_crls()
    scene.expect(ReportAccepted, scene.life_event(LifeEvent.NAME))
    scene.authority.publish_crls()
    assert scene.listed(SIGNATURE) == {}
    scene.at(date(2030, 6, 11), 0).authority.publish_crls()
    assert scene.listed(SIGNATURE) == {2: "affiliation_changed"}
    scene.at(date(2030, 6, 11), 1).authority.publish_crls()

    assert scene.listed(SIGNATURE) == {}


def test_a_list_between_expiry_and_visibility_tells_nothing_yet(scene: Scene) -> None:
    """An entry that shows only days after its expiry still stands once, though lists went out in between (RFC 5280 §3.3)."""
    scene.with_both().revoke(LifeEvent.REQUEST, SIGNATURE)
    with without_walls():
        Revocation.objects.update(visible_at=datetime(2030, 6, 12, 15, 0, tzinfo=UTC))
    shown = [
        scene.at(date(2030, 6, day)).authority.publish_crls() and scene.listed(SIGNATURE) for day in (11, 12, 13, 14)
    ]

    assert shown == [{}, {}, {2: "cessation_of_operation"}, {}]


def test_a_hold_that_became_an_end_is_one_entry(scene: Scene) -> None:
    """Two rows of one certificate are one line of the list, with the end's reason and the hold's moment."""
    scene.with_card().issue(AUTHENTICATION)
    scene.revoke(LifeEvent.HOLD)
    scene.at(date(2026, 1, 7)).revoke(LifeEvent.KEY_COMPROMISE)
    scene.authority.publish_crls()

    assert scene.listed(AUTHENTICATION) == {2: "key_compromise"}
    (entry,) = crl(scene, AUTHENTICATION)
    assert entry.revocation_date_utc == OPENED


def test_serials_stand_in_order(scene: Scene) -> None:
    """Many endings come by rising serial, whatever order they happened in."""
    scene.with_card()
    for _ in range(3):
        scene.issue(SIGNATURE, Procedure.NEW if not scene.records() else Procedure.REISSUE)
    scene.revoke(LifeEvent.REQUEST, SIGNATURE)
    scene.authority.publish_crls()

    assert list(scene.listed(SIGNATURE)) == [2, 3, 4]


def test_each_generation_signs_its_own_lists(scene: Scene) -> None:
    """After a new ceremony both generations publish; an ending stands in the list of the key that issued (R-5.25)."""
    scene.with_card().issue(SIGNATURE)
    scene.at(date(2028, 1, 10)).authority.ceremony(SIGNATURE)
    scene.issue(SIGNATURE, Procedure.REISSUE)
    scene.authority.publish_crls()

    assert scene.listed(SIGNATURE, generation=1) == {2: "superseded"}
    assert scene.listed(SIGNATURE, generation=2) == {}


def test_a_ca_past_its_end_publishes_no_more(scene: Scene) -> None:
    """What a dead CA signed last stays where it is; its key signs nothing new."""
    scene.authority.publish_crls()
    scene.at(date(2036, 1, 5))

    assert scene.authority.publish_crls() == ()
    assert number(crl(scene)) == 1


def test_the_last_list_ends_with_its_ca(scene: Scene) -> None:
    """NextUpdate never passes the CA's own end."""
    scene.at(date(2036, 1, 4), 20).authority.publish_crls()

    assert crl(scene).next_update_utc == datetime(2036, 1, 4, 14, 59, 59, tzinfo=UTC)


def test_after_a_crash_before_the_files_the_folder_is_brought_up_to_date(scene: Scene) -> None:
    """The row is committed first: a crash before the file loses nothing, the folder is written again from the rows."""
    scene.with_both()
    scene.authority.publish_crls()
    scene.revoke(LifeEvent.REQUEST, AUTHENTICATION)
    scene.fuse.blows_after = "list-committed"
    with pytest.raises(Crash):
        scene.authority.publish_crls()
    assert scene.listed(AUTHENTICATION) == {}

    scene.authority.write_public()

    assert scene.listed(AUTHENTICATION) == {2: "cessation_of_operation"}
    assert number(crl(scene, AUTHENTICATION)) == 2
    invariants.check()


def test_before_the_first_list_there_are_the_ca_certificates(scene: Scene) -> None:
    """The folder may be written at any time; what was not published has no file."""
    scene.authority.write_public()

    assert list((scene.folder / "public" / "crl").iterdir()) == []
    assert newest_list(Issuer.objects.get(kind="signature"), "99201") is None


def test_what_was_never_handed_over_is_listed(scene: Scene) -> None:
    """A certificate revoked before hand-over stands in the list, unspecified (R-5.11)."""
    scene.with_card()
    scene.expect(CertificateIssued, scene.order())
    scene.issue()
    scene.authority.publish_crls()

    assert scene.listed(SIGNATURE) == {2: "unspecified"}


def test_a_list_that_cannot_be_made_keeps_no_other_waiting(scene: Scene) -> None:
    """One partition's contradiction is told at the end; the others have their next list, and its own stays as it was."""
    issued = scene.with_card().issue(AUTHENTICATION)
    scene.revoke(LifeEvent.REQUEST, AUTHENTICATION)
    scene.authority.publish_crls()
    with without_walls():
        Revocation.objects.update(serial=0)
    scene.clock.advance_to(OPENED + timedelta(hours=3))
    with pytest.raises(ListUnsound) as told:
        scene.authority.publish_crls()

    assert told.value.data == {"problem": "serial"}
    assert number(crl(scene, AUTHENTICATION)) == 1
    assert issued.serial in scene.listed(AUTHENTICATION)
    assert {number(crl(scene, SIGNATURE)), number(crl(scene, SIGNATURE, "99202"))} == {2}
    assert not [path for path in scene.authority.lists.rglob("*") if path.name.startswith(".")]


def test_publication_is_recorded(scene: Scene) -> None:
    """Each list has its audit row with number, count and SHA-256: what was published can be told from what was not."""
    scene.authority.publish_crls()
    row = Entry.objects.using("authority").filter(verb="crl.published").order_by("pk").first()
    digest = sha256((scene.folder / "public" / "crl" / "authentication-1-99201.crl").read_bytes()).hexdigest()

    assert row is not None
    assert (row.actor, row.subject, row.data) == (
        "authority",
        "crl:authentication-1-99201",
        {"number": 1, "entries": 0, "sha256": digest},
    )


def test_a_list_is_never_older_than_the_one_before(scene: Scene) -> None:
    """A publisher whose moment is an hour old: the number rises, thisUpdate stays, and what was shown as ended stays shown."""
    issued = scene.with_card().issue()
    scene.clock.advance_to(OPENED + timedelta(hours=1))
    scene.revoke(LifeEvent.REQUEST, SIGNATURE)
    scene.authority.publish_crls()
    before = crl(scene)
    publish(scene.authority, OPENED)
    after = crl(scene)

    assert number(after) == number(before) + 1
    assert after.last_update_utc == before.last_update_utc
    assert after.get_revoked_certificate_by_serial_number(issued.serial) is not None
    invariants.check()


def test_a_resumption_completes_the_folder(scene: Scene) -> None:
    """A crash before the file, and the remains of a half-written one: `resume` leaves the newest rows and nothing else.

    Each partition is published for itself: those that the crash came before have the list they had.
    """
    scene.authority.publish_crls()
    scene.fuse.blows_after = "public-file-prepared"
    with pytest.raises(Crash):
        scene.authority.publish_crls()
    folder = scene.folder / "public" / "crl"
    (folder / ".signature-1-99201.crl.1.new").write_bytes(b"half")
    (scene.authority.lists / "signature-1-99201" / ".2.crl.1.new").write_bytes(b"half")
    (scene.authority.lists / "signature-1-99201" / "2.crl").write_bytes(b"written, and never committed")
    scene.authority.resume()

    assert (number(crl(scene, AUTHENTICATION)), number(crl(scene, SIGNATURE))) == (2, 1)
    assert len(list(folder.iterdir())) == 6
    kept = {path.parent.name: path.name for path in scene.authority.lists.rglob("*") if path.is_file()}
    assert kept == {
        "authentication-1-ca": "1.crl",
        "signature-1-ca": "1.crl",
        "authentication-1-99201": "2.crl",
        "authentication-1-99202": "1.crl",
        "signature-1-99201": "1.crl",
        "signature-1-99202": "1.crl",
    }
