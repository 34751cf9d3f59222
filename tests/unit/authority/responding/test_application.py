import asyncio
import base64
import threading
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from openjpki.authority.responding import application as module
from openjpki.authority.responding.answering import Answered
from openjpki.authority.responding.application import OcspApplication
from openjpki.authority.responding.transport import MOST_ENCODED
from openjpki.desk.messages import CertificateIssued
from openjpki.pki.ocsp import MOST_REQUEST_BYTES
from openjpki.rules.kinds import CertificateKind, LifeEvent
from tests.support.authority import OPENED, Scene
from tests.support.responder import Node, question, said

pytestmark = pytest.mark.django_db(databases=["authority"])

ASKS = ("content-type", "application/ocsp-request")
SHIFT = timedelta(days=30)
"""How far the legal clock of these tests is ahead of the real one."""


@dataclass
class Got:
    """An HTTP answer."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def word(self) -> str:
        """Return the answer in one word."""
        return said(Answered(der=self.body, next_update=None))


@dataclass
class Client:
    """Sends requests to the application as a server does, and keeps what went wrong inside."""

    application: OcspApplication
    faults: list[Exception]

    def ask(
        self, method: str, path: str, *parts: bytes, headers: tuple[tuple[str, str], ...] = (), stalls: bool = False
    ) -> Got:
        """Return the answer to a request whose body comes in parts, and may not come to its end."""
        return asyncio.run(self.coming(method, path, *parts, headers=headers, stalls=stalls))

    async def coming(
        self, method: str, path: str, *parts: bytes, headers: tuple[tuple[str, str], ...] = (), stalls: bool = False
    ) -> Got:
        """Do the same inside a running loop."""
        waiting = list(parts)
        got = Got()

        async def receive() -> MutableMapping[str, Any]:
            if not waiting and stalls:
                await asyncio.sleep(60)
            body = waiting.pop(0) if waiting else b""
            return {"type": "http.request", "body": body, "more_body": bool(waiting) or stalls}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                got.status = message["status"]
                got.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                got.body += message["body"]

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": [(name.encode(), value.encode()) for name, value in headers],
        }
        await self.application(scope, receive, send)
        return got

    def post(self, body: bytes, kind: str = "signature") -> Got:
        """Post a question."""
        return self.ask("POST", f"/ocsp/{kind}", body, headers=(ASKS,))


@pytest.fixture
def node(scene: Scene, tmp_path: Path) -> Iterator[Node]:
    """Return a node whose store is complete."""
    scene.authority.renew_responders()
    scene.with_card()
    node = Node(scene, tmp_path / "status")
    node.follow()
    yield node
    node.store.close()


@pytest.fixture
def client(node: Node, scene: Scene) -> Client:
    """Return a client of the node's application."""
    faults: list[Exception] = []
    application = OcspApplication(
        desk=node.cached,
        store=node.store,
        clock=scene.clock,
        real=lambda: scene.clock() - SHIFT,
        fault=faults.append,
        body_seconds=0.2,
    )
    return Client(application, faults)


@pytest.fixture
def issued(scene: Scene, node: Node) -> CertificateIssued:
    """Return a certificate that the node knows."""
    found = scene.issue()
    node.follow()
    return found


def test_a_posted_question_is_answered(client: Client, issued: CertificateIssued) -> None:
    """RFC 6960 §A.1, RFC 5019 §6.2: kept by caches until nextUpdate, in the time that caches have; the second from memory."""
    asked = question(issued)
    first = client.post(asked)

    assert (first.status, first.word) == (200, "good")
    assert first.headers == {
        "content-type": "application/ocsp-response",
        "cache-control": "max-age=900, public, no-transform, must-revalidate",
        "last-modified": "Sat, 06 Dec 2025 00:00:00 GMT",
        "expires": "Sat, 06 Dec 2025 00:15:00 GMT",
        "content-length": str(len(first.body)),
    }
    assert client.post(asked) == first


