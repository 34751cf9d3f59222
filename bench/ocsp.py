"""The responder beside its peers: the bare signature, OpenSSL's responder, nginx with a file. Needs Debian's apache2-utils.

Every server has one process, which takes core 0; ApacheBench, one process too, takes core 1, the same for all of them. It
asks 45,000 times a second at the most, which is more than any of them answers.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import ocsp
from ocsp_application import FOLDER, KEY, MOMENT, OneKey, store_of, write_key, write_store

from openjpki.authority.responding.answering import StatusDesk
from openjpki.pki.ocsp import build_request
from openjpki.site.server import free_port
from tests.support.hierarchy import Hierarchy, hierarchy

SIGNATURES = 300
CLOSING = 500
KEEPING = 30_000
CLIENTS = 16
CLIENTS_CLOSING = 2
"""OpenSSL's responder lets few wait: of more, and of thousands in a row, some are not taken up for half a minute."""
_CLONE_NEWNET = 0x40000000
_ROOT = Path(__file__).resolve().parent.parent
Measured = tuple[str, str, Callable[[], object], Callable[[], object]]


def ocsp_rows(stack: ExitStack) -> list[Measured]:
    """Return what is done, the peer, and the work of both."""
    made = hierarchy()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    write_store(folder / "status", made)
    write_key(folder / "key.pem", made)
    question = build_request([(made.holder, made.ca)], None)
    desk = StatusDesk(store=store_of(folder / "status"), keys=OneKey(made.responder_signer))
    signer = made.responder_signer
    found: list[Measured] = [
        (
            f"answer {SIGNATURES} questions from the store, signed now",
            "as many bare RSA-2048 signatures",
            lambda: [desk.answer(question, MOMENT) for _ in range(SIGNATURES)],
            lambda: [signer.sign(question) for _ in range(SIGNATURES)],
        )
    ]
    if shutil.which("ab") and _alone():
        found += _over_http(stack, folder, made, question)
    return found


def _alone() -> bool:
    """Go into a network of our own, where nobody else hears OpenSSL's responder, which listens on every address."""
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET) != 0:
        print("Not measured over HTTP: it takes root to have a network of its own.", file=sys.stderr)
        return False
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    return True


def _over_http(stack: ExitStack, folder: Path, made: Hierarchy, question: bytes) -> list[Measured]:
    (folder / "question").write_bytes(question)
    ours = stack.enter_context(_ours(folder))
    body = _body(ours, made, question)
    rows: list[Measured] = []
    theirs = stack.enter_context(_openssl(folder, made))
    rows.append(
        (
            f"{CLOSING} kept answers over HTTP, closing",
            "`openssl ocsp`",
            lambda: _post(folder, f"{ours}/ocsp/{made.kind.value}", CLOSING, "-c", str(CLIENTS_CLOSING)),
            lambda: _post(folder, theirs, CLOSING, "-c", str(CLIENTS_CLOSING)),
        )
    )
    if shutil.which("nginx"):
        file = stack.enter_context(_nginx(folder, body))
        rows.append(
            (
                f"{KEEPING} kept answers over HTTP, keeping the connection",
                "nginx, a static file of that size",
                lambda: _post(folder, f"{ours}/ocsp/{made.kind.value}", KEEPING, "-k"),
                lambda: _load("-k", "-n", KEEPING, file),
            )
        )
    return rows


def _post(folder: Path, url: str, count: int, *words: str) -> None:
    _load(*words, "-n", count, "-p", folder / "question", "-T", "application/ocsp-request", url)


def _load(*words: object) -> None:
    said = subprocess.run(
        [*_on_core(1), "ab", "-q", "-c", str(CLIENTS), *map(str, words)], check=True, capture_output=True, text=True
    ).stdout
    assert "Failed requests:        0" in said, said


def _body(ours: str, made: Hierarchy, question: bytes) -> bytes:
    line = HTTPConnection("127.0.0.1", int(ours.rpartition(":")[2]), timeout=10)
    line.request("POST", f"/ocsp/{made.kind.value}", question, {"Content-Type": "application/ocsp-request"})
    body = line.getresponse().read()
    line.close()
    answer = ocsp.load_der_ocsp_response(body)  # an error would be told faster, and prove nothing
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    return body


def _on_core(number: int) -> list[str]:
    cores = sorted(os.sched_getaffinity(0))
    return ["taskset", "-c", str(cores[number])] if shutil.which("taskset") and len(cores) > 1 else []


@contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    """Run a server; port 0 is that of one which takes a connection without a question amiss."""
    environment = os.environ | {"PYTHONPATH": f"{_ROOT / 'src'}:{_ROOT}:{_ROOT / 'bench'}"}
    process = subprocess.Popen(
        [*_on_core(0), *command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(1)
        for _ in range(200 if port else 0):
            try:
                HTTPConnection("127.0.0.1", port, timeout=1).connect()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def _ours(folder: Path) -> Iterator[str]:
    os.environ[FOLDER], os.environ[KEY] = str(folder / "status"), str(folder / "key.pem")
    port = free_port(0)
    with _running([sys.executable, str(_ROOT / "bench" / "ocsp_lines.py"), str(port)], port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _openssl(folder: Path, made: Hierarchy) -> Iterator[str]:
    for name, certificate in (("ca", made.ca), ("responder", made.responder)):
        loaded = x509.load_der_x509_certificate(certificate)
        (folder / f"{name}.pem").write_bytes(loaded.public_bytes(serialization.Encoding.PEM))
    serial = f"{x509.load_der_x509_certificate(made.holder).serial_number:X}"
    serial = serial.zfill(len(serial) + len(serial) % 2)
    (folder / "index.txt").write_text(f"V\t300101000000Z\t\t{serial}\tunknown\t/CN=holder\n", encoding="ascii")
    port = free_port(0)
    files = ("-index", "index.txt", "-CA", "ca.pem", "-rsigner", "responder.pem", "-rkey", "key.pem")
    named = [word if word.startswith("-") else str(folder / word) for word in files]
    with _running(["openssl", "ocsp", "-port", str(port), *named, "-nmin", "15"], 0):
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def _nginx(folder: Path, body: bytes) -> Iterator[str]:
    port = free_port(0)
    (folder / "www").mkdir()
    (folder / "www" / "answer").write_bytes(body)
    (folder / "nginx.conf").write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        "events { worker_connections 512; }\n"
        f"http {{ access_log off; keepalive_requests 1000000; client_body_temp_path {folder}/body;\n"
        f"proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f"server {{ listen 127.0.0.1:{port}; root {folder}/www; }} }}\n",
        encoding="ascii",
    )
    folder.chmod(0o755)
    with _running(["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], port):
        yield f"http://127.0.0.1:{port}/answer"
