"""The responder that the bench asks: the application of a node over a store of one moment, with a key in memory."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from openjpki.authority.responding.answering import StatusDesk
from openjpki.authority.responding.application import OcspApplication
from openjpki.authority.responding.cache import CachedDesk
from openjpki.authority.responding.form import Generation, Head, Responder, World
from openjpki.authority.responding.reading import StatusFile
from openjpki.authority.responding.store import Entry, StatusWriter
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import SoftwareSigner, StreamSigner
from openjpki.site.clock import real_moment
from tests.support.hierarchy import ISSUED, Hierarchy

FOLDER = "OPENJPKI_BENCH_STORE"
KEY = "OPENJPKI_BENCH_KEY"
MOMENT = ISSUED + timedelta(hours=1)
CERTIFICATES = 100_000
"""In the store: a lookup has a tree to go down."""


class OneKey:
    """A keeper of the responder's key."""

    def __init__(self, signer: StreamSigner) -> None:
        self._signer = signer

    def make(self, prefix: str, algorithm: KeyAlgorithm) -> str:
        """Make none."""
        raise NotImplementedError(prefix, algorithm)

    def signer(self, _: str) -> StreamSigner:
        """Return the one."""
        return self._signer


def write_store(folder: Path, made: Hierarchy) -> None:
    """Write a store that is complete at the bench's moment, with the holder's certificate in it."""
    serial = x509.load_der_x509_certificate(made.holder).serial_number
    responder = Responder(
        certificate=made.responder, key_name="responder", not_before=ISSUED, not_after=ISSUED + timedelta(days=20)
    )
    generation = Generation(
        number=1,
        kind=made.kind.value,
        certificate=made.ca,
        not_before=ISSUED - timedelta(days=30),
        not_after=ISSUED + timedelta(days=3000),
        responders=(responder,),
    )
    others = (Entry(issuer=1, serial=serial + number, standing=b"") for number in range(1, CERTIFICATES))
    writer = StatusWriter(folder)
    head = Head(position=CERTIFICATES, complete_at=int(MOMENT.timestamp()), version=1)
    writer.add((Entry(issuer=1, serial=serial, standing=b""), *others), head, World(generations=(generation,)))
    writer.close()


def store_of(folder: Path) -> StatusFile:
    """Return the store, for which no time passes."""
    minute = timedelta(minutes=1)
    return StatusFile(folder, answer=15 * minute, bound=minute, tolerance=minute, elapsed=lambda: 0.0)


def write_key(path: Path, made: Hierarchy) -> None:
    """Write the responder's key, PEM: keys of the test hierarchies are another process's own."""
    key = made.responder_signer._private_key  # noqa: SLF001  -- a bench may hold the key that a keeper would
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _signer(path: Path) -> SoftwareSigner:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return SoftwareSigner(key)


def application() -> OcspApplication:
    """Return the application over the folder and with the key that the environment names."""
    store = store_of(Path(os.environ[FOLDER]))
    desk = StatusDesk(store=store, keys=OneKey(_signer(Path(os.environ[KEY]))))
    clock: Callable[[], datetime] = lambda: MOMENT  # noqa: E731  -- the moment stands still
    return OcspApplication(desk=CachedDesk(desk, store), store=store, clock=clock, real=real_moment, fault=print)
