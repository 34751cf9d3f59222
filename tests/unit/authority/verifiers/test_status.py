from datetime import date, timedelta

import pytest

from openjpki.audit.models import Entry
from openjpki.desk.messages import CertificateIssued, ReportAccepted
from openjpki.rules.kinds import CardState, CertificateKind, LifeEvent, Procedure
from openjpki.rules.policy import Policy
from openjpki.rules.verifiers import Right, VerifierKind
from tests.support.authority import AUTHENTICATION, SIGNATURE, Scene
from tests.support.verifiers import Verifiers, issue

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def bodies(scene: Scene) -> Verifiers:
    """Return the door of an authority with Hanako's card and both certificates."""
    scene.with_both()
    return Verifiers(scene)


def status(bodies: Verifiers, shown: str, kind: CertificateKind, *serials: int) -> list[tuple[int, str, str | None]]:
    """Ask for the status of serials."""
    answered, told = bodies.post(shown, "/v1/status", kind=kind.value, serials=serials)
    assert answered == 200, told
    return [(one["serial"], one["status"], one["reason"]) for one in told["statuses"]]


def serial_of(bodies: Verifiers, kind: CertificateKind) -> int:
    """Return the serial of Hanako's newest certificate of a kind."""
    return max(record.serial for record in bodies.scene.records() if record.kind is kind)


def test_status_says_what_ocsp_says(bodies: Verifiers) -> None:
    """Good, then revoked with moment and reason, and how it was found out (R-5.25)."""
    shown = bodies.register("bank")
    mine = serial_of(bodies, SIGNATURE)
    assert status(bodies, shown, SIGNATURE, mine, 999) == [(mine, "good", None), (999, "unknown", None)]

    bodies.scene.revoke(LifeEvent.KEY_COMPROMISE)
    (told,) = bodies.post(shown, "/v1/status", kind="signature", serials=[mine])[1]["statuses"]
    moment = f"{bodies.scene.clock():%Y-%m-%dT%H:%M:%SZ}"
    assert told == {
        "serial": mine,
        "status": "revoked",
        "check_method": "ocsp",
        "source_updated_at": moment,
        "revoked_at": moment,
        "reason": "key_compromise",
    }


def test_an_ending_that_does_not_show_yet_is_not_told(bodies: Verifiers) -> None:
    """What the register ended shows the next day, here as in OCSP (R-2.28, R-5.25)."""
    shown = bodies.register("bank")
    mine = serial_of(bodies, SIGNATURE)
    bodies.scene.expect(ReportAccepted, bodies.scene.life_event(LifeEvent.NAME))
    assert status(bodies, shown, SIGNATURE, mine) == [(mine, "good", None)]
    bodies.scene.at(date(2026, 1, 6))
    assert status(bodies, shown, SIGNATURE, mine) == [(mine, "revoked", "affiliation_changed")]


def test_an_undelivered_serial_and_one_of_the_other_kind_are_unknown(scene: Scene) -> None:
    """Nothing tells a serial that was never given from one that is on its way, or of the other kind (R-5.24)."""
    scene.with_card()
    scene.expect(CertificateIssued, scene.order(SIGNATURE))
    bodies = Verifiers(scene)
    shown = bodies.register("bank")
    serials = [1, 2, 3]

    assert {told for _, told, _ in status(bodies, shown, SIGNATURE, *serials)} == {"unknown"}


