"""Who may ask a responder, where not everybody may (setting `ocsp_requesters`, certificates.md §7.5).

The law tells only verifiers who registered (R-5.24); how a responder knows one is not public. Here it is the certificate
beside the signature of the request (RFC 6960 §4.1.1). The register hands its certificates over in a folder.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from openjpki.pki.algorithms import UnsupportedKey
from openjpki.pki.issuer import CertificateUnreadable
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


class RequesterFolder:
    """`Requesters` in a folder of certificates, `*.cer`, DER. One that is put there, or taken away, counts at once.

    The folder is the register's to keep right: a certificate that is out of date or revoked is taken away.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read_at: int | None = None
        self._accepted: frozenset[bytes] = frozenset()

    def accepts(self, certificate: bytes) -> bool:
        """Tell whether exactly this certificate is in the folder; nobody's is if there is no folder."""
        try:
            changed_at = self._folder.stat().st_mtime_ns
        except FileNotFoundError:
            return False
        if changed_at != self._read_at:
            self._accepted = frozenset(map(_digest, self._folder.glob("*.cer")))
            self._read_at = changed_at
        return sha256(certificate).digest() in self._accepted


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return sha256(file.read(MAX_CERTIFICATE)).digest()


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
