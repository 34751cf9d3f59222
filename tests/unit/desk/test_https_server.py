import select
import socket
import socketserver
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from openjpki.desk.carrier import AuthorityUnreachable
from openjpki.desk.envelope import MAX_ENVELOPE
from openjpki.desk.https import ENVELOPE_TYPE, PATH
from openjpki.desk.https_server import DeskPortTaken, DeskServer
from openjpki.desk.mutual_tls import MOST_HANDSHAKES, MOST_PLACES_OF_ONE, Bounds
from openjpki.desk.tls import server_context
from openjpki.errors import Failure, Kind
from openjpki.site.clock import real_moment
from tests.support.desk import LOOPBACK, Ends

pytestmark = pytest.mark.django_db(databases=["authority"])


class Limited(Failure):
    """Too much."""

    code = "desk.rate-limited"
    kind = Kind.UNAVAILABLE
    ja = "多すぎます。"
    en = "Too much."


class Away(Failure):
    """Something is absent."""

    code = "test.server.away"
    kind = Kind.UNAVAILABLE
    ja = "応答がありません。"
    en = "No answer."


@pytest.fixture
def ends(tmp_path: Path) -> Ends:
    """Return both ends' certificates."""
    return Ends(tmp_path / "ends")


def echo(peer: str, wire: bytes) -> bytes:
    """Answer with the peer and what it sent."""
    return peer.encode() + b" " + wire


@pytest.fixture
def port(ends: Ends) -> Iterator[int]:
    """Serve the echo."""
    with ends.serving(echo, Bounds(request_seconds=0.5)) as port:
        yield port


def said(ends: Ends, port: int, *parts: bytes, wait: float = 0.0, shown_as: str = "99201") -> bytes:
    """Send raw bytes under a client certificate, and return all that comes back."""
    context = ends.line(port, shown_as=shown_as)._files_of(shown_as).context()
    with (
        socket.create_connection((LOOPBACK, port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=LOOPBACK) as secured,
    ):
        answer = b""
        with suppress(OSError):
            for part in parts:
                secured.sendall(part)
                threading.Event().wait(wait)
            while read := secured.recv(65536):
                answer += read
        return answer


def post(path: str = PATH, body: bytes = b"", **headers: str) -> bytes:
    """Return a raw request."""
    stated = {"Content-Type": ENVELOPE_TYPE, "Content-Length": str(len(body))} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in stated.items() if value)
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode() + body


def test_the_peer_is_whom_the_certificate_names(ends: Ends, port: int) -> None:
    """Two municipalities, one server: each is known by its own certificate."""
    line = ends.line(port)

    assert line.exchange("99201", b"one") == b"99201 one"
    assert line.exchange("99202", b"two") == b"99202 two"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (post("/desk/2"), b"404"),
        (post(Content_Type="application/json"), b"415"),
        (post(Content_Length=""), b"411"),
        (post(Content_Length="-1"), b"411"),
        (post(Content_Length="5", Transfer_Encoding="chunked"), b"411"),
        (post(Content_Length=str(MAX_ENVELOPE + 1)), b"413"),
        (b"GET / HTTP/1.1\r\n\r\n", b"501"),
        (b"POST / HTTP/1.1 more\r\n\r\n", b"400"),
        (b"POST / HTTP/9.9\r\n\r\n", b"505"),
        (post(Expect="100-continue"), b"417"),
        (post(body=b"x"), b"200"),
    ],
    ids=lambda value: value.decode() if len(value) == 3 else "",
)
def test_one_request_has_one_form(ends: Ends, port: int, request_: bytes, status: bytes) -> None:
    """One path, one method, one type, a stated length within the bound; all else is a status without a reason."""
    assert said(ends, port, request_).split(b"\r\n")[0].split(b" ")[1] == status


def test_a_client_that_drips_is_hung_up_on(ends: Ends, port: int) -> None:
    """A request has one deadline for all of it: a byte now and then keeps no thread."""
    drops = [post(body=b"x" * 50)[:40], *[b"x"] * 8]

    assert said(ends, port, *drops, wait=0.2) == b""
    assert ends.line(port).exchange("99201", b"still there") == b"99201 still there"


HELD_BY_ONE = 6 * 1024 * 1024
"""Bytes at most that all the connections of one peer make the server hold, before a word of them was judged."""


