"""What is served is other than what is stored, and the check names the address."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from openjpki.authority import wiring
from openjpki.authority.checking.check import check
from openjpki.authority.models import Certificate, Issuer, OcspResponder, Revocation
from openjpki.authority.publishing.lists import ListFolder
from openjpki.authority.publishing.publication import newest_list
from openjpki.authority.publishing.responders import covering
from openjpki.pki.ocsp import parse_request
from openjpki.pki.ocsp_answer import StatusAnswer, build_answer, error_answer
from openjpki.rules.kinds import RevocationReason
from tests.support.authority import Scene
from tests.support.http import served
from tests.unit.authority.checking.tampering import list_file

pytestmark = pytest.mark.django_db(databases=["authority"], transaction=True)

Status = Callable[[str, int], StatusAnswer]
WRONG: tuple[Callable[[bytes], bytes], ...] = (
    lambda answer: answer[:-1],
    lambda _: error_answer("try_later"),
    lambda _: b"",
)
GOOD, UNKNOWN = StatusAnswer(status="good"), StatusAnswer(status="unknown")


def found(scene: Scene, address: str) -> set[str]:
    """Return the codes of what is found, stored and served."""
    return {one.kind.value.code for one in check(scene.authority, address=address).problems}


def test_an_authority_that_serves_what_it_stores_is_sound(
    busy: Scene, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CA certificates, lists, and answers about every state over HTTP, as anybody gets them."""
    monkeypatch.setattr(wiring, "_installed", [busy.authority])

    assert check(busy.authority, address=live_server.url).problems == ()


def always(said: StatusAnswer, _: str, __: int) -> StatusAnswer:
    """Say the same of everybody."""
    return said


class Copy:
    """A server with copies of what the rows have, made before it serves: each may be tampered with."""

    def __init__(self, scene: Scene) -> None:
        self.files: dict[str, bytes] = {}
        self.signers: dict[str, tuple[bytes, bytes, Any]] = {}
        for issuer in Issuer.objects.all():
            self.files[f"/ca/{issuer}.cer"] = bytes(issuer.certificate)
            for code in ("99201", "99202", "ca"):
                newest = newest_list(issuer, code)
                assert newest is not None
                folder = ListFolder.of(scene.authority.lists, issuer, code)
                self.files[f"/crl/{issuer}/{code}.crl"] = folder.read(newest)
            responder = OcspResponder.objects.filter(issuer=issuer).first()
            if responder is not None:
                signer = scene.authority.keys.signer(responder.key_name)
                self.signers[issuer.kind] = (bytes(issuer.certificate), bytes(responder.certificate), signer)
        self.at = scene.clock()
        self.journal: dict[tuple[str, int], StatusAnswer] = {}
        self.status: Status = self.right
        self.answer: Callable[[bytes], bytes] = lambda answer: answer
        self.nonce = True

    def right(self, kind: str, serial: int) -> StatusAnswer:
        """Return what the journal says."""
        return self.journal.get((kind, serial), UNKNOWN)

    def answered(self, kind: str, question: bytes) -> bytes:
        """Answer a question as the journal of the scene would, unless told otherwise."""
        request = parse_request(question)
        issuer, certificate, signer = self.signers[kind]
        if not self.nonce:
            request = type(request)(items=request.items, nonce=None)
        answer = build_answer(
            request=request,
            statuses=[self.status(kind, item.serial) for item in request.items],
            responder_certificate=certificate,
            issuer=issuer,
            signer=signer,
            produced_at=self.at,
            this_update=self.at,
            next_update=self.at + timedelta(minutes=15),
        )
        return self.answer(answer)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """Return the handler that serves it."""
        copy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(copy.files.get(self.path))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self._send(copy.answered(self.path.rpartition("/")[2], body))

            def _send(self, content: bytes | None) -> None:
                self.send_response(404 if content is None else 200)
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def copy(busy: Scene) -> Copy:
    """Return a server of right copies; every issuer has its responder."""
    for issuer in Issuer.objects.all():
        covering(busy.authority, issuer, busy.clock())
    copy = Copy(busy)
    for row in Certificate.objects.exclude(state="undelivered"):
        copy.journal[row.kind, row.serial] = GOOD
    for ending in Revocation.objects.filter(visible_at__lte=busy.clock()).order_by("pk"):
        kind, _, serial = ending.certificate_key.partition("/")
        copy.journal[kind, int(serial)] = StatusAnswer(
            status="revoked", revoked_at=ending.effective_at, reason=RevocationReason(ending.reason)
        )
    return copy


def test_what_was_tampered_with_on_the_way_is_found(busy: Scene, copy: Copy) -> None:
    """Another list, a changed CA certificate, a missing list; answers with a wrong status, without nonce, changed, or none."""
    url = "/crl/signature-1/99201.crl"
    other_list = copy.files["/crl/signature-1/99202.crl"]
    revoked = StatusAnswer(status="revoked", revoked_at=busy.clock(), reason=RevocationReason.UNSPECIFIED)
    files = dict(copy.files)
    with served(copy.handler()) as address:
        assert found(busy, address) == set()

        copy.files[url] = other_list
        assert found(busy, address) == {"check.served.differs"}
        copy.files = files | {"/ca/signature-1.cer": files["/ca/authentication-1.cer"]}
        assert found(busy, address) == {"check.served.differs"}
        copy.files = {path: content for path, content in files.items() if path != url}
        report = check(busy.authority, address=address)
        assert [one.subject for one in report.problems] == [address + url]
        assert report.only_unreachable
        copy.files = files

        for other in (GOOD, UNKNOWN, revoked):
            copy.status = partial(always, other)
            assert found(busy, address) == {"check.served.status"}
        copy.status, copy.nonce = copy.right, False
        assert found(busy, address) == {"check.served.answer"}
        copy.nonce = True
        for wrong in WRONG:
            copy.answer = wrong
            assert found(busy, address) == {"check.served.answer"}


def test_a_spoiled_list_is_wrong_where_it_is_served_too(busy: Scene, copy: Copy) -> None:
    """The row says what a list is: neither a damaged file behind the address nor a missing one makes what is served right."""
    url, path = "/crl/signature-1/99201.crl", list_file(busy)
    right = path.read_bytes()
    with served(copy.handler()) as address:
        spoiled = copy.files[url] = right[:-1] + bytes([right[-1] ^ 1])
        path.write_bytes(spoiled)
        assert found(busy, address) == {"check.list.file", "check.served.differs"}
        path.unlink()
        assert found(busy, address) == {"check.list.file", "check.served.differs"}
        copy.files[url] = right
        assert found(busy, address) == {"check.list.file"}


def test_nobody_there_is_unavailable(busy: Scene) -> None:
    """Nothing that was said was wrong: the exit status is 4, not 1."""

    class Handler(BaseHTTPRequestHandler):
        pass

    with served(Handler) as address:
        pass
    report = check(busy.authority, address=address)

    assert report.only_unreachable
    assert not report.sound
