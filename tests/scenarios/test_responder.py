"""A responder as its own processes, asked by programs of others: what it says while its parts fail."""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.x509 import ocsp

from openjpki.authority.responding.answering import Answered
from openjpki.pki.ocsp import build_request
from openjpki.site.server import free_port
from tests.support.programs import PATIENCE, Finished, openjpki_command, plain_environment, run
from tests.support.responder import said

pytestmark = pytest.mark.slow

CITY, RESIDENT = "99201", "99201000011"
PERSON = ("--municipality", CITY, "--resident", RESIDENT, "--document", "drivers-licence", "--copies-taken")
SHOWN_SECONDS = 20.0
"""In which what was recorded shows, on a busy machine; the follower looks every second."""


def ours(home: Path, *words: str, typed: str = "") -> Finished:
    """Run one of our commands, which must succeed."""
    done = run(*openjpki_command(*words, "--home", home), typed=typed)
    assert done.status == 0, done.text
    return done


@dataclass(frozen=True)
class Node:
    """A home with a card, and the files that a verifier has."""

    home: Path
    files: Path
    port: int

    @contextmanager
    def answering(self, *words: str) -> Iterator["subprocess.Popen[str]"]:
        """Run the responder while the block runs."""
        command = openjpki_command("serve", "responder", "--home", self.home, "--port", str(self.port), *words)
        with started(command, "answers at") as process:
            deadline = time.monotonic() + PATIENCE
            while self.get("/healthz") != 200:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            yield process

    def get(self, path: str) -> int:
        """Return the status of a GET, 0 if nobody listens."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request("GET", path)
            return line.getresponse().status
        except OSError:
            return 0
        finally:
            line.close()

    @property
    def question(self) -> bytes:
        """Return a question about the signature certificate."""
        return build_request([(self._der("holder"), self._der("ca"))], None)

    def _der(self, name: str) -> bytes:
        return (self.files / f"{name}.der").read_bytes()

    def word(self) -> str:
        """Ask by a plain HTTP client, with the question in the address."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request("GET", f"/ocsp/signature/{quote(base64.b64encode(self.question).decode(), safe='')}")
        answer = line.getresponse().read()
        line.close()
        return said(Answered(der=answer, next_update=None))

    def by_openssl(self) -> str:
        """Ask by OpenSSL; return its word, or what it says instead."""
        ca, holder = self.files / "ca.pem", self.files / "holder.pem"
        url = f"http://127.0.0.1:{self.port}/ocsp/signature"
        told = run("openssl", "ocsp", "-issuer", ca, "-cert", holder, "-CAfile", ca, "-url", url).text
        if "Response verify OK" not in told:
            return told
        return next(line for line in told.splitlines() if line.startswith(str(holder))).partition(": ")[2]

    def by_gnutls(self) -> str:
        """Ask by GnuTLS, whose tool appends nothing to an address; return what it says."""
        ca, holder = self.files / "ca.pem", self.files / "holder.pem"
        url = f"http://127.0.0.1:{self.port}/ocsp/signature"
        about = ("--load-issuer", ca, "--load-cert", holder, "--load-trust", ca)
        return run("ocsptool", f"--ask={url}", *about, "--verify-allow-broken").text

    def until(self, word: str) -> None:
        """Wait until the answer is a word; nothing else than the words before it may be said meanwhile."""
        deadline = time.monotonic() + SHOWN_SECONDS
        while (found := self.word()) != word:
            assert time.monotonic() < deadline, found
            time.sleep(0.1)

    def set_clock(self, ahead: int) -> None:
        """Set how far the home's legal clock is ahead, in seconds; nothing runs."""
        marker = self.home / "openjpki.json"
        found = json.loads(marker.read_text(encoding="utf-8"))
        marker.write_text(json.dumps(found | {"clock_shift_seconds": ahead}), encoding="utf-8")


@contextmanager
def started(command: tuple[str | Path, ...], sign: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a server while the block runs; it has begun when it says so."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=plain_environment(), text=True)
    try:
        assert process.stderr is not None
        told = ""
        while sign not in told:  # a line of the log may come first
            assert process.poll() is None, told
            told = process.stderr.readline()
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)