@pytest.mark.parametrize(
    ("sent", "is_hung_up_on"),
    [
        (post(body=bytes(MAX_ENVELOPE))[:-1], False),
        (b"POST / HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 60_000) for n in range(90)), True),
        (b"POST / HTTP/1.1\r\n" + b"x" * 60_000, True),
    ],
    ids=["bodies but for a byte", "a flood of headers", "one long header"],
)
def test_what_a_peer_makes_the_desk_hold_is_bounded(ends: Ends, sent: bytes, *, is_hung_up_on: bool) -> None:
    """T-109: so many bytes of a connection, and so many connections; nothing is decoded or asked of a database before it is whole."""
    context = ends.line(0)._files_of("99201").context()
    with ends.serving(echo) as port, ExitStack() as lines:
        tracemalloc.start()
        for _ in range(MOST_PLACES_OF_ONE):
            plain = lines.enter_context(socket.create_connection((LOOPBACK, port), timeout=10))
            line = lines.enter_context(context.wrap_socket(plain, server_hostname=LOOPBACK))
            with suppress(OSError):
                line.sendall(sent)
            if is_hung_up_on:
                assert ends_without_a_word(line)
        time.sleep(0.3)  # until the last bytes were read
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert peak < HELD_BY_ONE


def ends_without_a_word(line: ssl.SSLSocket) -> bool:
    """Say whether the other side hung up."""
    try:
        return line.recv(1) == b""
    except OSError as error:
        return not isinstance(error, TimeoutError)


def test_half_a_request_is_not_handed_over(ends: Ends) -> None:
    """What breaks off is no envelope."""
    heard: list[bytes] = []

    def hear(_peer: str, wire: bytes) -> bytes:
        heard.append(wire)
        return b""

    with ends.serving(hear, Bounds(request_seconds=0.5)) as port:
        assert said(ends, port, post(body=b"x" * 50)[:-10]) == b""
    assert heard == []


def test_who_shows_no_certificate_gets_no_answer(ends: Ends, port: int) -> None:
    """Without a certificate of the desk's CA there is no connection."""
    context = ssl.create_default_context(cafile=ends.ca.certificate)
    answer = b""
    with (
        socket.create_connection((LOOPBACK, port), timeout=5) as plain,
        suppress(OSError),
        context.wrap_socket(plain, server_hostname=LOOPBACK) as secured,
    ):
        secured.sendall(post(body=b"x"))
        answer = secured.recv(1)

    assert answer == b""


def test_a_certificate_that_names_no_municipality_is_forbidden(ends: Ends, port: int) -> None:
    """The server's own kind of certificate, or one of another name, speaks for nobody."""
    assert b" 403 " in said(ends, port, post(body=b"x"), shown_as="nobody").split(b"\r\n")[0]


def raising(error: Exception) -> Callable[[str, bytes], bytes]:
    """Return a handler that fails."""

    def receive(_peer: str, _wire: bytes) -> bytes:
        raise error

    return receive


@pytest.mark.parametrize(("error", "status"), [(Limited(), b"429"), (Away(), b"503"), (ValueError("secret"), b"500")])
def test_what_fails_behind_the_server_is_a_status(
    ends: Ends, capsys: pytest.CaptureFixture[str], error: Exception, status: bytes
) -> None:
    """Limited, unavailable, or a bug: told by a number, and the sender keeps its message. A bug is told on standard error."""
    with ends.serving(raising(error)) as port:
        assert said(ends, port, post(body=b"x")).split(b" ")[1] == status
        with pytest.raises(AuthorityUnreachable):
            ends.line(port).exchange("99201", b"x")

    told = capsys.readouterr().err
    assert ("ValueError" in told) is isinstance(error, ValueError)
    assert "secret" not in told


def test_there_are_no_more_connections_than_places(ends: Ends) -> None:
    """Whoever finds all places taken is sent away at once, and served when one is free again."""
    busy, free = threading.Event(), threading.Event()

    def slow(_peer: str, _wire: bytes) -> bytes:
        busy.set()
        free.wait(10)
        return b"done"

    with ends.serving(slow, Bounds(places=1)) as port:
        waiting = threading.Thread(target=ends.line(port).exchange, args=("99201", b"x"))
        waiting.start()
        busy.wait(10)
        with pytest.raises(AuthorityUnreachable):
            ends.line(port).exchange("99202", b"x")
        free.set()
        waiting.join(10)

        for _ in range(50):
            try:
                assert ends.line(port).exchange("99202", b"x") == b"done"
                break
            except AuthorityUnreachable:
                threading.Event().wait(0.1)
        else:
            pytest.fail("the place was never free again")


def test_silent_clients_keep_nobody_out(ends: Ends) -> None:
    """Twice as many silent connections as may stand on the doorstep, all held: each municipality is served at once."""
    with ends.serving(echo) as port, ExitStack() as held:
        for _ in range(2 * MOST_HANDSHAKES):
            held.enter_context(socket.create_connection((LOOPBACK, port), timeout=10))

        assert ends.line(port, seconds=2).exchange("99201", b"one") == b"99201 one"
        assert ends.line(port, seconds=2).exchange("99202", b"two") == b"99202 two"


def test_a_handshake_has_a_deadline_of_its_own(ends: Ends) -> None:
    """A byte now and then is no handshake: its end comes from the connection on, however long a request may take."""
    with (
        ends.serving(echo, Bounds(handshake_seconds=0.5)) as port,
        socket.create_connection((LOOPBACK, port), timeout=5) as silent,
    ):
        silent.sendall(b"\x16\x03\x01\x02\x00")
        began = time.monotonic()
        with suppress(OSError):
            for _ in range(20):
                silent.sendall(b"\x01")
                if select.select([silent], [], [], 0.1)[0] and not silent.recv(1):
                    break
        assert time.monotonic() - began < 1.8


def dripping(ends: Ends, port: int, municipality: str) -> ssl.SSLSocket:
    """Return a connection of a municipality that has begun a body and goes no further."""
    context = ends.line(port)._files_of(municipality).context()
    secured = context.wrap_socket(socket.create_connection((LOOPBACK, port), timeout=10), server_hostname=LOOPBACK)
    secured.sendall(post(body=b"x" * 50)[:-10])
    return secured


def test_one_peer_takes_no_place_from_another(ends: Ends) -> None:
    """One municipality with sixteen bodies that drip has some places only: the other is served, it itself waits."""
    with ends.serving(echo) as port, ExitStack() as held:
        for _ in range(16):
            held.enter_context(dripping(ends, port, "99201"))

        assert ends.line(port, seconds=2).exchange("99202", b"two") == b"99202 two"
        with pytest.raises(AuthorityUnreachable):
            ends.line(port, seconds=2).exchange("99201", b"one")


def test_who_sips_the_reply_gives_the_place_back(ends: Ends) -> None:
    """A reply has one deadline for all of it: reading a little now and then keeps no place."""
    large = b"x" * 20_000_000
    with (
        ends.serving(
            lambda peer, _wire: large if peer == "99201" else b"small", Bounds(places=1, reply_seconds=0.5)
        ) as port,
        dripping(ends, port, "99201") as sipping,
    ):
        sipping.sendall(b"x" * 10)
        for _ in range(40):
            assert sipping.recv(65536)  # what the system's buffers hold comes, although the server has hung up long ago
            threading.Event().wait(0.05)

        assert ends.line(port, seconds=2).exchange("99202", b"x") == b"small"


def test_no_session_is_resumed(ends: Ends, port: int) -> None:
    """Every connection proves its peer anew: TLS 1.3 without a ticket, and no older version to resume under."""
    context = ends.line(port)._files_of("99201").context()

    def connected(session: ssl.SSLSession | None) -> tuple[ssl.SSLSession | None, bool | None]:
        with (
            socket.create_connection((LOOPBACK, port), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname=LOOPBACK, session=session) as secured,
        ):
            secured.sendall(post(body=b"x"))
            while secured.recv(65536):
                pass
            return secured.session, secured.session_reused

    first, _ = connected(None)
    assert first is None or not first.has_ticket
    assert connected(first)[1] is False
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        connected(None)


def test_a_bug_of_one_connection_is_told_and_its_room_given_back(
    ends: Ends, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A thread that does not start leaves nobody on the doorstep; what is no fault of the line is told, without its words."""
    failing = raising(RuntimeError("secret"))
    monkeypatch.setattr(socketserver.ThreadingMixIn, "process_request", lambda *_: failing("", b""))
    context = server_context(ends.ca.server_file(real_moment()), ends.ca.certificate)
    server = DeskServer((LOOPBACK, 0), context, echo)
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs), closing(server.socket):
        try:
            server.process_request(ours, ("", 0))
        except RuntimeError:
            server.handle_error()
        assert not server._doorstep.leave(ours)

    told = capsys.readouterr().err
    assert "RuntimeError" in told
    assert "secret" not in told


def test_a_port_is_taken_once(ends: Ends, port: int) -> None:
    """A second server on the same port is refused."""
    context = server_context(ends.ca.server_file(real_moment()), ends.ca.certificate)

    with pytest.raises(DeskPortTaken):
        DeskServer((LOOPBACK, port), context, echo)