def test_from_the_lists_a_status_is_as_old_as_they_are(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Under `ocsp_mode = "from-crl"` the method is the list's, and without a list nothing is told (R-5.25)."""
    policy = Policy.preset("national").with_settings({"ocsp_mode": "from-crl"})
    scene = Scene(tmp_path_factory.mktemp("lists"), policy=policy).open().with_both()
    bodies = Verifiers(scene)
    shown = bodies.register("bank")
    mine = serial_of(bodies, SIGNATURE)

    assert bodies.code(shown, "/v1/status", kind="signature", serials=[mine]) == "verifier.no-status-now"
    scene.authority.publish_crls()
    published = scene.clock()
    scene.clock.advance_to(published + timedelta(hours=1))
    (told,) = bodies.post(shown, "/v1/status", kind="signature", serials=[mine])[1]["statuses"]
    assert (told["status"], told["check_method"]) == ("good", "crl")
    assert told["source_updated_at"] == f"{published:%Y-%m-%dT%H:%M:%SZ}"


def test_a_verifier_of_one_kind_may_not_ask_about_the_other(bodies: Verifiers) -> None:
    """Each ground is about one kind of certificates, whatever is asked (R-5.24, R-5.26)."""
    signature = bodies.register("bank")
    authentication = bodies.register("portal", kind=VerifierKind.AUTHENTICATION_VERIFIER)
    refused = "verifier.not-registered-for"

    assert bodies.code(signature, "/v1/status", kind="authentication", serials=[1]) == refused
    assert bodies.code(signature, "/v1/current-serial", kind="authentication", serial=1) == refused
    assert bodies.code(authentication, "/v1/status", kind="signature", serials=[1]) == refused
    assert bodies.code(authentication, "/v1/current-serial", kind="signature", serial=1) == refused
    for path, shown in (("/ocsp/authentication/AAAA", signature), ("/ocsp/signature/AAAA", authentication)):
        assert bodies.get(shown, path).status == 403
    assert bodies.get(authentication, "/crl/signature-1/99201.crl").status == 403


def test_a_right_that_was_not_asked_for_is_not_there(bodies: Verifiers) -> None:
    """Registered for status alone, a verifier links nothing, though its ground would let it (R-5.24)."""
    shown = bodies.register("bank", rights=frozenset({Right.STATUS}))

    assert bodies.code(shown, "/v1/current-serial", kind="signature", serial=1) == "verifier.not-registered-for"
    assert bodies.get(shown, "/crl/signature-1/99201.crl").status == 403


@pytest.mark.parametrize("kind", list(CertificateKind))
def test_an_old_serial_leads_to_the_new_one(scene: Scene, kind: CertificateKind) -> None:
    """Across a renewal the service keeps its user, by either kind and never across them (R-5.26)."""
    scene.with_card()
    first = {one: issue(scene, one).serial for one in (AUTHENTICATION, SIGNATURE)}
    bodies = Verifiers(scene)
    shown = bodies.register("portal", kind=VerifierKind.PLATFORM_OPERATOR)
    asked = {"kind": kind.value, "serial": first[kind]}
    assert bodies.post(shown, "/v1/current-serial", **asked) == (
        200,
        {"serial": first[kind], "current_serial": first[kind]},
    )

    scene.revoke(LifeEvent.REQUEST, kind)
    assert bodies.post(shown, "/v1/current-serial", **asked)[1]["current_serial"] is None
    new = issue(scene, kind, Procedure.REISSUE).serial
    assert bodies.post(shown, "/v1/current-serial", **asked)[1]["current_serial"] == new
    rows = Entry.objects.using("authority").filter(verb="serial.linked", actor="verifier:portal")
    assert [row.data["found"] for row in rows.order_by("pk")] == [True, False, True]


def test_no_serial_looks_like_one_without_a_successor(bodies: Verifiers) -> None:
    """A serial that was never given and one whose holder has nothing now get the same shape (R-5.26)."""
    shown = bodies.register("bank")
    mine = serial_of(bodies, SIGNATURE)
    bodies.scene.revoke(LifeEvent.REQUEST, SIGNATURE)
    told = [bodies.post(shown, "/v1/current-serial", kind="signature", serial=one) for one in (mine, 999)]

    assert told == [(200, {"serial": one, "current_serial": None}) for one in (mine, 999)]


def test_a_held_certificate_is_still_the_current_one(bodies: Verifiers) -> None:
    """A hold is no end: the link leads to the certificate, whose status says that it is held (R-5.20, R-5.26)."""
    shown = bodies.register("portal", kind=VerifierKind.AUTHENTICATION_VERIFIER)
    mine = serial_of(bodies, AUTHENTICATION)
    bodies.scene.expect(ReportAccepted, bodies.scene.card(state=CardState.SUSPENDED))

    assert bodies.post(shown, "/v1/current-serial", kind="authentication", serial=mine)[1]["current_serial"] == mine
    assert status(bodies, shown, AUTHENTICATION, mine) == [(mine, "revoked", "certificate_hold")]
