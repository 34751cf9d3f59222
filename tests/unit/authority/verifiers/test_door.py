import base64
import json
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from django.db import OperationalError

from openjpki.audit.models import Entry
from openjpki.authority.publishing.freshness import Known
from openjpki.authority.verifiers import door as verifier_door
from openjpki.authority.verifiers import register as verifiers
from openjpki.authority.verifiers.door import DESCRIPTION, OCSP_REQUEST, DoorRequest
from openjpki.authority.verifiers.messages import MOST_SERIALS, openapi
from openjpki.pki.ocsp import build_request
from openjpki.rules.verifiers import VerifierEvent
from tests.support.authority import SIGNATURE, Scene
from tests.support.hierarchy import hierarchy
from tests.support.verifiers import Verifiers
from tests.unit.authority.responding.test_requesters import signed

MADE = hierarchy()

pytestmark = pytest.mark.django_db(databases=["authority"])


@pytest.fixture
def bodies(scene: Scene) -> Verifiers:
    """Return the door."""
    return Verifiers(scene)


def refusals() -> list[tuple[str, object, object]]:
    """Return what the record says was refused: actor, code, and how many were left out before."""
    rows = Entry.objects.using("authority").filter(verb="verifier.refused").order_by("pk")
    return [(row.actor, row.data["code"], row.data["left_out"]) for row in rows]


def test_the_description_is_at_the_door(bodies: Verifiers) -> None:
    """Who may ask can read how (R-5.25)."""
    reply = bodies.get(bodies.register("bank"), DESCRIPTION)

    assert json.loads(reply.body) == openapi()


def test_what_is_no_question_is_refused(bodies: Verifiers) -> None:
    """By its address, method, type or form (R-5.24)."""
    shown = bodies.register("bank")
    asked = [
        ("GET", "/v1/nothing", "", 404),
        ("POST", "/v2/status", "application/json", 404),
        ("GET", "/v1/status", "", 400),
        ("POST", "/v1/status", "text/plain", 400),
        ("GET", "/ocsp/friends/AAAA", "", 404),
        ("GET", "/ocsp/signature", "", 400),
        ("POST", "/ocsp/signature", "text/plain", 400),
        ("GET", "/crl/friends-1/99201.crl", "", 404),
        ("GET", "/crl/signature-9/99201.crl", "", 404),
        ("GET", "/crl/signature-1/99999.crl", "", 404),
        ("POST", "/crl/signature-1/99201.crl", "", 400),
        ("GET", "/crl/signature-1/99201", "", 400),
    ]
    codes = {404: "verifier.no-such-address", 400: "verifier.request-malformed"}
    for method, path, content_type, status in asked:
        reply = bodies.door.receive(shown, DoorRequest(method=method, path=path, content_type=content_type))

        assert (reply.status, json.loads(reply.body)["error"]["code"]) == (status, codes[status]), path


def test_a_malformed_body_is_refused(bodies: Verifiers) -> None:
    """Missing, unknown and impossible fields, and more serials than one question takes (R-5.25)."""
    shown = bodies.register("bank")
    asked: list[dict[str, object]] = [
        {},
        {"kind": "signature"},
        {"kind": "friend", "serials": [1]},
        {"kind": "signature", "serials": []},
        {"kind": "signature", "serials": [0]},
        {"kind": "signature", "serials": [2**63]},
        {"kind": "signature", "serials": ["1"]},
        {"kind": "signature", "serials": [1], "more": 1},
        {"kind": "signature", "serials": [1] * (MOST_SERIALS + 1)},
    ]

    assert {bodies.code(shown, "/v1/status", **one) for one in asked} == {"verifier.request-malformed"}
    for body in (b"", b"{", b"\xff"):
        request = DoorRequest(method="POST", path="/v1/status", content_type="application/json", body=body)
        assert bodies.door.receive(shown, request).status == 400


