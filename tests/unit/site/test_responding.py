import asyncio
import ctypes
import multiprocessing
import os
import signal
import time
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import pytest

from openjpki.authority.responding.application import OcspApplication
from openjpki.authority.responding.requests import read_head
from openjpki.authority.responding.tally import ROW
from openjpki.authority.signing.client import RemoteKeys
from openjpki.site import responding
from openjpki.site.home import Home, Settings
from openjpki.site.responding import answering, application_of, serve
from openjpki.site.server import free_port
from openjpki.site.watching import logs

SETTINGS = Settings(purpose="sandbox")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home without tables: a responder needs none."""
    return Home.create(tmp_path / "home", SETTINGS)


def get(port: int, path: str) -> int:
    """Return the status of a GET, once somebody listens."""
    for _ in range(300):
        line = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            line.request("GET", path)
            return line.getresponse().status
        except OSError:
            time.sleep(0.1)
        finally:
            line.close()
    raise AssertionError


def test_a_worker_answers_for_its_home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """It opens the home by its path, ends with its parent, leaves no core dump, and counts in its own row."""
    done: list[str] = []
    served: list[tuple[OcspApplication, int]] = []

    async def serve(application: OcspApplication, port: int) -> None:
        served.append((application, port))

    monkeypatch.setattr(responding, "end_with_parent", lambda: done.append("ends with its parent"))
    monkeypatch.setattr(responding, "forbid", lambda: done.append("no dumps"))
    monkeypatch.setattr(logs, "install", lambda: done.append("logs"))
    monkeypatch.setattr(responding, "serve", serve)
    numbers = (ctypes.c_uint64 * (2 * ROW))()
    responding._process(home.path, 8799, numbers, 1)
    application, port = served[0]
    application.too_long(read_head(b"POST /ocsp/signature HTTP/1.1\r\nhost: a"))

    assert (port, done) == (8799, ["ends with its parent", "no dumps", "logs"])
    assert not application.signs_elsewhere
    assert (sum(numbers[:ROW]), sum(numbers[ROW:])) >= (0, 2)


def test_a_responder_serves_until_it_is_told_to_stop(home: Home) -> None:
    """SIGTERM ends it, and what it said before is said."""
    port = free_port(0)

    async def stopped() -> list[int]:
        serving = asyncio.create_task(serve(application_of(home), port))
        status = await asyncio.to_thread(get, port, "/readyz")
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(serving, 10)
        return [status]

    assert asyncio.run(stopped()) == [503]  # there is no store yet


@pytest.mark.slow
def test_workers_answer_and_come_back(home: Home) -> None:
    """Two processes share the port and the numbers; one that is killed is started anew, and all end with the block."""
    port = free_port(0)
    with answering(home, port, 2) as numbers:
        assert get(port, "/healthz") == 200
        children = multiprocessing.active_children()
        assert len(children) == 2
        assert children[0].pid is not None
        os.kill(children[0].pid, signal.SIGKILL)
        children[0].join(10)
        for _ in range(300):
            now = multiprocessing.active_children()
            if len(now) == 2 and children[0] not in now:
                break
            time.sleep(0.1)
        assert get(port, "/healthz") == 200
        assert len(numbers) == 2 * ROW
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("who", ["anybody", "registered"])
def test_the_homes_settings_hold(tmp_path: Path, who: str) -> None:
    """Setting `ocsp_requesters`, and where the keys are: in the signing process, if there is one."""
    home = Home.create(tmp_path / "home", replace(SETTINGS, signer=True, policy={"ocsp_requesters": who}))
    desk = application_of(home).desk._desk

    assert (desk.requesters is None) is (who == "anybody")
    assert isinstance(desk.keys, RemoteKeys)
    assert application_of(home).signs_elsewhere


def test_what_went_wrong_is_told_without_what_it_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log has the places of a fault alone."""
    told: list[dict[str, str]] = []

    class Log:
        def error(self, event: str, **fields: str) -> None:
            """Keep it."""
            told.append({"event": event, **fields})

    monkeypatch.setattr(logs, "logger", Log)
    application_of(Home.create(tmp_path / "home", SETTINGS)).fault(ValueError("a person's name"))

    assert told[0]["event"] == "ocsp-failed"
    assert "a person's name" not in told[0]["fault"]
    assert capsys.readouterr().out == ""
