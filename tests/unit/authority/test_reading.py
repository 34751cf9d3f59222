import msgspec
import pytest

from openjpki.audit.models import Entry
from openjpki.authority import reading
from openjpki.authority.models import Person
from openjpki.desk.messages import CertificateIssued, Certificates, CertificatesAsked, ReportAccepted
from openjpki.rules.kinds import CertificateState, Procedure
from tests.support.authority import AUTHENTICATION, CARD, RESIDENT, SIGNATURE, Scene

pytestmark = pytest.mark.django_db(databases=["authority"])


def asked(scene: Scene) -> CertificatesAsked:
    """Return the question about Hanako's card."""
    return CertificatesAsked(municipality="99201", resident_code=RESIDENT, card_number=CARD, asked_at=scene.clock())


def test_every_certificate_of_the_card_is_told(scene: Scene) -> None:
    """Ended, live and undelivered ones, in the order of their issue."""
    scene.with_both()
    scene.issue(SIGNATURE, Procedure.REISSUE)
    scene.expect(CertificateIssued, scene.order(AUTHENTICATION, Procedure.REISSUE))

    assert [(one.kind, one.serial, one.state) for one in scene.records()] == [
        (AUTHENTICATION, 2, CertificateState.VALID),
        (AUTHENTICATION, 3, CertificateState.UNDELIVERED),
        (SIGNATURE, 2, CertificateState.SUPERSEDED),
        (SIGNATURE, 3, CertificateState.VALID),
    ]


def test_reading_is_an_act(scene: Scene) -> None:
    """Who looked at a person's record stands in the audit record, by internal numbers."""
    scene.with_both()
    scene.records()
    row = Entry.objects.using("authority").get(verb="person.read")

    assert (row.actor, row.subject) == ("window:99201", f"person:{Person.objects.get().pk}")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"municipality": "99202"}, "authority.other-municipality"),
        ({"municipality": "99999"}, "authority.municipality-unknown"),
        ({"resident_code": "99999999999"}, "authority.person-unknown"),
        ({"card_number": "999999999999999"}, "authority.card-unknown"),
    ],
)
def test_strangers_are_told_nothing(scene: Scene, changes: dict[str, str], code: str) -> None:
    """Only the municipality where the person lives reads the record, and the attempt is recorded."""
    scene.with_both()

    assert scene.refusal(msgspec.structs.replace(asked(scene), **changes)) == code
    row = Entry.objects.using("authority").get(verb="request.refused")
    assert (row.subject, row.data) == ("question", {"code": code, "left_out": 0})


def test_a_long_record_is_told_a_page_at_a_time(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one message cannot carry comes in several: oldest first, none twice, none left out."""
    scene.with_both()
    whole = scene.expect(Certificates, asked(scene))
    assert (len(whole.records), whole.more) == (2, False)
    monkeypatch.setattr(reading, "MOST_RECORDS", 1)
    pages = [scene.expect(Certificates, msgspec.structs.replace(asked(scene), after=after)) for after in (0, 1, 2)]

    assert [page.more for page in pages] == [True, False, False]
    assert tuple(record for page in pages for record in page.records) == whole.records


def test_after_a_move_the_new_municipality_reads(scene: Scene) -> None:
    """The record goes with the person."""
    scene.with_both()
    scene.expect(ReportAccepted, scene.arrival())

    assert scene.refusal(asked(scene)) == "authority.other-municipality"
    assert len(scene.records(municipality="99202")) == 2
