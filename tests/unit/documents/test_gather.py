import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from asn1crypto import pem

from openjpki.documents import gather
from openjpki.documents.evidence import Evidence
from openjpki.documents.gather import (
    MAX_ANSWER,
    MAX_CERTIFICATE,
    NONCE_BYTES,
    ResponderUnreachable,
    TrustMissing,
    TrustUnreadable,
    ask_responders,
    http_transport,
    read_trust,
)
from openjpki.documents.status import OcspEvidence
from openjpki.pki.ocsp import parse_request
from tests.support.http import served
from tests.unit.documents.world import AUTH_CA, HOLDER, SIGN_CA, Ca, Holder, crl, ocsp_answer

LOOK_ALIKE = Holder(ca=Ca(label="look-alike", claims_key_of=SIGN_CA))


def _entropy(count: int) -> bytes:
    return bytes(range(count))


def test_a_folder_of_trust_is_read_with_its_subfolders(tmp_path: Path) -> None:
    """The shape of an authority's public folder: CA certificates under ca/, lists under crl/; other files stay unread."""
    (tmp_path / "ca").mkdir()
    (tmp_path / "crl").mkdir()
    (tmp_path / "ca" / "sign.cer").write_bytes(SIGN_CA.der)
    (tmp_path / "crl" / "13101.crl").write_bytes(crl())
    (tmp_path / "kept.ocsp").write_bytes(ocsp_answer())
    (tmp_path / "README.txt").write_text("not evidence")

    assert read_trust(tmp_path) == Evidence(
        anchors=(SIGN_CA.der,), crls=(crl(),), ocsp=(OcspEvidence(answer=ocsp_answer()),)
    )


def test_a_pem_file_may_hold_several(tmp_path: Path) -> None:
    """Certificates and lists in PEM, any order; what is no CA's certificate is spare, never an anchor."""
    bundle = b"".join(pem.armor("CERTIFICATE", one) for one in (SIGN_CA.der, HOLDER.der, AUTH_CA.der))
    (tmp_path / "all.PEM").write_bytes(bundle + pem.armor("X509 CRL", crl()))
    (tmp_path / "list.crl").write_bytes(pem.armor("X509 CRL", crl()))

    trust = read_trust(tmp_path)

    assert trust.anchors == (SIGN_CA.der, AUTH_CA.der)
    assert trust.certificates == (HOLDER.der,)
    assert trust.crls == (crl(),)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    """There is no default trust."""
    with pytest.raises(TrustMissing):
        read_trust(tmp_path / "absent")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.cer", b"junk"),
        ("a.crt", bytes(MAX_CERTIFICATE + 1)),
        ("a.pem", b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
        ("a.crl", b"junk"),
        ("a.ocsp", bytes(MAX_ANSWER + 1)),
    ],
)
def test_a_file_that_is_not_what_its_name_says_stops_everything(tmp_path: Path, name: str, content: bytes) -> None:
    """Going on without it would change verdicts silently."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(TrustUnreadable):
        read_trust(tmp_path)


def test_a_folder_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound, in case --trust names the wrong folder."""
    monkeypatch.setattr(gather, "MAX_FILES", 1)
    for name in ("a.crl", "b.crl"):
        (tmp_path / name).write_bytes(crl())

    with pytest.raises(TrustUnreadable):
        read_trust(tmp_path)


def test_the_responder_that_a_trusted_ca_names_is_asked_with_a_nonce() -> None:
    """RFC 9654: 32 bytes, and the answer is kept with what was sent."""
    asked: list[tuple[str, bytes]] = []

    def transport(url: str, request: bytes) -> bytes:
        asked.append((url, request))
        return b"answer"

    known = ask_responders(
        Evidence(anchors=(SIGN_CA.der,)), [HOLDER.der, HOLDER.der], transport=transport, entropy=_entropy
    )

    ((url, request),) = asked
    assert url == HOLDER.ocsp_url
    assert parse_request(request).items[0].serial == HOLDER.serial
    assert parse_request(request).nonce == _entropy(NONCE_BYTES)
    assert known.ocsp == (OcspEvidence(answer=b"answer", nonce=_entropy(NONCE_BYTES), certificate=HOLDER.der),)


@pytest.mark.parametrize("certificate", [LOOK_ALIKE.der, Holder(ocsp_url=None).der, b"junk"])
def test_an_address_that_no_trusted_ca_vouches_for_is_not_followed(certificate: bytes) -> None:
    """A forged certificate must not make the verifier call wherever it likes."""

    def transport(url: str, request: bytes) -> bytes:
        pytest.fail(f"called {url} with {len(request)} bytes")

    known = ask_responders(Evidence(anchors=(SIGN_CA.der,)), [certificate], transport=transport, entropy=_entropy)

    assert known.ocsp == ()


def test_an_unreachable_responder_is_evidence_too() -> None:
    """The report must be able to say so."""

    def transport(url: str, request: bytes) -> bytes:
        raise ResponderUnreachable(url=url, reason=str(len(request)))

    known = ask_responders(Evidence(anchors=(SIGN_CA.der,)), [HOLDER.der], transport=transport, entropy=_entropy)

    assert [one.answer for one in known.ocsp] == [None]


class _Responder(BaseHTTPRequestHandler):
    """Answers by its path."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = {"/gone": 404, "/elsewhere": 302}.get(self.path, 200)
        kind = "text/html" if self.path == "/html" else "application/ocsp-response"
        answer = bytes(MAX_ANSWER + 1) if self.path == "/large" else b"echo:" + body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Location", "/")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def responder() -> Iterator[str]:
    """Serve on loopback and return the address."""
    with served(_Responder) as address:
        yield address


def test_a_question_is_posted_over_http(responder: str) -> None:
    """RFC 6960 Appendix A.1."""
    assert http_transport(responder, b"question") == b"echo:question"


@pytest.mark.parametrize("path", ["/gone", "/elsewhere", "/html", "/large"])
def test_what_is_no_answer_is_not_looked_at(responder: str, path: str) -> None:
    """Another status, a redirect, another type, too many bytes."""
    with pytest.raises(ResponderUnreachable):
        http_transport(responder + path, b"question")


@pytest.mark.parametrize(
    "url", ["https://127.0.0.1/", "file:///etc/passwd", "http:///", "http://[", "http://127.0.0.1:99999", "ldap://x"]
)
def test_only_plain_http_is_spoken(url: str) -> None:
    """OCSP answers are signed; no other scheme is followed."""
    with pytest.raises(ResponderUnreachable):
        http_transport(url, b"question")


def test_a_closed_port_is_unreachable() -> None:
    """Nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    with pytest.raises(ResponderUnreachable):
        http_transport(f"http://127.0.0.1:{port}/", b"question")


@contextmanager
def _dripping(before: bytes) -> Iterator[int]:
    """Accept one connection, send this much at once and then a byte now and then, for ever."""
    stop = threading.Event()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)

        def drip() -> None:
            peer, _ = listener.accept()
            with peer:
                try:
                    peer.sendall(before)
                    while not stop.wait(0.05):
                        peer.sendall(b"H")
                except OSError:
                    return

        thread = threading.Thread(target=drip)
        thread.start()
        yield listener.getsockname()[1]
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    "before",
    [b"", b"HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\n\r\n"],
    ids=["header", "body"],
)
def test_a_responder_that_drips_is_cut_off(before: bytes) -> None:
    """The time is limited for the whole exchange, not for each byte."""
    with _dripping(before) as port, pytest.raises(ResponderUnreachable):
        http_transport(f"http://127.0.0.1:{port}/", b"question", seconds=0.3)
