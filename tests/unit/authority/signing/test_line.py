import socket
from pathlib import Path

import pytest

from openjpki.authority.signing.client import RemoteKeys
from openjpki.authority.signing.keys import KeyStore
from openjpki.authority.signing.line import MOST, address
from openjpki.pki.algorithms import KeyAlgorithm
from tests.support.signing import answering

P384 = KeyAlgorithm.P384_SHA_384


def test_a_home_may_lie_deep(tmp_path: Path, store: KeyStore) -> None:
    """A Unix address has 107 bytes, a path may have more."""
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    with answering(deep, store):
        RemoteKeys(deep).make("signature-ca", P384)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\0\0",
        (MOST + 1).to_bytes(4),
        (4).to_bytes(4) + b"\xc1\xc1\xc1\xc1",
        (3).to_bytes(4) + b"\x01",
        (300).to_bytes(4) + b"\x81" * 300,
    ],
)
def test_whoever_says_something_else_gets_no_answer(tmp_path: Path, store: KeyStore, said: bytes) -> None:
    """Half a message, too long a one and one of another grammar end their connection; the next one is answered."""
    with answering(tmp_path, store):
        with socket.socket(socket.AF_UNIX) as line, address(tmp_path) as place:
            line.connect(place)
            line.sendall(said)
            line.shutdown(socket.SHUT_WR)
            assert line.recv(1) == b""
        RemoteKeys(tmp_path).make("signature-ca", P384)