def test_lists_and_answers_are_those_of_the_public_address(bodies: Verifiers) -> None:
    """A registered verifier gets the very bytes: a list, and an OCSP answer by either method (R-5.24, R-5.25)."""
    scene = bodies.scene.with_card()
    issued = scene.issue(SIGNATURE)
    scene.authority.publish_crls()
    shown = bodies.register("bank")
    question = build_request([(issued.certificate, issued.issuer_certificate)], None)
    posted = bodies.door.receive(
        shown, DoorRequest(method="POST", path="/ocsp/signature", content_type=OCSP_REQUEST, body=question)
    )
    got = bodies.get(shown, "/ocsp/signature/" + base64.b64encode(question).decode())
    listed = bodies.get(shown, "/crl/signature-1/99201.crl")

    for reply in (posted, got):
        assert reply.content_type == "application/ocsp-response"
        assert ocsp.load_der_ocsp_response(reply.body).certificate_status is ocsp.OCSPCertStatus.GOOD
    public = scene.folder / "public" / "crl" / "signature-1-99201.crl"
    assert listed.list is not None
    with listed.list.file as file:
        content = file.read()
    assert x509.load_der_x509_crl(content).tbs_certlist_bytes
    assert content == public.read_bytes()
    assert listed.list.length == len(content)
    foreign = DoorRequest(
        method="POST",
        path="/ocsp/signature",
        content_type=OCSP_REQUEST,
        body=signed(question, MADE.holder_signer, MADE.holder),
    )
    refused = ocsp.load_der_ocsp_response(bodies.door.receive(shown, foreign).body)
    assert refused.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED
    damaged = bodies.get(shown, "/ocsp/signature/%%%")
    assert ocsp.load_der_ocsp_response(damaged.body).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_a_list_is_not_sent_to_who_has_it(bodies: Verifiers) -> None:
    """RFC 9110 §13.1: no file is opened; the next list goes out again. A cache between would tell others (R-5.24)."""
    bodies.scene.authority.publish_crls()
    shown = bodies.register("bank")
    path = "/crl/signature-1/ca.crl"
    first = bodies.get(shown, path)
    assert first.list is not None
    first.list.file.close()
    again = DoorRequest(method="GET", path=path, known=Known(etag=first.headers["ETag"]))
    unchanged = bodies.door.receive(shown, again)
    bodies.scene.authority.publish_crls()
    changed = bodies.door.receive(shown, again)
    assert changed.list is not None
    changed.list.file.close()

    assert first.headers["Cache-Control"] == "max-age=90000, private, no-transform, must-revalidate"
    assert (unchanged.status, unchanged.list, unchanged.content_type) == (304, None, "")
    assert unchanged.headers == first.headers
    assert changed.status == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_who_is_let_in_at_one_moment_is_refused_at_the_next(bodies: Verifiers) -> None:
    """The register is asked at every question: a revocation counts at once (R-5.24)."""
    shown = bodies.register("bank")
    at = bodies.scene.clock()
    assert bodies.get(shown, DESCRIPTION).status == 200
    verifiers.revoke_certificate(bodies.scene.authority, "bank", shown, at, now=bodies.now)
    assert bodies.code(shown, "/v1/status", kind="signature", serials=[1]) == "verifier.certificate-not-in-force"
    verifiers.move(bodies.scene.authority, "bank", VerifierEvent.SUSPEND, at, now=bodies.now)
    assert bodies.code("0" * 64, "/v1/status") == "verifier.stranger"
    assert refusals() == [
        ("verifier:-", "verifier.certificate-not-in-force", 0),
        ("verifier:-", "verifier.stranger", 0),
    ]


def test_who_asks_too_much_waits_and_takes_nothing_from_another(scene: Scene) -> None:
    """Each verifier has a bucket of its own, and a flood of refusals leaves few rows (R-5.24)."""
    bodies = Verifiers(scene, rate=1.0, burst=3.0)
    bank, broker = bodies.register("bank"), bodies.register("broker")
    answers = [bodies.get(bank, DESCRIPTION).status.value for _ in range(40)]

    assert answers == [200] * 3 + [429] * 37
    assert bodies.get(broker, DESCRIPTION).status == 200
    assert len(refusals()) == 20
    bodies.now += timedelta(seconds=61)
    assert bodies.get(bank, DESCRIPTION).status == 200
    for _ in range(3):
        bodies.get(bank, DESCRIPTION)
    assert refusals()[-1] == ("verifier:bank", "verifier.rate-limited", 17)


def test_a_silent_database_is_told_and_nothing_is_good(bodies: Verifiers, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the register does not answer, nobody is let in and nothing is said of any certificate (R-5.25)."""

    def silent(*_: object, **__: object) -> None:
        raise OperationalError

    for name in ("act", "admitted"):  # it falls silent before a refusal is written down, or before all
        monkeypatch.setattr(verifier_door, name, silent)
        reply = bodies.get("0" * 64, DESCRIPTION)

        assert (reply.status, json.loads(reply.body)["error"]["code"]) == (503, "authority.register-unavailable")
