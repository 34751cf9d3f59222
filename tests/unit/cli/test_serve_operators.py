import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.site.home import DEFAULT_OPERATOR_PORT, Home, Settings
from openjpki.site.operators.room import OperatorRoom
from openjpki.site.server import PortTaken, free_port, holding_port


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home without tables: nobody comes to these pages."""
    return Home.create(tmp_path / "home", Settings(purpose="sandbox"))


def run(home: Home, *words: str) -> Answer:
    """Run the command to its end, in this process."""
    arguments = parser().parse_args(["serve", "operators", *words, "--home", str(home.path), "--lang", "ja"])
    answered: Answer = arguments.run(arguments)
    return answered


@pytest.mark.parametrize("words", [(), ("--port", "8799")])
def test_the_pages_are_served_until_they_are_stopped(
    home: Home, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a port of their own; where they are, and what a browser must trust, is said first. SIGTERM ends them."""
    served: list[int] = []
    monkeypatch.setenv("OPENJPKI_SERVES", "")

    class Server:
        @contextmanager
        def answering(self) -> Iterator[None]:
            """Be stopped a moment later."""
            threading.Thread(target=stop).start()
            yield

    def stop() -> None:
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGTERM)

    def server(_: OperatorRoom, port: int) -> Server:
        served.append(port)
        return Server()

    monkeypatch.setattr(OperatorRoom, "server", server)
    answer = run(home, *words)
    port = 8799 if words else DEFAULT_OPERATOR_PORT
    trust = str(home.path / "authority" / "operators-ca" / "ca.pem")

    assert served == [port]
    assert answer.data == {"address": f"https://127.0.0.1:{port}/", "trust": trust, "ended": "stopped"}
    told = capsys.readouterr().err
    assert f"https://127.0.0.1:{port}/" in told
    assert trust in told
    assert os.environ["OPENJPKI_SERVES"] == "authority"


def test_a_port_is_taken_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two servers do not share a port by accident."""
    monkeypatch.setenv("OPENJPKI_SERVES", "")
    port = free_port(0)
    with holding_port(port), pytest.raises(PortTaken):
        run(home, "--port", str(port))
