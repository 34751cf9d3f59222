from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest

from openjpki.authority.responding.answering import Word
from openjpki.authority.responding.form import Head, World
from openjpki.authority.responding.store import StatusWriter
from openjpki.authority.responding.tally import ROW, Tally
from openjpki.site.home import Home, Settings
from openjpki.site.responding import store_of
from openjpki.site.server import free_port
from openjpki.site.watching.responder_metrics import ResponderMeasures, measured

NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home without a store."""
    return Home.create(tmp_path / "home", Settings(purpose="sandbox"))


def told(home: Home, numbers: list[int], at: datetime = NOW) -> dict[str, float]:
    """Return what is told, by name and labels."""
    lines = ResponderMeasures(numbers, store_of(home), lambda: at).text().decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def test_the_answers_of_all_workers_are_one_sum(home: Home) -> None:
    """By what they say and whether they were said before, with their times; who was refused by itself."""
    numbers = [0] * (3 * ROW)
    for row, (word, kept) in enumerate([(Word.GOOD, False), (Word.GOOD, True), (Word.REVOKED, False)]):
        Tally(numbers, row).answered(word, 0.0003, kept=kept)
    for word in (Word.SIGNATURE_REQUIRED, Word.NOT_REGISTERED, Word.UNAUTHORIZED):
        Tally(numbers, 1).answered(word, 5.0, kept=False)
    found = told(home, numbers)

    answers = "openjpki_responder_answers_total"
    assert found[f'{answers}{{source="live",status="good"}}'] == 1
    assert found[f'{answers}{{source="kept",status="good"}}'] == 1
    assert found[f'{answers}{{source="live",status="revoked"}}'] == 1
    assert found["openjpki_responder_requesters_refused_total"] == 2
    times = "openjpki_responder_seconds"
    assert found[f'{times}_bucket{{le="0.0005",source="live"}}'] == 2
    assert found[f'{times}_bucket{{le="+Inf",source="live"}}'] == found[f'{times}_count{{source="live"}}'] == 5
    assert round(found[f'{times}_sum{{source="live"}}'], 4) == 15.0006


@pytest.mark.parametrize(("behind", "sure"), [(0, 1.0), (30, 1.0), (61, 0.0)])
def test_the_store_is_told_as_it_is(home: Home, behind: int, sure: float) -> None:
    """How far it has come, how far it lags, and whether anything is answered from it."""
    writer = StatusWriter(home.status)
    writer.add((), Head(position=7, complete_at=int(NOW.timestamp()), version=1), World())
    writer.close()
    found = told(home, [0] * ROW, NOW + timedelta(seconds=behind))

    assert found["openjpki_responder_store_position"] == 7
    assert found["openjpki_responder_store_lag_seconds"] == behind
    assert found["openjpki_responder_store_sure"] == sure


def test_without_a_store_nothing_is_sure(home: Home) -> None:
    """No lag is told of what is not there."""
    found = told(home, [0] * ROW)

    assert (found["openjpki_responder_store_sure"], found["openjpki_responder_store_position"]) == (0, 0)
    assert "openjpki_responder_store_lag_seconds" not in found


def test_metrics_are_told_at_their_own_port_alone(home: Home) -> None:
    """On loopback, at one address, to who reads; and nowhere if no port is named."""
    port = free_port(0)

    def ask(method: str, path: str) -> tuple[int, bytes]:
        line = HTTPConnection("127.0.0.1", port, timeout=10)
        line.request(method, path)
        reply = line.getresponse()
        found = reply.status, reply.read()
        line.close()
        return found

    with measured(home, port, [0] * ROW):
        status, body = ask("GET", "/metrics")
        assert (status, b"openjpki_responder_answers_total" in body) == (200, True)
        assert ask("HEAD", "/metrics") == (200, b"")
        assert ask("POST", "/metrics")[0] == 405
        assert ask("GET", "/ocsp/signature")[0] == 404
    with measured(home, None, [0] * ROW) as nowhere:
        assert nowhere is None
    with pytest.raises(OSError, match="refused"):
        ask("GET", "/metrics")
