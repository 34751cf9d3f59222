import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from openjpki.authority.desk.desk_ca import DeskCa
from openjpki.authority.verifiers.door import MAX_BODY, DoorReply, DoorRequest
from openjpki.authority.verifiers.server import VerifierPortTaken, VerifierServer
from openjpki.desk.tls import server_context
from openjpki.site.clock import real_moment
from openjpki.site.private import write_private
from openjpki.site.server import LOOPBACK


@dataclass
class Line:
    """A server that echoes, and a client certificate of its CA."""

    ca: DeskCa
    folder: Path
    port: int

    def client(self, ca: DeskCa, age: timedelta = timedelta()) -> tuple[Path, str]:
        """Return key and certificate of a client in one file, and the certificate's fingerprint."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = ca.certify(
            key.public_key(), "x", (x509.DNSName("x"),), ExtendedKeyUsageOID.CLIENT_AUTH, real_moment() - age
        )
        file = self.folder / f"{made.serial_number}.pem"
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(private + made.public_bytes(Encoding.PEM))
        return file, made.fingerprint(SHA256()).hex()

    def said(self, shown: Path | None, request: bytes) -> bytes:
        """Send raw bytes, and return all that comes back; nothing where the line is refused."""
        context = ssl.create_default_context(cafile=str(self.ca.certificate))
        if shown is not None:
            context.load_cert_chain(shown)
        answer = b""
        with (
            socket.create_connection((LOOPBACK, self.port), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname=LOOPBACK) as secured,
            suppress(OSError),
        ):
            secured.sendall(request)
            while read := secured.recv(65536):
                answer += read
        return answer


def echo(fingerprint: str, request: DoorRequest) -> DoorReply:
    """Answer with what was asked, by whom; one question makes a fault."""
    if request.path == "/fault":
        raise RuntimeError
    body = f"{fingerprint} {request.method} {request.path} {request.content_type}".encode() + request.body
    return DoorReply(status=HTTPStatus.OK, content_type="text/x", body=body)


def founded(folder: Path) -> DeskCa:
    """Return a CA in a folder."""
    folder.mkdir()
    ca = DeskCa(folder, write_private, line="verifiers")
    ca.found(real_moment())
    return ca


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """Serve the echo."""
    ca = founded(tmp_path / "ca")
    context = server_context(ca.server_file(real_moment()), ca.certificate)
    with VerifierServer((LOOPBACK, 0), context, echo).answering() as server:
        yield Line(ca, tmp_path, server.port)


def test_a_question_is_handed_over_with_the_proven_certificate(line: Line) -> None:
    """By its fingerprint; no header says who somebody is (R-5.24)."""
    shown, fingerprint = line.client(line.ca)
    got = line.said(shown, b"GET /v1/x HTTP/1.1\r\nHost: x\r\nX-SSL-Client: other\r\n\r\n")
    posted = line.said(
        shown, b"POST /v1/y HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    )

    assert got.endswith(f"\r\n\r\n{fingerprint} GET /v1/x text/plain".encode())
    assert b"Content-Type: text/x\r\n" in got
    assert b"Cache-Control: no-store\r\n" in got
    assert posted.endswith(f"{fingerprint} POST /v1/y application/json{{}}".encode())


def test_who_proves_nothing_is_not_heard(line: Line) -> None:
    """No certificate, one of another CA (the desk's), one that has run out: the handshake fails (R-5.24)."""
    other, _ = line.client(founded(line.folder / "desk"))
    old, _ = line.client(line.ca, age=timedelta(days=398))

    for shown in (None, other, old):
        assert line.said(shown, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") == b""


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"POST / HTTP/1.1\r\n\r\n", 411),
        (f"POST / HTTP/1.1\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n".encode(), 413),
        (b"GET nowhere HTTP/1.1\r\n\r\n", 400),
        (b"PUT / HTTP/1.1\r\n\r\n", 501),
        (b"GET /fault HTTP/1.1\r\nHost: x\r\n\r\n", 500),
    ],
    ids=str,
)
def test_one_request_has_one_form(line: Line, request_: bytes, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    """A length within the bound, a plain path, two methods; a fault is told here and not to the client (R-5.24)."""
    shown, _ = line.client(line.ca)
    answer = line.said(shown, request_)

    assert answer.split(b" ")[1] == str(status).encode()
    assert ("RuntimeError" in capsys.readouterr().err) == (status == 500)
    assert b"RuntimeError" not in answer


def test_a_body_that_does_not_come_whole_is_no_question(line: Line) -> None:
    """A client that goes away in the middle is not answered (R-5.24)."""
    shown, _ = line.client(line.ca)
    context = ssl.create_default_context(cafile=str(line.ca.certificate))
    context.load_cert_chain(shown)
    with (
        socket.create_connection((LOOPBACK, line.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=LOOPBACK) as secured,
    ):
        secured.sendall(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}")
        with pytest.raises(ssl.SSLEOFError):  # hung up on, without a byte of an answer
            secured.unwrap()


def test_a_port_that_is_taken_is_refused(line: Line) -> None:
    """The door needs a port of its own (R-5.24)."""
    context = server_context(line.ca.server_file(real_moment()), line.ca.certificate)
    with pytest.raises(VerifierPortTaken):
        VerifierServer((LOOPBACK, line.port), context, echo)
