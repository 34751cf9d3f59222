"""The responder that the bench asks: the application of a node over a store of one moment, with a key in memory."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from openjpki.authority.responding.answering import StatusDesk
from openjpki.authority.responding.application import OcspApplication
from openjpki.authority.responding.cache import CachedDesk
from openjpki.authority.responding.store import Entry, Generation, Head, Responder, StatusFile, StatusWriter, World
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import StreamSigner
from tests.support.hierarchy import ISSUED, Hierarchy, hierarchy

FOLDER = "OPENJPKI_BENCH_STORE"
MOMENT = ISSUED + timedelta(hours=1)
CERTIFICATES = 100_000
"""In the store: a lookup has a tree to go down."""


class OneKey:
    """A keeper of the responder's key."""

    def __init__(self, made: Hierarchy) -> None:
        self._signer = made.responder_signer

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


def application() -> OcspApplication:
    """Return the application over the folder that the environment names."""
    store = store_of(Path(os.environ[FOLDER]))
    desk = StatusDesk(store=store, keys=OneKey(hierarchy()))
    clock: Callable[[], datetime] = lambda: MOMENT  # noqa: E731  -- the moment stands still
    return OcspApplication(
        desk=CachedDesk(desk, store), store=store, clock=clock, real=lambda: datetime.now(UTC), fault=print
    )
