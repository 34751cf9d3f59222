"""Who may ask a responder, where not everybody may (setting `ocsp_requesters`, certificates.md §7.5).

The law tells only verifiers who registered (R-5.24); how a responder knows one is not public. Here it is the certificate
beside the signature of the request (RFC 6960 §4.1.1). The register hands its certificates over in a folder.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from openjpki.pki.algorithms import UnsupportedKey
from openjpki.pki.issuer import CertificateUnreadable, load_certificate
from openjpki.pki.keys import SignatureInvalid
from openjpki.pki.ocsp import OcspRequest
from openjpki.pki.ocsp_signature import hold_signature

MAX_CERTIFICATE: Final = 8192
"""Bytes of a file that are read; a requester's certificate stays far below, and one in a request too."""


class SignatureMissing(Exception):
    """The request is not signed: sigRequired (RFC 6960 §2.3)."""


class NotAccepted(Exception):
    """Whoever signed the request may not ask: unauthorized."""


class Requesters(Protocol):
    """The register of those who may ask, as a responder sees it."""

    def accepts(self, certificate: bytes) -> bool:
        """Tell whether the holder of this certificate, DER, may ask now."""
        ...


class Nobody:
    """`Requesters` where no register is kept: it accepts none."""

    def accepts(self, _: bytes) -> bool:
        """Accept nobody."""
        return False


class RequesterFolder:
    """`Requesters` in a folder of certificates, `*.cer`, DER. One that is put there, changed or taken away counts at once.

    The folder is the register's to keep right: a certificate of a verifier who was suspended, or whose key is revoked, is
    taken away. One that is out of date, by the real clock, is none.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now
        self._read: tuple[tuple[str, int, int], ...] | None = None
        self._accepted: Mapping[bytes, tuple[datetime, datetime]] = {}

    def accepts(self, certificate: bytes) -> bool:
        """Tell whether exactly this certificate is in the folder and of this time; nobody's is if there is no folder."""
        there = tuple(sorted(_said(path) for path in self._folder.glob("*.cer")))
        if there != self._read:
            self._accepted = dict(_spans(self._folder.glob("*.cer")))
            self._read = there
        begins, ends = self._accepted.get(sha256(certificate).digest(), _NEVER)
        return begins <= self._now() <= ends


_NEVER = (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC))


def _said(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:  # taken away just now
        return path.name, 0, 0
    return path.name, found.st_mtime_ns, found.st_size


def _spans(paths: Iterable[Path]) -> Iterator[tuple[bytes, tuple[datetime, datetime]]]:
    """Give the SHA-256 of each certificate with the time for which it is one; what is none is left out."""
    for path in paths:
        with suppress(FileNotFoundError, CertificateUnreadable), path.open("rb") as file:
            content = file.read(MAX_CERTIFICATE)
            loaded = load_certificate(content)
            yield sha256(content).digest(), (loaded.not_valid_before_utc, loaded.not_valid_after_utc)


def hold_requester(request: OcspRequest, requesters: Requesters) -> None:
    """Raise `SignatureMissing` or `NotAccepted` unless somebody who may ask signed the request."""
    if request.signature is None:
        raise SignatureMissing
    if not request.signature.certificates:
        raise NotAccepted
    asker = request.signature.certificates[0]
    if not requesters.accepts(asker):
        raise NotAccepted
    try:
        hold_signature(request.signature, asker)
    except (SignatureInvalid, UnsupportedKey, CertificateUnreadable) as error:
        raise NotAccepted from error
