import json
import logging
import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest
from cryptography import x509

from openjpki.authority.models import CrlPublication
from openjpki.cli import serve
from openjpki.cli.answer import Answer, BadValue
from openjpki.cli.main import main, parser
from openjpki.desk.https_server import DeskPortTaken
from openjpki.rules.dates import civil_date
from openjpki.site.clock import SteppedClock
from openjpki.site.home import DEFAULT_DESK_PORT, DEFAULT_VERIFIER_PORT, Home
from openjpki.site.opening import founded
from openjpki.site.place import HomeInUse, locked
from openjpki.site.server import LOOPBACK, free_port, require_port
from openjpki.site.settings import ROLES
from openjpki.story import cast
from tests.support.programs import openjpki, openjpki_command, plain_environment
from tests.support.programs import run as run_program
from tests.support.story import SETTINGS

PATIENCE = 60.0

# --- in this process ---------------------------------------------------------------------------------------------


@dataclass
class Server:
    """Stands in for the web server: looks around and stops at once, or as it is told to."""

    home: Home
    ends_by: type[BaseException] | None = None
    port: int = 0
    lists: int = 0
    locked: bool = False

    def __call__(self, port: int) -> None:
        """Note what stands at the moment of serving."""
        self.port = port
        self.lists = CrlPublication.objects.count()
        try:
            with locked(self.home.path, exclusive=True):
                pass
        except HomeInUse:
            self.locked = True
        if self.ends_by is not None:
            raise self.ends_by


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Put a server that stops at once over a home with both CAs."""
    settings = replace(SETTINGS, port=free_port(0))  # two test processes may be here at once
    with founded(tmp_path / "home", settings, SteppedClock(datetime(2026, 1, 5, tzinfo=UTC))) as house:
        house.authority.ceremony()
    found = Server(house.home)
    monkeypatch.setattr(serve, "_serve", found)
    return found


@pytest.fixture(autouse=True)
def unlogged() -> Iterator[None]:
    """Take back the handlers that `serve` installs for its process."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def run(home: Path, *words: str) -> Answer:
    """Run `openjpki serve` in this home, in English unless the words say otherwise."""
    arguments = parser().parse_args(["serve", "--home", str(home), "--lang", "en", *words])
    answer = arguments.run(arguments)
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.django_db(databases=ROLES)
def test_lists_are_fresh_before_the_first_answer(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """It publishes, then serves on the home's port with the home held, and says on standard error where."""
    answer = run(server.home.path)

    assert (server.lists, server.port, server.locked) == (6, server.home.settings.port, True)
    assert answer.data == {"address": f"http://127.0.0.1:{server.home.settings.port}/", "ended": "stopped"}
    assert capsys.readouterr() == (
        "",
        f"Serving at http://127.0.0.1:{server.home.settings.port}/ — press Ctrl-C to stop.\n",
    )


@pytest.mark.django_db(databases=ROLES)
@pytest.mark.parametrize("role", [(), ("authority",)])
def test_the_desk_is_served_where_it_is_asked_for(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, role: tuple[str, ...]
) -> None:
    """--desk-port takes the windows' messages over HTTPS, beside the pages or for the authority alone; both are told."""
    monkeypatch.setenv("OPENJPKI_SERVES", "")  # taken back after the test, whatever `serve` makes of it
    port = free_port(0)
    answer = run(server.home.path, *role, "--desk-port", str(port))

    assert answer.data["desk"] == f"https://127.0.0.1:{port}"
    assert f"Taking the windows' messages at https://127.0.0.1:{port}." in capsys.readouterr().err
    assert os.environ.get("OPENJPKI_SERVES", "") == "".join(role)
    require_port(port)


@pytest.mark.django_db(databases=ROLES)
def test_a_desk_port_that_is_taken_is_refused(server: Server) -> None:
    """Nothing is served beside a desk that cannot be."""
    with socket.create_server((LOOPBACK, 0)) as taken, pytest.raises(DeskPortTaken):
        run(server.home.path, "--desk-port", str(taken.getsockname()[1]))
    assert server.port == 0


def test_the_authority_alone_has_a_desk(tmp_path: Path) -> None:
    """The port asked for, else the home's, else for the authority alone the usual one; otherwise none."""
    within = Home.create(tmp_path / "within", SETTINGS)
    apart = Home.create(tmp_path / "apart", replace(SETTINGS, desk="https://127.0.0.1:9001"))
    cases = [
        (within, (), 0),
        (within, ("authority",), DEFAULT_DESK_PORT),
        (within, ("--desk-port", "9002"), 9002),
        (apart, (), 9001),
        (apart, ("authority", "--desk-port", "9002"), 9002),
    ]
    for home, words, expected in cases:
        assert serve._desk_number(home, parser().parse_args(["serve", *words])) == expected


def test_the_verifiers_have_a_door_where_one_is_needed(tmp_path: Path) -> None:
    """The port asked for; else the usual one if only registered verifiers are told anything; otherwise none (R-5.24)."""
    open_ = Home.create(tmp_path / "open", SETTINGS)
    closed = Home.create(tmp_path / "closed", replace(SETTINGS, policy={"status_access": "registered"}))
    cases = [
        (open_, (), 0),
        (open_, ("--verifier-port", "9002"), 9002),
        (closed, (), DEFAULT_VERIFIER_PORT),
        (closed, ("authority",), DEFAULT_VERIFIER_PORT),
        (closed, ("--verifier-port", "9002"), 9002),
    ]
    for home, words, expected in cases:
        assert serve._verifier_number(home, parser().parse_args(["serve", *words])) == expected


@pytest.mark.django_db(databases=ROLES)
def test_another_port_can_be_chosen(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """--port changes where it answers, not what the certificates say."""
    port = free_port(0)
    run(server.home.path, "--port", str(port), "--lang", "ja")

    assert server.port == port
    assert Home.open(server.home.path).settings.port == server.home.settings.port
    assert f"http://127.0.0.1:{port}/ で公開しています。" in capsys.readouterr().err


@pytest.mark.django_db(databases=ROLES)
@pytest.mark.parametrize("ends_by", [None, KeyboardInterrupt, OSError])
def test_however_it_ends_its_upkeep_ends_too(server: Server, ends_by: type[BaseException] | None) -> None:
    """No thread of it goes on publishing in a home that is no longer held."""
    server.ends_by = ends_by
    if ends_by is None:
        run(server.home.path)
    else:
        with pytest.raises(ends_by):
            run(server.home.path)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon:
            thread.join(timeout=5)

    assert not [thread.name for thread in threading.enumerate() if "keep_up" in thread.name]
    with locked(server.home.path, exclusive=True):
        pass


@pytest.mark.django_db(databases=ROLES)
def test_a_taken_port_is_refused_before_anything_is_published(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """The port's number is named, and no list was made for nobody."""
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]

        assert main(["serve", "--home", str(server.home.path), "--port", str(port), "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["error"]["data"] == {"port": port}
    assert CrlPublication.objects.count() == 0


@pytest.mark.parametrize(("port", "code"), [("0", "usage.bad-value"), ("http", "usage.bad-value")])
def test_what_is_no_port_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], port: str, code: str
) -> None:
    """The port is looked at before the home."""
    assert main(["serve", "--home", str(tmp_path), "--port", port, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == code


@pytest.mark.django_db(databases=ROLES)
def test_a_home_that_is_being_replaced_is_not_served(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """While a story is told, or a home made, nothing is served from it."""
    with locked(server.home.path, exclusive=True):
        assert main(["serve", "--home", str(server.home.path)]) == 4
    assert "[home.in-use]" in capsys.readouterr().err


# --- as a program of its own -------------------------------------------------------------------------------------


class Serving:
    """A running `openjpki serve`."""

    def __init__(self, home: Path, *words: str) -> None:
        self.home = Home.open(home)
        self.process = subprocess.Popen(
            openjpki_command("serve", "--home", home, *words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=plain_environment(),
            text=True,
            start_new_session=True,
        )
        assert self.process.stderr is not None
        self.line = self.process.stderr.readline()
        found = re.search(r"http://127.0.0.1:([0-9]+)/", self.line)
        assert found, self.line + self.process.communicate()[1]
        self.address = found[0]
        self.port = int(found[1])

    def wait(self) -> "Serving":
        """Wait until it answers."""
        return self.wait_for("")

    def wait_for(self, path: str) -> "Serving":
        """Wait until it answers at an address."""
        for _ in range(600):
            with suppress(OSError):
                self.read(path)
                return self
            threading.Event().wait(0.1)
        pytest.fail("the server did not answer within a minute")

    def get(self, path: str, language: str = "ja") -> tuple[str, bytes]:
        """Return the type and the content of what stands at an address."""
        connection = HTTPConnection(LOOPBACK, self.port, timeout=PATIENCE)
        with closing(connection):
            connection.request("GET", f"/{path}", headers={"Accept-Language": language})
            response = connection.getresponse()
            assert response.status == 200
            return response.headers.get_content_type(), response.read()

    def read(self, path: str, language: str = "ja") -> bytes:
        """Return the content of what stands at an address."""
        return self.get(path, language)[1]

    def stop(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        """Send the signal to the program and what it started, as a terminal does; return status and both streams."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, self.line + err


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home of a story, told by the program."""
    home = tmp_path_factory.mktemp("serve") / "home"
    assert openjpki("story", "--home", home, "--algorithm", "p-384-sha-384").status == 0
    return home


@pytest.fixture(scope="module")
def serving(told: Path) -> Iterator[Serving]:
    """Serve the story."""
    found = Serving(told).wait()
    yield found
    found.stop()


@pytest.mark.slow
def test_the_page_is_served_in_both_languages(serving: Serving) -> None:
    """The resident, the authorities and the story can be read by a browser of either language."""
    japanese = serving.read("").decode()
    english = serving.read("", language="en").decode()

    assert cast.NAME in japanese
    assert cast.NAME in english
    assert '<html lang="ja">' in japanese
    assert '<html lang="en">' in english
    assert b"<svg" in serving.read("static/site/mark.svg")


@pytest.mark.slow
def test_the_published_files_are_those_of_the_folder(serving: Serving) -> None:
    """Each CA certificate and each list answers at its address, byte for byte, under its type (RFC 2585 §4)."""
    public = serving.home.public
    paths = sorted((public / "ca").glob("*.cer"))

    assert len(paths) == 4
    for path in paths:
        assert serving.get(f"ca/{path.name}") == ("application/pkix-cert", path.read_bytes())
    for path in (public / "crl").glob("*.crl"):
        issuer, _, municipality = path.stem.rpartition("-")

        assert serving.get(f"crl/{issuer}/{municipality}.crl") == ("application/pkix-crl", path.read_bytes())


@pytest.mark.slow
def test_the_lists_are_of_today(serving: Serving) -> None:
    """The story ended yesterday; whoever is served gets lists of the CAs in force that are valid now (R-5.25)."""
    now = datetime.now(UTC)
    paths = list((serving.home.public / "crl").glob("*-2-*.crl"))

    assert len(paths) == 6
    for path in paths:
        crl = x509.load_der_x509_crl(path.read_bytes())

        assert crl.next_update_utc is not None
        assert crl.last_update_utc <= now < crl.next_update_utc


@pytest.mark.slow
@pytest.mark.oracle
@pytest.mark.parametrize(
    ("certificate", "issuer", "word"),
    [
        ("signed-2-signature", "signature-2", "good"),
        ("login-3-authentication", "authentication-2", "good"),
    ],
)
def test_openssl_gets_its_answer(serving: Serving, tmp_path: Path, certificate: str, issuer: str, word: str) -> None:
    """The command on the start page works: OpenSSL asks, trusts the answer, and reads the status (RFC 6960 §A.1)."""
    (tmp_path / "ca.pem").write_bytes(serving.read(f"ca/{issuer}.pem"))
    path = serving.home.story / "certificates" / f"{certificate}.cer"
    ca, url = tmp_path / "ca.pem", f"{serving.address}ocsp/{issuer.partition('-')[0]}"
    asked = run_program("openssl", "ocsp", "-issuer", ca, "-CAfile", ca, "-cert", path, "-url", url)

    assert asked.status == 0, asked.text
    assert "Response verify OK" in asked.text
    assert f"{certificate}.cer: {word}" in asked.out


@pytest.mark.slow
def test_a_served_home_is_shared_and_not_replaced(serving: Serving) -> None:
    """Other commands work beside it; a story must wait, and a second server needs another port."""
    home = serving.home.path
    port = serving.home.settings.port

    assert openjpki("card", "list", "--home", home).status == 0
    assert openjpki("story", "--home", home).codes == ["home.in-use"]
    second = openjpki("serve", "--home", home, "--port", str(port))
    assert (second.status, second.codes) == (4, ["serve.port-taken"])


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminate"])
def test_it_ends_when_it_is_asked_to(told: Path, number: int) -> None:
    """Status 0, one object on standard output, no trace; no process of it is left, and the port is free again."""
    serving = Serving(told, "--json", "--port", str(free_port(0))).wait()
    status, out, err = serving.stop(number)

    assert status == 0
    assert json.loads(out) == {"address": serving.address, "ended": "stopped"}
    assert "Traceback" not in err
    with pytest.raises(ProcessLookupError):
        os.killpg(serving.process.pid, 0)
    require_port(serving.port)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminate"])
@pytest.mark.parametrize("seconds", [0.0, 0.2, 0.4])
def test_it_ends_while_it_is_starting(told: Path, number: int, seconds: float) -> None:
    """Asked to stop before it answers, it does not hang: its worker may not hear it yet, and is ended all the same."""
    serving = Serving(told, "--port", str(free_port(0)))
    threading.Event().wait(seconds)
    status, _, err = serving.stop(number)

    assert status in {0, 130, -signal.SIGTERM}
    assert "Traceback" not in err
    with pytest.raises(ProcessLookupError):
        os.killpg(serving.process.pid, 0)
    require_port(serving.port)


@pytest.mark.slow
def test_a_killed_server_leaves_no_worker_behind(told: Path) -> None:
    """Killed with nobody to tell its worker, the server's port is free at once all the same."""
    serving = Serving(told, "--port", str(free_port(0))).wait()
    serving.process.kill()
    serving.process.communicate(timeout=PATIENCE)

    for _ in range(100):
        if free_port(serving.port) == serving.port:
            return
        threading.Event().wait(0.1)
    pytest.fail("somebody still answers")


@pytest.mark.slow
def test_window_and_authority_apart(tmp_path: Path) -> None:
    """Two programs, one home, HTTPS between them: commands of the window work while the authority serves, and wait while not."""
    home, ports = tmp_path / "home", [str(free_port(0)) for _ in range(2)]
    made = openjpki("init", "--home", home, "--algorithm", "p-384-sha-384", "--port", ports[0], "--desk-port", ports[1])
    assert made.status == 0, made.text
    resident = ("--municipality", "99201", "--resident", "99201000022")
    move = (
        "window",
        "event",
        *resident,
        "--event",
        "move",
        "--address",
        "見本県若葉市緑町二丁目２番２号",
        "--home",
        home,
    )
    today = civil_date(Home.open(home).clock()()).isoformat()
    waiting = openjpki(*move, "--on", today, "--json")
    assert waiting.json["waiting"] == 1, waiting.text

    serving = Serving(home, "authority").wait_for("crl/signature-1/99201.crl")
    sent = openjpki("window", "deliver", "--now", "--home", home, "--json")
    closed = openjpki("authority", "desk-key", "list", "--home", home, "--json")
    with closing(HTTPConnection(LOOPBACK, serving.port, timeout=PATIENCE)) as connection:
        connection.request("GET", "/")
        pages = connection.getresponse().status
    status, _, err = serving.stop()

    assert (sent.status, sent.json["sent"], sent.json["waiting"]) == (0, 1, 0), sent.text
    assert {key["municipality"] for key in closed.json["keys"]} == {"99201", "99202"}
    assert pages == 404
    assert status == 0
    assert "Traceback" not in err


@pytest.mark.parametrize("words", ["0", "65", "x", "1e9", "99999"])
def test_a_responder_has_so_many_processes(words: str) -> None:
    """The range is told in one sentence, not number by number."""
    with pytest.raises(BadValue, match="from 1 to 64"):
        parser().parse_args(["serve", "responder", "--workers", words])
