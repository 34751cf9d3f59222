import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from openjpki.cli import serve_responder as module
from openjpki.cli.answer import Answer
from openjpki.cli.main import parser
from openjpki.cli.serve_responder import DEFAULT_RESPONDER_PORT, FromLists
from openjpki.site import following as followers
from openjpki.site import responding
from openjpki.site.home import Home, Settings
from openjpki.site.server import PortTaken, free_port, holding_port
from openjpki.site.signing import SignerNeeded
from openjpki.site.watching import responder_metrics

SETTINGS = Settings(purpose="sandbox")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home without tables: a responder needs none."""
    return Home.create(tmp_path / "home", SETTINGS)


def run(home: Home, *words: str) -> Answer:
    """Run the command to its end, in this process."""
    arguments = parser().parse_args(["serve", *words, "--home", str(home.path), "--lang", "en"])
    answered: Answer = arguments.run(arguments)
    return answered


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, int, int]]:
    """Put a server that stops at once in the web server's place, and return what it was asked to serve."""
    asked: list[tuple[Path, int, int]] = []
    monkeypatch.setattr(module, "_serve", lambda home, port, workers, _: asked.append((home.path, port, workers)))
    return asked


@pytest.mark.parametrize("words", [(), ("--workers", "3", "--port", "8799")])
def test_a_responder_is_served(
    home: Home, served: list[tuple[Path, int, int]], capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """On its own port, with as many workers as asked for; whoever keeps the store is not its business here."""
    answer = run(home, "responder", "--no-follower", *words)
    port, workers = (8799, 3) if words else (DEFAULT_RESPONDER_PORT, 1)

    assert served == [(home.path, port, workers)]
    assert answer.data == {"address": f"http://127.0.0.1:{port}/ocsp/", "ended": "stopped"}
    assert f"http://127.0.0.1:{port}/ocsp/" in capsys.readouterr().err


def test_the_follower_stands_beside_it(
    home: Home, served: list[tuple[Path, int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `--no-follower` the store is kept as long as the responder runs."""
    kept: list[str] = []

    @contextmanager
    def beside(found: Home) -> Iterator[None]:
        kept.append(f"begun {found.path.name}")
        yield
        kept.append(f"ended {len(served)}")

    monkeypatch.setattr(followers, "beside", beside)
    run(home, "responder")

    assert kept == ["begun home", "ended 1"]


@pytest.mark.parametrize(
    ("settings", "refusal"),
    [
        (replace(SETTINGS, policy={"ocsp_mode": "from-crl"}), FromLists),
        (replace(SETTINGS, keys="pkcs11:token=a?module-path=/m.so&pin-source=/pin"), SignerNeeded),
    ],
)
def test_what_it_cannot_answer_from_is_told_at_once(
    tmp_path: Path, settings: Settings, refusal: type[Exception], served: list[tuple[Path, int, int]]
) -> None:
    """A home that answers from its lists, and one where a responder would reach the CAs' keys, have no responder of their own."""
    with pytest.raises(refusal):
        run(Home.create(tmp_path / "other", settings), "responder", "--no-follower")
    assert served == []


def test_a_port_is_taken_once(home: Home, served: list[tuple[Path, int, int]]) -> None:
    """Two responders do not share a port by accident."""
    port = free_port(0)
    with holding_port(port), pytest.raises(PortTaken):
        run(home, "responder", "--no-follower", "--port", str(port))
    assert served == []


def test_a_follower_follows_until_it_is_stopped(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """SIGTERM ends it."""
    followed: list[Path] = []

    @contextmanager
    def following(found: Home) -> Iterator[None]:
        followed.append(found.path)
        threading.Thread(target=stop).start()
        yield

    def stop() -> None:
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(followers, "following", following)

    assert run(home, "follower").data == {"ended": "stopped"}
    assert followed == [home.path]
    assert "follows the journal" in capsys.readouterr().err


def test_workers_answer_and_are_measured_until_the_signal(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """So many processes as asked for; what they count is told at the port for metrics, and nowhere if none is named."""
    done: list[object] = []

    @contextmanager
    def answering(found: Home, port: int, workers: int) -> Iterator[list[int]]:
        done.append((found.path, port, workers))
        yield [7]

    @contextmanager
    def measured(found: Home, port: int | None, numbers: list[int]) -> Iterator[None]:
        done.append((found.path, port, numbers))
        threading.Thread(target=stop).start()
        yield

    def stop() -> None:
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(responding, "answering", answering)
    monkeypatch.setattr(responder_metrics, "measured", measured)
    run(home, "responder", "--no-follower", "--workers", "2", "--port", "8799", "--metrics-port", "8798")

    assert done == [(home.path, 8799, 2), (home.path, 8798, [7])]
