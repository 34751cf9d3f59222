"""Who may ask a responder, where not everybody may (setting `ocsp_requesters`, certificates.md §7.5).

The law tells only verifiers who registered (R-5.24); how a responder knows one is not public. Here it is the certificate
beside the signature of the request (RFC 6960 §4.1.1), which is the one by which the verifiers' door knows it too.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from openjpki.authority.responding.reading import StatusFile
from openjpki.pki.algorithms import UnsupportedKey
from openjpki.pki.issuer import CertificateUnreadable
from openjpki.pki.keys import SignatureInvalid
from openjpki.pki.ocsp import OcspRequest
from openjpki.pki.ocsp_signature import hold_signature
from openjpki.rules.kinds import CertificateKind


class NotAccepted(Exception):
    """Whoever signed the request may not ask: unauthorized (RFC 6960 §2.3)."""


class Requesters(Protocol):
    """The register of those who may ask, as a responder sees it."""

    def accepts(self, certificate: bytes, about: CertificateKind, at: datetime) -> bool:
        """Tell whether the holder of this certificate, DER, may ask about certificates of a kind at the legal moment `at`."""
        ...


class Nobody:
    """`Requesters` where no register is kept: it accepts none."""

    def accepts(self, _certificate: bytes, _about: CertificateKind, _at: datetime) -> bool:
        """Accept nobody."""
        return False


class StoredRequesters:
    """`Requesters` in a node's store, which the follower keeps up to the verifiers' register; `now` is the transport clock.

    A store that knows of none accepts none.
    """

    def __init__(self, store: StatusFile, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def accepts(self, certificate: bytes, about: CertificateKind, at: datetime) -> bool:
        """Tell whether exactly this certificate is in the store, of this time, and for this kind; raises `NotSure`."""
        asker = self._store.asker(sha256(certificate).digest())
        return asker is not None and asker.may_ask(about, at, now=self._now())


def hold_requester(request: OcspRequest, requesters: Requesters, about: CertificateKind, at: datetime) -> None:
    """Raise `NotAccepted` unless somebody who may ask about certificates of a kind signed the request."""
    if request.signature is None or not request.signature.certificates:
        raise NotAccepted
    asker = request.signature.certificates[0]
    if not requesters.accepts(asker, about, at):
        raise NotAccepted
    try:
        hold_signature(request.signature, asker)
    except (SignatureInvalid, UnsupportedKey, CertificateUnreadable) as error:
        raise NotAccepted from error
