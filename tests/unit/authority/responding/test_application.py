import asyncio
import base64
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from openjpki.authority.responding import application as module
from openjpki.authority.responding.answering import Answered
from openjpki.authority.responding.application import OcspApplication, Reply
from openjpki.authority.responding.requests import read_head
from openjpki.authority.responding.tally import ROW, Tally, counted
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


def got(reply: Reply) -> Got:
    """Return a reply, read."""
    status, *fields = reply.head.decode().removesuffix("\r\n").split("\r\n")
    return Got(int(status.split()[1]), dict(field.split(": ", 1) for field in fields), reply.body)


@dataclass
class Client:
    """Sends requests to the application as a server does, and keeps what went wrong inside."""

    application: OcspApplication
    faults: list[Exception]

    def ask(self, method: str, path: str, body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()) -> Got:
        """Return the answer to a request."""
        return asyncio.run(self.coming(method, path, body, headers=headers))

    async def coming(self, method: str, path: str, body: bytes = b"", headers: tuple[tuple[str, str], ...] = ()) -> Got:
        """Do the same inside a running loop."""
        lines = (f"{method} {path} HTTP/1.1", "host: a", *(f"{name}: {value}" for name, value in headers))
        reply = self.application.answer(read_head("\r\n".join(lines).encode()), body)
        return got(reply if isinstance(reply, Reply) else await reply)

    def get(self, body: bytes, *headers: tuple[str, str], method: str = "GET") -> Got:
        """Ask with the question in the address."""
        return self.ask(method, f"/ocsp/signature/{quote(base64.b64encode(body).decode(), safe='')}", headers=headers)

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
        "etag": f'"{sha256(first.body).hexdigest()}"',
        "last-modified": "Sat, 06 Dec 2025 00:00:00 GMT",
        "expires": "Sat, 06 Dec 2025 00:15:00 GMT",
        "content-length": str(len(first.body)),
    }
    assert client.post(asked) == first


def test_a_question_in_the_address_is_answered(client: Client, issued: CertificateIssued) -> None:
    """RFC 6960 §A.1: the server has resolved the escapes; a HEAD gets the head."""
    got, head = client.get(question(issued)), client.get(question(issued), method="HEAD")

    assert got.word == "good"
    assert (head.status, head.headers) == (200, got.headers)


def test_who_has_the_answer_is_told_so(client: Client, scene: Scene, node: Node, issued: CertificateIssued) -> None:
    """RFC 9110 §13.1.2: 304 by the answer's own tag, with its life; once there is news, the tag is another's."""
    asked = question(issued)
    first = client.get(asked)
    has = ("if-none-match", f'"other", W/{first.headers["etag"]}')
    again = client.get(asked, has)

    assert (again.status, again.body, "content-length" in again.headers) == (304, b"", False)
    assert {name: first.headers[name] for name in again.headers} == again.headers
    assert client.get(asked, ("if-none-match", '"other"')).status == 200
    assert client.ask("POST", "/ocsp/signature", asked, headers=(ASKS, has)).status == 200
    scene.revoke(LifeEvent.KEY_COMPROMISE)
    node.follow()
    assert client.get(asked, has).word == "revoked key_compromise"


def test_a_date_alone_never_confirms_an_answer(client: Client, issued: CertificateIssued) -> None:
    """ThisUpdate tells seconds apart and no more: If-Modified-Since is no ground to say that nothing changed."""
    asked = question(issued)
    first = client.get(asked)

    assert client.get(asked, ("if-modified-since", first.headers["last-modified"])).status == 200


def test_what_is_answered_is_counted(client: Client, issued: CertificateIssued) -> None:
    """Each answer by what it says, signed now or said again, and never by whom it is about."""
    numbers = [0] * ROW
    counting = Client(replace(client.application, tally=Tally(numbers)), client.faults)
    for asked in (question(issued), question(issued), b"nonsense"):
        counting.post(asked)
    new, again = counted(numbers)

    assert {word.value: count for word, count in new.answers.items() if count} == {"good": 1, "malformed": 1}
    assert {word.value: count for word, count in again.answers.items() if count} == {"good": 1}
    assert (sum(new.times), sum(again.times)) == (2, 1)


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


@pytest.mark.parametrize("body", [b"", b"nonsense", bytes(MOST_REQUEST_BYTES + 1)], ids=["empty", "nonsense", "long"])
def test_nonsense_is_malformed(client: Client, body: bytes) -> None:
    """Any bytes get an answer in OCSP's own words."""
    got = client.ask("POST", "/ocsp/signature", body, headers=(ASKS,))

    assert (got.status, got.word, got.headers["cache-control"]) == (200, "MALFORMED_REQUEST", "no-store")


def test_what_is_too_long_is_malformed_unread(client: Client) -> None:
    """A body longer than any question is refused by its length; elsewhere nobody wants a body."""
    long = read_head(b"POST /ocsp/signature HTTP/1.1\r\nhost: a\r\ncontent-length: 9999999")
    other = read_head(b"GET /healthz HTTP/1.1\r\nhost: a\r\ncontent-length: 9999999")

    assert got(client.application.too_long(long)).word == "MALFORMED_REQUEST"
    assert got(client.application.too_long(other)).status == 413


@pytest.mark.parametrize("encoded", ["%", "====", "MA", "A" * (MOST_ENCODED + 1)], ids=len)
def test_nonsense_in_the_address_is_malformed(client: Client, encoded: str) -> None:
    """What is no Base64, or longer than any question, is no question."""
    assert client.ask("GET", f"/ocsp/signature/{encoded}").word == "MALFORMED_REQUEST"


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
