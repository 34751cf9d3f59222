import http.client
import json
import socket
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from openjpki.lab.server import CERTIFICATE, CRL, OCSP_REQUEST, OCSP_RESPONSE, StatusServer
from openjpki.pki.ocsp import MOST_REQUEST_BYTES
from openjpki.rules.kinds import CertificateKind


def told(question: bytes, kind: CertificateKind) -> bytes:
    """Answer with what was asked."""
    return json.dumps([len(question), question[:8].hex(), kind.value]).encode()


@pytest.fixture
def server() -> Iterator[StatusServer]:
    """Return a server that says what it was asked."""
    files = {"signature-2/99201.crl": b"a list"}
    with StatusServer(ocsp=told, crl=files.get, ca={"signature-2.cer": b"a certificate"}.get) as running:
        yield running


def ask(
    server: StatusServer, method: str, path: str, body: bytes | None = None, content_type: str = OCSP_REQUEST
) -> tuple[int, str | None, bytes]:
    """Ask once; return the status, the media type and the body. Whatever is told may not be kept."""
    line = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    line.request(method, path, body, {"Content-Type": content_type} if body is not None else {})
    answer = line.getresponse()
    found = (answer.status, answer.headers["Content-Type"], answer.read())
    line.close()
    assert answer.headers["Cache-Control"] == "no-store"
    return found


def test_it_listens_on_loopback_only(server: StatusServer) -> None:
    """Nobody else on the network is answered."""
    assert server.url.startswith("http://127.0.0.1:")


def test_questions_come_by_post_and_by_get(server: StatusServer) -> None:
    """RFC 6960 §A.1: the DER itself, or its base64 in the address, percent-encoded or not."""
    question = bytes(range(240, 256)) * 3
    encoded = b64encode(question).decode()
    expected = (200, OCSP_RESPONSE, told(question, CertificateKind.SIGNATURE))

    assert "/" in encoded
    assert ask(server, "POST", "/ocsp/signature", question) == expected
    assert ask(server, "GET", f"/ocsp/signature/{encoded}") == expected
    assert ask(server, "GET", f"/ocsp/signature/{quote(encoded, safe='')}") == expected
    assert ask(server, "HEAD", f"/ocsp/signature/{encoded}") == (200, OCSP_RESPONSE, b"")
    assert ask(server, "GET", "/ocsp/authentication/!!") == (
        200,
        OCSP_RESPONSE,
        told(b"", CertificateKind.AUTHENTICATION),
    )


def test_lists_and_certificates_are_files(server: StatusServer) -> None:
    """RFC 2585 §4."""
    assert ask(server, "GET", "/crl/signature-2/99201.crl") == (200, CRL, b"a list")
    assert ask(server, "GET", "/ca/signature-2.cer") == (200, CERTIFICATE, b"a certificate")
    assert ask(server, "HEAD", "/ca/signature-2.cer") == (200, CERTIFICATE, b"")


@pytest.mark.parametrize(
    "path", ["/", "/ocsp", "/ocsp/signature", "/ocsp/other/MAo=", "/crl/signature-2/99999.crl", "/ca/x", "/../ca"]
)
def test_there_is_nothing_else(server: StatusServer, path: str) -> None:
    """No other address, and no way into a folder."""
    assert ask(server, "GET", path)[0] == 404


@pytest.mark.parametrize(
    ("path", "content_type", "status"),
    [
        ("/ocsp/other", OCSP_REQUEST, 404),
        ("/ca/signature-2.cer", OCSP_REQUEST, 404),
        ("/ocsp/signature", "text/plain", 415),
    ],
)
def test_what_is_no_question_is_refused(server: StatusServer, path: str, content_type: str, status: int) -> None:
    """A wrong address and a wrong media type have their own words."""
    assert ask(server, "POST", path, b"0\n", content_type)[0] == status


def test_a_question_is_read_to_its_bound_and_no_further(server: StatusServer) -> None:
    """What says it is larger is cut behind the bound, which makes it malformed; the line is then given up."""
    status, _, body = ask(server, "POST", "/ocsp/signature", bytes(MOST_REQUEST_BYTES + 5000))

    assert (status, json.loads(body)[0]) == (200, MOST_REQUEST_BYTES + 1)


@pytest.mark.parametrize("size", ["-1", "1e3", ""])
def test_a_question_without_a_length_is_refused(server: StatusServer, size: str) -> None:
    """Nothing is read that has no stated end."""
    host, _, port = server.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(
            f"POST /ocsp/signature HTTP/1.1\r\nHost: x\r\nContent-Type: {OCSP_REQUEST}\r\n"
            f"Content-Length: {size}\r\n\r\n".encode()
        )
        answer = line.recv(4096)

    assert answer.startswith(b"HTTP/1.1 411 ")


def test_a_line_serves_several_questions(server: StatusServer) -> None:
    """Clients keep it open."""
    line = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    for question in (b"one", b"two"):
        line.request("POST", "/ocsp/signature", question, {"Content-Type": OCSP_REQUEST})
        assert line.getresponse().read() == told(question, CertificateKind.SIGNATURE)
    line.close()


def test_nobody_answers_after_the_end() -> None:
    """The port is given back."""
    with StatusServer(ocsp=told, crl=lambda _: None, ca=lambda _: None) as running:
        url = running.url
    host, _, port = url.removeprefix("http://").partition(":")

    with pytest.raises(OSError, match="refused"):
        socket.create_connection((host, int(port)), timeout=30)
