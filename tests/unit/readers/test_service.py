import socket
from pathlib import Path

import pytest

from openjpki.readers.service import SOCKET, kept_awake


def test_a_silent_client_keeps_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the block runs the service has a client, which says nothing; after it, none."""
    place = tmp_path / "comm"
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", str(place))
    with socket.socket(socket.AF_UNIX) as service:
        service.bind(str(place))
        service.listen()
        service.settimeout(30)
        with kept_awake():
            client, _ = service.accept()
            client.setblocking(False)  # noqa: FBT003  -- the socket's own signature
            with pytest.raises(BlockingIOError):
                client.recv(1)
        client.settimeout(30)
        with client:
            assert client.recv(1) == b""


@pytest.mark.parametrize("place", ["nowhere", "x" * 200])
def test_without_a_service_nothing_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """No service, or no place for one, is the dialler's to tell."""
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", str(tmp_path / place))
    with kept_awake():
        pass


def test_the_service_is_where_pcsc_lite_says() -> None:
    """The place that pcsc-lite has compiled in on Linux."""
    assert SOCKET == "/run/pcscd/pcscd.comm"
