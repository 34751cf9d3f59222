import asyncio
import socket
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import pytest

from openjpki.authority.responding.application import Reply, plain
from openjpki.authority.responding.lines import Lines
from openjpki.authority.responding.requests import MOST_HEAD, RequestHead
from openjpki.pki.ocsp import MOST_REQUEST_BYTES

NOW = datetime(2026, 1, 5, tzinfo=UTC)
GET = b"GET /a HTTP/1.1\r\nhost: a\r\n\r\n"
Act = Callable[["Client"], Awaitable[None]]


class Application:
    """Says back what it was asked; what is asked at `/slow` has to wait until `go_on` is set."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.asked: list[str] = []

    def answer(self, head: RequestHead, body: bytes) -> Reply | Coroutine[Any, Any, Reply]:
        """Answer."""
        self.asked.append(head.path)
        if head.path == "/slow":
            return self._slowly()
        return plain(HTTPStatus.OK, bytes(1_000_000) if head.path == "/much" else head.path.encode() + b" " + body)

    async def _slowly(self) -> Reply:
        await self.go_on.wait()
        return plain(HTTPStatus.OK, b"slow")

    def too_long(self, _: RequestHead) -> Reply:
        """Refuse."""
        return plain(HTTPStatus.OK, b"too long")


class Client:
    """A connection to lines that listen on loopback."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, application: Application) -> None:
        self.reader, self.writer, self.application = reader, writer, application

    async def ask(self, *parts: bytes) -> None:
        """Send, each part by itself."""
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()
            await asyncio.sleep(0.01)

    async def told(self, *, body: bool = True) -> tuple[int, dict[str, str], bytes]:
        """Return the next reply: status, fields and body."""
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)).decode()
        status, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines)
        length = int(fields.get("content-length", "0")) if body else 0
        return int(status.split()[1]), fields, await asyncio.wait_for(self.reader.readexactly(length), 10)

    async def ended(self) -> bool:
        """Tell whether the server has hung up, and said nothing more."""
        try:
            return await asyncio.wait_for(self.reader.read(), 10) == b""
        except ConnectionResetError:
            return True


def with_client(act: Act, **bounds: Any) -> None:
    """Let a client act beside lines with these bounds, which are swept often."""

    async def run() -> None:
        application = Application()
        lines = Lines(application, lambda: NOW, **bounds)  # type: ignore[arg-type]  # an application of this test
        server = await asyncio.get_running_loop().create_server(lines.connection, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        sweep = asyncio.create_task(lines.sweep(0.02))
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await act(Client(reader, writer, application))
            writer.close()
        finally:
            sweep.cancel()
            server.close()

    asyncio.run(run())


def test_a_connection_is_kept() -> None:
    """RFC 9112 §9.3: one request after the other, with the Date of the real clock (RFC 9110 §6.6.1)."""

    async def act(client: Client) -> None:
        for _ in range(2):
            await client.ask(GET)
            status, fields, body = await client.told()
            assert (status, body) == (200, b"/a ")
            assert fields["date"] == "Mon, 05 Jan 2026 00:00:00 GMT"
            assert "connection" not in fields

    with_client(act)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (b"GET /a HTTP/1.0\r\n\r\n", "close"),
        (b"GET /a HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n", "close"),
        (b"GET /a HTTP/1.0\r\nconnection: keep-alive\r\n\r\n", "keep-alive"),
    ],
)
def test_what_becomes_of_the_connection_is_said(asked: bytes, said: str) -> None:
    """Closed where the client wants that, and kept before HTTP/1.1 only where both say so."""

    async def act(client: Client) -> None:
        await client.ask(asked)
        _, fields, _ = await client.told()
        assert fields["connection"] == said
        if said == "close":
            assert await client.ended()

    with_client(act)


def test_a_request_comes_in_pieces_and_several_at_once() -> None:
    """However the network cuts them: byte by byte, or three in one; each is answered, in their order."""
    post = b"POST /b HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nxyz"

    async def act(client: Client) -> None:
        await client.ask(*(post[at : at + 1] for at in range(len(post))), GET + post + GET)
        assert [(await client.told())[2] for _ in range(4)] == [b"/b xyz", b"/a ", b"/b xyz", b"/a "]

    with_client(act)


def test_a_head_is_told_without_its_body() -> None:
    """RFC 9110 §9.3.2: the length is said, and no byte follows."""

    async def act(client: Client) -> None:
        for end in (b"", b"connection: close\r\n"):
            await client.ask(b"HEAD /a HTTP/1.1\r\nhost: a\r\n" + end + b"\r\n")
            assert (await client.told(body=False))[1]["content-length"] == "3"
        assert await client.ended()

    with_client(act)