def test_a_question_in_the_address_is_answered(client: Client, issued: CertificateIssued) -> None:
    """RFC 6960 §A.1: the server has resolved the escapes; a HEAD gets the head."""
    path = f"/ocsp/signature/{base64.b64encode(question(issued)).decode()}"
    got, head = client.ask("GET", path), client.ask("HEAD", path)

    assert got.word == "good"
    assert (head.status, head.headers, head.body) == (200, got.headers, b"")


def test_a_kept_answer_ages(client: Client, scene: Scene, node: Node, issued: CertificateIssued) -> None:
    """RFC 9111 §5.2.2.1: what is said again a minute later may be kept a minute less; it is as old as it is."""
    asked = question(issued)
    first = client.post(asked)
    scene.clock.advance_to(OPENED + timedelta(minutes=1))
    node.follow()
    again = client.post(asked)

    assert again.body == first.body
    assert again.headers["cache-control"].startswith("max-age=840,")
    assert again.headers["expires"] == first.headers["expires"]
    assert again.headers["last-modified"] == first.headers["last-modified"]


def test_an_answer_to_one_asker_is_nobody_elses(client: Client, issued: CertificateIssued) -> None:
    """RFC 9654: with a nonce it is kept by no cache."""
    got = client.post(question(issued, b"n" * 16))

    assert got.headers["cache-control"] == "no-store"
    assert "expires" not in got.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/ocsp/other", 404),
        ("GET", "/crl/signature-1/99201.crl", 404),
        ("GET", "/ocsp/signature", 405),
        ("PUT", "/ocsp/signature", 405),
        ("DELETE", "/ocsp/signature/MA==", 405),
        ("POST", "/healthz", 405),
        ("POST", "/ocsp/signature", 415),
    ],
)
def test_what_is_not_served_here(client: Client, method: str, path: str, status: int) -> None:
    """A responder has two addresses, each with its methods, and says whether it lives; all else is the authority's."""
    got = client.ask(method, path)

    assert (got.status, got.headers["cache-control"]) == (status, "no-store")
    assert ("allow" in got.headers) == (status == 405)


def test_only_requests_are_answered(client: Client) -> None:
    """Whatever else a server may open, as a lifespan or a web socket, is left alone."""

    async def nothing(*_: object) -> MutableMapping[str, Any]:
        raise AssertionError

    asyncio.run(client.application({"type": "lifespan"}, nothing, nothing))  # type: ignore[arg-type]  # never called


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (b"nonsense",),
        (bytes(MOST_REQUEST_BYTES + 1),),
        (bytes(MOST_REQUEST_BYTES), b"\0" * 100_000, b"never read"),
    ],
    ids=["empty", "nonsense", "too long", "far too long"],
)
def test_nonsense_is_malformed(client: Client, parts: tuple[bytes, ...]) -> None:
    """Any bytes get an answer in OCSP's own words; a body is read to its bound only."""
    got = client.ask("POST", "/ocsp/signature", *parts, headers=(ASKS,))

    assert (got.status, got.word, got.headers["cache-control"]) == (200, "MALFORMED_REQUEST", "no-store")


@pytest.mark.parametrize("encoded", ["%", "====", "MA", "A" * (MOST_ENCODED + 1)], ids=len)
def test_nonsense_in_the_address_is_malformed(client: Client, encoded: str) -> None:
    """What is no Base64, or longer than any question, is no question."""
    assert client.ask("GET", f"/ocsp/signature/{encoded}").word == "MALFORMED_REQUEST"


def test_who_sends_nothing_more_is_let_go(client: Client, issued: CertificateIssued) -> None:
    """A slow client keeps a place for `MAX_BODY_SECONDS` and no longer."""
    got = client.ask("POST", "/ocsp/signature", question(issued)[:10], headers=(ASKS,), stalls=True)

    assert (got.status, got.headers["connection"]) == (408, "close")


