"""A signing process in a thread, and the outer forms of what its keys sign."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from openjpki.authority.signing.callers import Callers
from openjpki.authority.signing.guard import Guard
from openjpki.authority.signing.keys import KeyStore
from openjpki.authority.signing.server import listening
from openjpki.pki import der
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.profiles import ProfileSet
from tests.support.hierarchy import BASE_URL

CA, RESPONDER = "signature-ca-0123456789abcdef", "signature-1-ocsp-7-0123456789abcdef"
PROFILES = ProfileSet.sandbox(BASE_URL, algorithm=KeyAlgorithm.P384_SHA_384)

NOW = datetime(2026, 11, 27, tzinfo=UTC)


@contextmanager
def answering(
    folder: Path,
    keys: KeyStore,
    clock: Callable[[], datetime] = lambda: NOW,
    callers: Callers | None = None,
    tell: Callable[[int, int], None] = lambda _, __: None,
) -> Iterator[None]:
    """Answer at the socket of a folder while the block runs; CA certificates are published in its `public/ca`."""
    with listening(folder, keys, Guard(PROFILES, folder / "public" / "ca", clock), callers, tell) as server:
        thread = threading.Thread(target=server.serve)
        thread.start()
        try:
            yield
        finally:
            server.stop()
            thread.join()


def a_certificate() -> bytes:
    """Return the outer form of a TBSCertificate."""
    return der.sequence(der.tlv(der.context(0), der.integer(2)), der.integer(1), *[der.sequence()] * 5)


def an_answer() -> bytes:
    """Return the outer form of a ResponseData."""
    return der.sequence(der.tlv(der.context(2), der.octet_string(bytes(20))), der.generalized_time(NOW), der.sequence())


FORMS: dict[str, Callable[[], bytes]] = {"certificate": a_certificate, "answer": an_answer}
