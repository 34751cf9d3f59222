import socket
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from openjpki.site.server import LOOPBACK, Listener, PortTaken, free_port, holding_port, listening, require_port


def hello(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answer every request with a word."""
    start("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


def test_it_answers_on_loopback_while_the_block_runs() -> None:
    """The story's server is there for the story and gone after it."""
    with listening(0) as listener:
        address = f"http://{LOOPBACK}:{listener.port}/"
        with listener.answering(hello), urllib.request.urlopen(address, timeout=5) as response:
            assert response.read() == b"hello"

    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address, timeout=5)


def test_a_port_is_held_before_it_is_answered() -> None:
    """Two stories begun at once get two ports: the first keeps its own while its home is being made."""
    with listening(0) as first, listening(first.port) as second:
        assert first.port != second.port
        assert free_port(first.port) != first.port


def test_a_taken_port_is_refused_by_name() -> None:
    """Two servers cannot share a port: the second is told which."""
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(PortTaken, match=str(port)):
            Listener(port)
        with pytest.raises(PortTaken):
            require_port(port)
        assert free_port(port) != port


def test_a_free_port_is_kept() -> None:
    """A port that nobody uses is used as asked."""
    port = free_port(0)

    assert free_port(port) == port
    require_port(port)


def test_one_server_holds_a_port() -> None:
    """Two servers begun at once do not share a port: the second is told, also before anybody listens; later it is free."""
    port = free_port(0)
    with holding_port(port), pytest.raises(PortTaken, match=str(port)), holding_port(port):
        pass
    with holding_port(port):
        pass


def test_a_port_of_another_program_is_not_held() -> None:
    """A port on which another program listens is refused by name."""
    with (
        socket.create_server((LOOPBACK, 0)) as other,
        pytest.raises(PortTaken),
        holding_port(other.getsockname()[1]),
    ):
        pytest.fail("held")