def follower_of(process: "subprocess.Popen[str]") -> int:
    """Return the number of the process that a responder lets follow the journal."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            parent = next(line for line in status.read_text().splitlines() if line.startswith("PPid:"))
            words = (status.parent / "cmdline").read_bytes()
        except (OSError, StopIteration):
            continue
        if int(parent.split()[1]) == process.pid and b"spawn_main" in words:
            return int(status.parent.name)
    message = "no follower runs"
    raise AssertionError(message)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """Return a sandbox with a card that was handed over and both certificates on it."""
    folder = tmp_path_factory.mktemp("responder")
    home = folder / "home"
    ours(home, "init", "--algorithm", "p-384-sha-384")
    ours(home, "card", "new", "taro")
    hand_over = ("hand-over", "--municipality", CITY, "--resident", RESIDENT, "--card", "taro", "--pin-stdin")
    ours(home, "window", *hand_over, typed="TARO2026\n4321\n")
    ours(home, "window", "issue", *PERSON, "--card", "taro")
    written = ("card", "certificate", "taro", "--kind", "signature", "--pin-stdin", "--out")
    ours(home, *written, str(folder / "holder.der"), typed="TARO2026\n")
    (folder / "ca.der").write_bytes((home / "authority/public/ca/signature-1.cer").read_bytes())
    for name in ("ca", "holder"):
        run("openssl", "x509", "-inform", "DER", "-in", folder / f"{name}.der", "-out", folder / f"{name}.pem")
    return Node(home, folder, free_port(0))


def test_a_life_beside_a_failing_responder(node: Node) -> None:
    """docs/operations.md, line by line: begun with nothing, asked by others, killed in its parts, revoked, and carried away."""
    with node.answering("--workers", "2") as process:
        assert node.word() == "TRY_LATER"
        ours(node.home, "authority", "responders")
        node.until("good")
        assert node.by_openssl() == "good"
        assert "good" in node.by_gnutls().lower()
        _slow_and_strange_clients_keep_nobody(node)

        again = run(*openjpki_command("serve", "follower", "--home", node.home))
        assert again.codes == ["authority.status.follower-runs"]

        before = follower_of(process)
        os.kill(before, signal.SIGKILL)
        assert node.word() == "good"
        ours(node.home, "window", "revoke", *PERSON, "--event", "key-compromise", "--kind", "signature")
        node.until("revoked key_compromise")
        assert follower_of(process) != before
        assert node.by_openssl() == "revoked"
        assert "revoked" in node.by_gnutls().lower()
        assert {node.word() for _ in range(20)} == {"revoked key_compromise"}  # from either worker, kept or not

    with node.answering("--no-follower"):
        assert node.word() in {"revoked key_compromise", "TRY_LATER"}  # as old as the store is by now
    node.set_clock(3600)
    with node.answering("--no-follower"):
        assert (node.word(), node.get("/readyz")) == ("TRY_LATER", 503)
        assert "trylater" in node.by_openssl().lower()
        follower = openjpki_command("serve", "follower", "--home", node.home)
        with started(follower, "follows"):
            node.until("revoked key_compromise")
            assert node.get("/readyz") == 200
    node.set_clock(0)
    with node.answering():
        assert node.word() == "TRY_LATER"
        assert node.get("/readyz") == 503


def _slow_and_strange_clients_keep_nobody(node: Node) -> None:
    """Connections that say nothing, half a head, or half a body, and far too long ones: the next client is answered."""
    head = b"POST /ocsp/signature HTTP/1.1\r\nHost: a\r\nContent-Type: application/ocsp-request\r\n"
    with ExitStack() as lines:
        for said_so_far in [b"", b"POST /ocsp", head, head + b"Content-Length: 90\r\n\r\n0"] * 25:
            line = lines.enter_context(socket.create_connection(("127.0.0.1", node.port), timeout=10))
            line.sendall(said_so_far)
        assert node.word() == "good"
        long = HTTPConnection("127.0.0.1", node.port, timeout=30)
        long.request("POST", "/ocsp/signature", bytes(1_000_000), {"Content-Type": "application/ocsp-request"})
        answer = ocsp.load_der_ocsp_response(long.getresponse().read())
        long.close()
        assert answer.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
        strange = lines.enter_context(socket.create_connection(("127.0.0.1", node.port), timeout=10))
        strange.sendall(b"\x16\x03\x01\x02\x00\x01\x00 no HTTP at all\r\n\r\n")
        assert not strange.recv(100).startswith(b"HTTP/1.1 200")


def test_a_node_has_nothing_but_its_own(node: Node, tmp_path: Path) -> None:
    """docs/operations.md: on another machine a marker, the responder's folder and a copy of the store are enough; no CA's key is there."""
    away = tmp_path / "node"
    shutil.rmtree(node.home / "status", ignore_errors=True)  # it may be of the future: the clock was ahead
    ours(node.home, "authority", "responders")
    for part in ("openjpki.json", "responder"):
        run("cp", "-a", node.home / part, _made(away) / part)
    copied = Node(away, node.files, free_port(0))
    with started(openjpki_command("serve", "follower", "--home", node.home), "follows"):
        time.sleep(3)
        ours(node.home, "authority", "copy-status", str(away / "status"))
        with copied.answering("--no-follower"):
            assert copied.word() in {"good", "revoked key_compromise"}
            ours(node.home, "authority", "copy-status", str(away / "status"))
            assert copied.word() in {"good", "revoked key_compromise"}
    assert sorted(path.name for path in away.iterdir()) == ["lock", "openjpki.json", "responder", "status"]
    assert all("-ocsp-" in path.name for path in away.rglob("*.pem"))


def _made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder
