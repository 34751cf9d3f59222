import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509 import DNSName
from cryptography.x509.oid import ExtendedKeyUsageOID

from openjpki.authority.control.browser_certificates import operator_in
from openjpki.authority.control.operator_keys import OperatorKey
from openjpki.authority.desk.desk_ca import DeskCa
from openjpki.desk.tls import server_context
from openjpki.site.clock import real_moment
from openjpki.site.operators import server as module
from openjpki.site.operators.server import MAX_BODY, OperatorServer, PageReply, PageRequest, Trust
from openjpki.site.private import write_private
from openjpki.site.server import LOOPBACK, PortTaken
from tests.support.pages import PASSPHRASE, packed

SATO, TANAKA = OperatorKey.generate(), OperatorKey.generate()


@dataclass
class Line:
    """A server that echoes, and whom it knows."""

    ca: DeskCa
    folder: Path
    known: list[tuple[str, bytes]] = field(default_factory=list)
    port: int = 0

    def client(self, name: str, key: OperatorKey, age: timedelta = timedelta()) -> Path:
        """Return the key and certificate of an operator's browser in one file."""
        private, certificate, _ = pkcs12.load_key_and_certificates(packed(name, key, age=age), PASSPHRASE)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        assert certificate is not None
        return self.kept(private, certificate.public_bytes(Encoding.PEM))

    def kept(self, private: ec.EllipticCurvePrivateKey, certificate: bytes) -> Path:
        """Write key and certificate into a new file."""
        file = self.folder / f"{len(list(self.folder.iterdir()))}.pem"
        file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate)
        return file

    def said(self, shown: Path | None, request: bytes = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") -> bytes:
        """Send raw bytes, and return all that comes back; nothing where the line is refused."""
        context = ssl.create_default_context(cafile=str(self.ca.certificate))
        if shown is not None:
            context.load_cert_chain(shown)
        answer = b""
        with (
            socket.create_connection((LOOPBACK, self.port), timeout=10) as plain,
            suppress(OSError),
            context.wrap_socket(plain, server_hostname=LOOPBACK) as secured,
        ):
            secured.sendall(request)
            while read := secured.recv(65536):
                answer += read
        return answer


def echo(request: PageRequest) -> PageReply:
    """Answer with what was asked, by whom; one path makes a fault."""
    if request.path == "/fault":
        raise RuntimeError
    body = f"{operator_in(request.certificate)} {request.method} {request.path} {dict(request.headers)}".encode()
    return PageReply(status=HTTPStatus.OK, headers={"Content-Type": "text/x"}, body=body + request.body)


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Serve the echo to two operators; TLS looks again at every connection."""
    monkeypatch.setattr(module, "LOOKED_AGAIN_SECONDS", -1.0)
    for name in ("ca", "clients"):
        (tmp_path / name).mkdir()
    ca = DeskCa(tmp_path / "ca", write_private, line="operators")
    ca.found(real_moment())
    made = Line(ca, tmp_path / "clients", [("sato", SATO.public_key), ("tanaka", TANAKA.public_key)])
    trust = Trust(ca.server_file, lambda: list(made.known), real_moment)
    with OperatorServer((LOOPBACK, 0), trust, echo).answering() as server:
        made.port = server.port
        yield made


def test_who_comes_is_proven_by_the_line(line: Line) -> None:
    """By a certificate that the operator's own key signed; only some headers are passed on, and none names anybody (T-100)."""
    shown = line.client("tanaka", TANAKA)
    got = line.said(shown, b"GET /acts?x=1 HTTP/1.1\r\nHost: x\r\nX-SSL-Client: sato\r\nOrigin: o\r\n\r\n")
    posted = line.said(shown, b"POST /y HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=b")

    assert got.endswith(b"tanaka GET /acts?x=1 {'Host': 'x', 'Origin': 'o'}")
    assert posted.endswith(b"tanaka POST /y {'Host': 'x'}a=b")
    assert got.count(b"Content-Length") == 1


def test_who_proves_nothing_is_not_heard(line: Line) -> None:
    """No certificate, a stranger's, one in another's name, one that has ended, a verifier's or a city's (T-100, T-101)."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = (DNSName("bank"),)
    verifier = line.ca.certify(key.public_key(), "bank", names, ExtendedKeyUsageOID.CLIENT_AUTH, real_moment())
    wrong = (
        None,
        line.client("sato", OperatorKey.generate()),
        line.client("sato", TANAKA),
        line.client("nobody", SATO),
        line.client("sato", SATO, age=timedelta(days=1, minutes=1)),
        line.kept(key, verifier.public_bytes(Encoding.PEM)),
    )

    assert [line.said(shown) for shown in wrong] == [b""] * len(wrong)
    assert line.said(line.client("sato", SATO)) != b""


def test_whoever_is_removed_or_comes_is_known_to_tls_soon(line: Line) -> None:
    """The anchors are made anew when the operators change; without any nobody comes in (T-101)."""
    sato, tanaka = line.client("sato", SATO), line.client("tanaka", TANAKA)
    line.known.pop(0)
    assert (line.said(sato), line.said(tanaka) != b"") == (b"", True)
    line.known.clear()
    assert line.said(tanaka) == b""
    line.known.append(("sato", SATO.public_key))
    assert line.said(sato) != b""


def test_a_register_that_is_silent_lets_nobody_in(tmp_path: Path) -> None:
    """A connection is hung up on, and the server lives."""
    (tmp_path / "ca").mkdir()
    ca = DeskCa(tmp_path / "ca", write_private, line="operators")
    ca.found(real_moment())
    silent = [False]

    def known() -> list[tuple[str, bytes]]:
        if silent[0]:
            raise ConnectionError
        return [("sato", SATO.public_key)]

    with OperatorServer((LOOPBACK, 0), Trust(ca.server_file, known, real_moment), echo).answering() as server:
        made = Line(ca, tmp_path, port=server.port)
        shown = made.client("sato", SATO)
        assert made.said(shown) != b""
        server._trust._looked, silent[0] = None, True
        assert made.said(shown) == b""
        silent[0] = False
        assert made.said(shown) != b""


def test_anchors_are_made_anew_before_they_end(tmp_path: Path) -> None:
    """TLS looks at the register every two seconds, and at the clock as often."""
    (tmp_path / "ca").mkdir()
    ca = DeskCa(tmp_path / "ca", write_private, line="operators")
    ca.found(real_moment())
    now = [real_moment()]
    trust = Trust(ca.server_file, lambda: [("sato", SATO.public_key)], lambda: now[0])
    first = trust.context()

    assert trust.context() is first
    now[0] += timedelta(hours=13)
    assert trust.context() is first  # it has looked a moment ago
    trust._looked = None
    assert trust.context() is not first


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"POST / HTTP/1.1\r\n\r\n", 411),
        (f"POST / HTTP/1.1\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n".encode(), 413),
        (b"GET nowhere HTTP/1.1\r\n\r\n", 400),
        (b"GET /" + b"x" * 3000 + b" HTTP/1.1\r\n\r\n", 400),
        (b"PUT / HTTP/1.1\r\n\r\n", 501),
        (b"GET /fault HTTP/1.1\r\nHost: x\r\n\r\n", 500),
    ],
    ids=lambda value: str(value)[:20],
)
def test_one_request_has_one_form(line: Line, request_: bytes, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    """A length within the bound, a plain path, two methods; a fault is told here and not to the browser."""
    answer = line.said(line.client("sato", SATO), request_)

    assert answer.split(b" ")[1] == str(status).encode()
    assert ("RuntimeError" in capsys.readouterr().err) == (status == 500)
    assert b"RuntimeError" not in answer


def test_a_port_is_taken_once(line: Line) -> None:
    """Two servers do not share a port by accident."""
    trust = Trust(line.ca.server_file, list, real_moment)
    with pytest.raises(PortTaken):
        OperatorServer((LOOPBACK, line.port), trust, echo)


def test_a_certificate_without_an_operator_has_no_places(line: Line) -> None:
    """Places are counted by the operator whose key signed; whoever shows something else is nobody."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = (DNSName("bank"),)
    verifier = line.ca.certify(key.public_key(), "bank", names, ExtendedKeyUsageOID.CLIENT_AUTH, real_moment())
    shown = line.kept(key, verifier.public_bytes(Encoding.PEM))
    server = server_context(line.ca.server_file(real_moment()), line.ca.certificate)
    client = ssl.create_default_context(cafile=str(line.ca.certificate))
    client.load_cert_chain(shown)
    ours, theirs = socket.socketpair()

    def knock() -> None:
        with suppress(OSError), client.wrap_socket(theirs, server_hostname=LOOPBACK) as knocking:
            knocking.recv(1)

    knocker = threading.Thread(target=knock)
    knocker.start()
    with server.wrap_socket(ours, server_side=True) as connection:
        assert module.named_by(connection) == ""
    knocker.join()