def test_who_waits_for_leave_to_send_gets_it() -> None:
    """RFC 9110 §10.1.1: 100 Continue before the body, once."""

    async def act(client: Client) -> None:
        await client.ask(b"POST /b HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n")
        assert (await client.told())[0] == 100
        await client.ask(b"x", b"y")
        assert (await client.told())[2] == b"/b xy"

    with_client(act)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (b"\x16\x03\x01 no HTTP\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nx: " + bytes(MOST_HEAD), 431),
        (b"GET / HTTP/1.1\r\nx: " + b"y" * MOST_HEAD + b"\r\n\r\n", 431),
        (b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n", 411),
    ],
)
def test_what_is_no_request_ends_the_connection(asked: bytes, status: int) -> None:
    """It is said why; what follows is let go by, since nobody knows where the next request would begin."""

    async def act(client: Client) -> None:
        await client.ask(asked, GET)
        told, fields, _ = await client.told()
        assert (told, fields["connection"]) == (status, "close")
        assert await client.ended()
        assert client.application.asked == []

    with_client(act)


def test_who_sends_far_too_much_hears_it_all_the_same() -> None:
    """The body is not read into memory, and the client, which still sends, is not cut off before it has heard."""

    async def act(client: Client) -> None:
        await client.ask(b"POST /b HTTP/1.1\r\nhost: a\r\ncontent-length: 3000000\r\n\r\n")
        for _ in range(30):
            await client.ask(bytes(100_000))
        assert (await client.told())[2] == b"too long"
        assert await client.ended()

    with_client(act)


def test_a_body_of_the_most_bytes_is_read() -> None:
    """The bound is the question's own."""

    async def act(client: Client) -> None:
        head = f"POST /b HTTP/1.1\r\nhost: a\r\ncontent-length: {MOST_REQUEST_BYTES}\r\n\r\n"
        await client.ask(head.encode(), b"x" * MOST_REQUEST_BYTES)
        assert (await client.told())[2] == b"/b " + b"x" * MOST_REQUEST_BYTES

    with_client(act)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (b"", None),
        (b"GET / HT", 408),
        (b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nx", 408),
        (GET, 200),
    ],
)
def test_who_is_silent_is_hung_up_on(asked: bytes, status: int | None) -> None:
    """A slow client keeps its place for some seconds: with a word if a request was under way, without if there was none."""

    async def act(client: Client) -> None:
        await client.ask(asked)
        if status is not None:
            assert (await client.told())[0] == status
        assert await client.ended()

    with_client(act, head_seconds=0.1, body_seconds=0.1)


def test_who_does_not_read_is_hung_up_on_and_answered_no_more() -> None:
    """What waits to be read is bounded, and so is how long it waits."""

    async def act(client: Client) -> None:
        client.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.reader._transport.pause_reading()  # type: ignore[attr-defined]  # a client that does not read
        client.writer.write(GET.replace(b"/a", b"/much") * 2000)
        await asyncio.sleep(0.5)
        assert len(client.application.asked) < 100
        with pytest.raises(ConnectionError):
            await client.ask(*[b"x" * 100_000] * 1000)

    with_client(act, head_seconds=0.2)


def test_who_reads_late_gets_all_of_it() -> None:
    """Answering pauses while replies wait, and goes on where it stopped."""

    async def act(client: Client) -> None:
        await client.ask(GET.replace(b"/a", b"/much") * 8)
        await asyncio.sleep(0.1)
        assert len([await client.told() for _ in range(8)]) == 8

    with_client(act)


def test_one_that_waits_keeps_nobody_else_waiting() -> None:
    """What another process has to sign holds up its own connection alone, where the order stays; it is never swept."""

    async def act(client: Client) -> None:
        await client.ask(GET.replace(b"/a", b"/slow") + GET)
        port = client.writer.get_extra_info("peername")[1]
        other = Client(*await asyncio.open_connection("127.0.0.1", port), client.application)
        await other.ask(GET)
        assert (await other.told())[2] == b"/a "
        await asyncio.sleep(0.3)
        assert client.application.asked == ["/slow", "/a"]
        client.application.go_on.set()
        assert [(await client.told())[2] for _ in range(2)] == [b"slow", b"/a "]
        other.writer.close()

    with_client(act, head_seconds=0.2)


def test_who_goes_away_while_waiting_is_forgotten() -> None:
    """The answer that comes then is nobody's."""

    async def act(client: Client) -> None:
        await client.ask(GET.replace(b"/a", b"/slow"))
        client.writer.transport.abort()
        await asyncio.sleep(0.05)
        client.application.go_on.set()
        await asyncio.sleep(0.05)

    with_client(act)


def test_what_is_sent_while_one_waits_is_bounded() -> None:
    """A client that goes on sending is read no further."""

    async def act(client: Client) -> None:
        await client.ask(GET.replace(b"/a", b"/slow"))
        client.writer.write(GET * 400_000)
        await asyncio.sleep(0.3)
        assert client.writer.transport.get_write_buffer_size() > 1_000_000
        client.application.go_on.set()
        assert [(await client.told())[2] for _ in range(3)] == [b"slow", b"/a ", b"/a "]
        client.writer.transport.abort()

    with_client(act)


def test_one_connection_too_many_is_hung_up_on() -> None:
    """A process has a bounded number of descriptors; who is there is served."""

    async def act(client: Client) -> None:
        await client.ask(GET)
        await client.told()
        port = client.writer.get_extra_info("peername")[1]
        other = Client(*await asyncio.open_connection("127.0.0.1", port), client.application)
        assert await other.ended()
        other.writer.close()
        await client.ask(GET)
        assert (await client.told())[2] == b"/a "

    with_client(act, most=1)
