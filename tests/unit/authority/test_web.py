import base64
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import IO
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from django.db import OperationalError
from django.test import Client, RequestFactory

from openjpki.authority import web, wiring
from openjpki.authority.models import CrlPublication, Issuer
from openjpki.authority.publishing import status
from openjpki.authority.publishing.lists import ListFolder
from openjpki.desk.messages import CertificateIssued, ReportAccepted
from openjpki.pki.ocsp import MOST_REQUEST_BYTES, build_request
from openjpki.rules.kinds import LifeEvent
from openjpki.rules.policy import Policy
from tests.support.authority import OPENED, SIGNATURE, Scene

pytestmark = [pytest.mark.django_db(databases=["authority"]), pytest.mark.urls("openjpki.authority.urls")]

ASKS = "application/ocsp-request"


@pytest.fixture(autouse=True)
def _served(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve the scene's authority in this process while the test runs."""
    monkeypatch.setattr(wiring, "_installed", [scene.authority])


def question(issued: CertificateIssued, nonce: bytes | None = None) -> bytes:
    """Return the question about a certificate."""
    return build_request([(issued.certificate, issued.issuer_certificate)], nonce)


def test_a_posted_question_is_answered(scene: Scene, client: Client) -> None:
    """`POST /ocsp/signature` with the DER of the question (RFC 6960 §A.1), from anybody (R-5.24); a cache keeps it until nextUpdate."""
    issued = scene.with_card().issue()
    response = client.post("/ocsp/signature", question(issued), content_type=ASKS)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/ocsp-response"
    assert response["Cache-Control"] == "max-age=900, public, no-transform, must-revalidate"
    answer = ocsp.load_der_ocsp_response(response.content)
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD


@pytest.mark.parametrize("safe", ["", "/+="])
def test_a_question_in_the_address_is_answered(scene: Scene, client: Client, safe: str) -> None:
    """`GET /ocsp/signature/<base64>`, with "/" and "+" escaped or not (RFC 6960 §A.1)."""
    issued = scene.with_card().issue()
    encoded = quote(base64.b64encode(question(issued)), safe=safe)
    response = client.get(f"/ocsp/signature/{encoded}")

    assert ocsp.load_der_ocsp_response(response.content).certificate_status is ocsp.OCSPCertStatus.GOOD


def test_a_cache_never_keeps_an_answer_beyond_its_news(scene: Scene, client: Client) -> None:
    """Four minutes before a revocation shows, an answer may be kept for four minutes."""
    issued = scene.with_card().issue()
    scene.expect(ReportAccepted, scene.arrival())
    scene.clock.advance_to(datetime(2026, 1, 5, 14, 56, tzinfo=UTC))
    response = client.post("/ocsp/signature", question(issued), content_type=ASKS)

    assert response["Cache-Control"].startswith("max-age=240,")


def test_an_answer_with_a_nonce_is_not_kept(scene: Scene, client: Client) -> None:
    """It answers one question only."""
    issued = scene.with_card().issue()
    response = client.post("/ocsp/signature", question(issued, b"n" * 16), content_type=ASKS)

    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("body", [b"0", b"nonsense", bytes(MOST_REQUEST_BYTES + 1), bytes(500_000)], ids=len)
def test_nonsense_is_malformed(client: Client, body: bytes) -> None:
    """Whatever comes is answered in OCSP's own words, read to its bound only, and kept by nobody."""
    response = client.post("/ocsp/signature", body, content_type=ASKS)

    assert response.status_code == 200
    assert ocsp.load_der_ocsp_response(response.content).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    assert response["Cache-Control"] == "no-store"


class Endless(io.BytesIO):
    """A body that never ends, and counts what was taken of it."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Give as much as asked for; everything would be too much."""
        assert size is not None
        assert size >= 0
        self.taken += size
        return bytes(size)


def test_a_body_is_read_to_its_bound() -> None:
    """Of a body that claims a gigabyte the responder takes one byte more than a question may have."""
    body = Endless()
    request = RequestFactory().generic(
        "POST",
        "/ocsp/signature",
        content_type=ASKS,
        **{"wsgi.input": body, "CONTENT_LENGTH": str(2**30), "CONTENT_TYPE": ASKS},  # type: ignore[arg-type]  # WSGI's own names
    )

    assert web.ocsp_post(request, kind="signature").status_code == 200
    assert body.taken == MOST_REQUEST_BYTES + 1


@pytest.mark.parametrize("encoded", ["%", "AAA", "ＡＡＡＡ", "A" * 20_000, "..%2f..%2fetc"])
def test_nonsense_in_the_address_is_malformed(client: Client, encoded: str) -> None:
    """An address that is no base64 of a question is answered alike."""
    response = client.get(f"/ocsp/signature/{quote(encoded)}")

    assert ocsp.load_der_ocsp_response(response.content).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


@pytest.mark.parametrize(
    ("method", "path", "content_type", "expected"),
    [
        ("post", "/ocsp/signature", "text/plain", 415),
        ("get", "/ocsp/signature", ASKS, 405),
        ("put", "/ocsp/signature", ASKS, 405),
        ("post", "/ocsp/other", ASKS, 404),
        ("get", "/ocsp/other/AAAA", ASKS, 404),
        ("post", "/ocsp/signature/AAAA", ASKS, 405),
        ("post", "/ca/signature-1.cer", ASKS, 405),
        ("get", "/ca/signature-2.cer", ASKS, 404),
        ("get", "/ca/..%2f..%2fkeys.cer", ASKS, 404),
        ("get", "/crl/signature-1/99201.crl", ASKS, 404),
        ("get", "/crl/signature-1/999999999999.crl", ASKS, 404),
        ("get", "/crl/signature-9/99201.crl", ASKS, 404),
    ],
)
def test_what_is_not_served(client: Client, method: str, path: str, content_type: str, expected: int) -> None:
    """Wrong methods, types and names get HTTP's own answers; a list before its first publication is not there."""
    assert client.generic(method.upper(), path, b"body", content_type=content_type).status_code == expected


def test_a_list_is_served_until_its_next(scene: Scene, client: Client) -> None:
    """`GET /crl/signature-1/99201.crl` gives the newest list, kept at most until its nextUpdate."""
    scene.with_card().issue()
    scene.revoke(LifeEvent.REQUEST, SIGNATURE)
    scene.authority.publish_crls()
    scene.clock.advance_to(OPENED + timedelta(hours=1))
    response = client.get("/crl/signature-1/99201.crl")

    assert response["Content-Type"] == "application/pkix-crl"
    assert response["Cache-Control"].startswith(f"max-age={24 * 3600},")
    content = b"".join(response)
    assert [entry.serial_number for entry in x509.load_der_x509_crl(content)] == [2]
    assert content == (scene.folder / "public" / "crl" / "signature-1-99201.crl").read_bytes()
    assert response["Content-Length"] == str(len(content))
    response.close()


def test_a_stale_list_is_kept_by_nobody(scene: Scene, client: Client) -> None:
    """After its nextUpdate a list is still given, and no cache may hold it."""
    scene.authority.publish_crls()
    scene.at(date(2026, 1, 8))

    assert client.head("/crl/signature-1/99201.crl")["Cache-Control"] == "no-store"


def test_who_has_the_list_is_not_sent_it_again(scene: Scene, client: Client) -> None:
    """RFC 9110 §13.1: by the list's SHA-256, or by its thisUpdate; after the next publication it is sent."""
    scene.authority.publish_crls()
    address = "/crl/signature-1/99201.crl"
    told = client.head(address)
    tag, modified = told["ETag"], told["Last-Modified"]
    by_tag, by_date = (
        client.get(address, headers={"if-none-match": tag}),
        client.get(address, headers={"if-modified-since": modified}),
    )
    scene.clock.advance_to(OPENED + timedelta(hours=1))
    scene.authority.publish_crls()
    newer = [
        client.get(address, headers=headers) for headers in ({"if-none-match": tag}, {"if-modified-since": modified})
    ]

    digest = sha256((scene.folder / "public" / "crl" / "signature-1-99201.crl").read_bytes()).hexdigest()
    assert (told.status_code, told.content, modified) == (200, b"", "Mon, 05 Jan 2026 00:00:00 GMT")
    for same in (by_tag, by_date):
        assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
        assert same["Cache-Control"].startswith(f"max-age={25 * 3600},")
    for response in newer:
        assert (response.status_code, response["ETag"]) == (200, f'"{digest}"')
        response.close()


def test_a_list_whose_file_is_lost_is_not_served(scene: Scene, client: Client) -> None:
    """The row says that there is one: the answer is 503, until the next publication. A file of another length is lost too."""
    scene.authority.publish_crls()
    (file,) = (scene.authority.lists / "signature-1-99201").iterdir()
    file.write_bytes(b"another")
    assert client.get("/crl/signature-1/99201.crl").status_code == 503
    file.unlink()
    assert client.get("/crl/signature-1/99201.crl").status_code == 503
    scene.authority.publish_crls()
    response = client.get("/crl/signature-1/99201.crl")

    assert response.status_code == 200
    response.close()


def test_a_list_that_is_replaced_while_it_is_opened(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publication between the row and the file: the newer list is given."""
    scene.authority.publish_crls()
    real = ListFolder.open
    scene.clock.advance_to(OPENED + timedelta(hours=1))

    def late(folder: ListFolder, publication: CrlPublication) -> IO[bytes]:
        if publication.number == 1:
            monkeypatch.setattr(ListFolder, "open", real)
            scene.authority.publish_crls()
        return real(folder, publication)

    monkeypatch.setattr(ListFolder, "open", late)
    response = client.get("/crl/signature-1/99201.crl")
    content = b"".join(response)
    response.close()

    assert content == (scene.folder / "public" / "crl" / "signature-1-99201.crl").read_bytes()
    assert x509.load_der_x509_crl(content).last_update_utc == OPENED + timedelta(hours=1)


def test_a_ca_certificate_is_served(scene: Scene, client: Client) -> None:
    """`GET /ca/signature-1.cer` gives the DER of the CA certificate."""
    response = client.get("/ca/signature-1.cer")

    assert response["Content-Type"] == "application/pkix-cert"
    assert response.content == bytes(Issuer.objects.get(kind="signature").certificate)
    assert response["Cache-Control"].startswith("max-age=86400,")
    assert client.head("/ca/signature-1.cer").status_code == 200
    assert scene.clock() == OPENED


def test_without_an_authority_the_answer_is_503(scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process without an authority says so, and no cache keeps it; CA certificates need no authority."""
    scene.authority.publish_crls()
    monkeypatch.setattr(wiring, "_installed", [])

    for response in (
        client.post("/ocsp/signature", b"body", content_type=ASKS),
        client.get("/crl/signature-1/99201.crl"),
    ):
        assert response.status_code == 503
        assert response["Cache-Control"] == "no-store"
    assert client.get("/ca/signature-1.cer").status_code == 200


def test_a_database_that_does_not_answer_is_503(scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unreachable register is unavailable, and never good."""
    issued = scene.with_card().issue()

    def broken(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(status, "in_force", broken)

    assert client.post("/ocsp/signature", question(issued), content_type=ASKS).status_code == 503


def test_registered_only_means_nothing_at_the_public_address(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under `status_access = "registered"` lists and answers are at the verifiers' door alone; CA certificates stay (R-5.24)."""
    issued = scene.with_card().issue()
    scene.authority.publish_crls()
    closed = replace(scene.authority, policy=Policy.preset("national").with_settings({"status_access": "registered"}))
    monkeypatch.setattr(wiring, "_installed", [closed])
    encoded = quote(base64.b64encode(question(issued)), safe="")
    refused = [
        client.post("/ocsp/signature", question(issued), content_type=ASKS),
        client.get(f"/ocsp/signature/{encoded}"),
        client.get("/crl/signature-1/99201.crl"),
        client.get("/crl/signature-9/99999.crl"),
    ]

    assert [(one.status_code, one.content, one["Cache-Control"]) for one in refused] == [(403, b"", "no-store")] * 4
    assert client.get("/ca/signature-1.cer").status_code == 200