def test_health(client: Client, scene: Scene) -> None:
    """`/healthz`: the process lives; `/readyz`: its store is of now. A front takes a node out by it."""
    assert [client.ask("GET", path).status for path in ("/healthz", "/readyz")] == [200, 200]
    scene.clock.advance_to(scene.clock() + timedelta(minutes=2))

    assert [client.ask("HEAD", path).status for path in ("/healthz", "/readyz")] == [200, 503]
    assert client.ask("GET", "/readyzzz").status == 404


def test_a_key_out_of_reach_is_try_later(client: Client, scene: Scene, issued: CertificateIssued, node: Node) -> None:
    """The reason is for the operator's log; the asker hears tryLater."""
    (scene.folder / "passphrase").chmod(0o644)
    scene.authority.keys._signers.clear()  # type: ignore[attr-defined]  # as in a process that has just begun
    assert node.authority.keys is node.desk.keys
    got = client.post(question(issued))

    assert got.word == "TRY_LATER"
    assert [fault.code for fault in client.faults] == ["authority.permissions-too-open"]  # type: ignore[attr-defined]


def test_a_bug_is_an_internal_error(client: Client, issued: CertificateIssued) -> None:
    """RFC 6960 §2.3: internalError, with nothing of what went wrong in it."""

    class Broken:
        def kept(self, *_: object) -> None:
            """Keep nothing."""

        def answer(self, *_: object) -> Answered:
            message = "a bug"
            raise RuntimeError(message)

    broken = Client(replace(client.application, desk=Broken()), client.faults)  # type: ignore[arg-type]  # the point of the test

    assert broken.post(question(issued)).word == "INTERNAL_ERROR"
    assert [str(fault) for fault in client.faults] == ["a bug"]


def test_who_waits_for_the_signing_process_keeps_nobody_waiting(
    client: Client, issued: CertificateIssued, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is slow, what is kept is answered at once, and one question too many is told to come later."""
    monkeypatch.setattr(module, "MOST_SIGNING", 1)
    known = question(issued)
    client.post(known)
    go_on, asked = threading.Event(), threading.Event()
    desk = client.application.desk

    class Slow:
        def kept(self, *words: Any) -> Answered | None:
            return desk.kept(*words)

        def answer(self, *_: object) -> Answered:
            asked.set()
            go_on.wait(10)
            return Answered(der=b"", next_update=None)

    slow = Client(replace(client.application, desk=Slow(), signs_elsewhere=True), client.faults)  # type: ignore[arg-type]  # a desk that is slow

    async def together() -> tuple[Got, Got, Got]:
        async def post(body: bytes) -> Got:
            return await slow.coming("POST", "/ocsp/signature", body, headers=(ASKS,))

        first = asyncio.create_task(post(question(issued, b"1")))
        await asyncio.to_thread(asked.wait, 10)
        kept, refused = await post(known), await post(question(issued, b"2"))
        go_on.set()
        return await first, kept, refused

    first, kept, refused = asyncio.run(together())
    assert (first.body, kept.word, refused.word) == (b"", "good", "TRY_LATER")


def test_each_address_answers_for_its_own(client: Client, issued: CertificateIssued) -> None:
    """What one CA's address keeps is not said at the other's."""
    asked = question(issued)
    words = [client.post(asked, kind.value).word for kind in (*CertificateKind, *CertificateKind)]

    assert words == ["good", "UNAUTHORIZED", "good", "UNAUTHORIZED"]


def test_a_revocation_shows_with_the_next_round(
    client: Client, scene: Scene, node: Node, issued: CertificateIssued
) -> None:
    """R-2.28: whatever was answered before, after the follower's round it is revoked."""
    asked = question(issued)
    assert client.post(asked).word == "good"
    scene.revoke(LifeEvent.KEY_COMPROMISE)
    node.follow()

    assert client.post(asked).word == "revoked key_compromise"
