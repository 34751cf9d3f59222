"""TLS of the desk: each end shows a certificate of the desk's own CA, and the municipality's names its code.

TLS 1.3 only, and no tickets: no session can be resumed, so every connection proves its peer anew.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PEER: Final = "urn:openjpki:municipality:"
"""What a municipality's certificate calls it, before the code."""


@dataclass(frozen=True, kw_only=True)
class ClientFiles:
    """What a municipality shows and trusts on the line, PEM."""

    certificate: Path
    """Private key and certificate, in one file."""
    trust: Path
    """The certificate of the desk's own CA."""

    def context(self) -> ssl.SSLContext:
        """Return a TLS context that trusts the desk's CA alone; raises `OSError` (`ssl.SSLError` too) for bad files."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_verify_locations(self.trust)
        context.load_cert_chain(self.certificate)
        return context


def server_context(certificate: Path, trust: Path) -> ssl.SSLContext:
    """Return a TLS context that asks every client for a certificate of the desk's CA; raises `OSError`.

    `certificate` holds the server's private key and certificate, `trust` the CA's certificate, PEM.
    """
    context = _asking(certificate)
    context.load_verify_locations(trust)
    return context


def anchored_context(certificate: Path, anchors: bytes) -> ssl.SSLContext:
    """Return a TLS context that asks every client for a certificate that one of the anchors signed; raises `OSError`.

    `anchors` are certificates, DER behind DER; each is trusted by itself, whoever signed it. Without any, nobody comes in.
    """
    context = _asking(certificate)
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    if anchors:
        context.load_verify_locations(cadata=anchors)
    return context


def _asking(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(certificate)
    context.num_tickets = 0
    return context


def peer_of(certificate: Mapping[str, Any]) -> str:
    """Return the municipality that a verified certificate (`SSLSocket.getpeercert`) names, or the empty text."""
    names = [value for kind, value in certificate.get("subjectAltName", ()) if kind == "URI" and value.startswith(PEER)]
    codes = [name.removeprefix(PEER) for name in names]
    return codes[0] if len(codes) == 1 and re.fullmatch("[0-9]{5}", codes[0]) else ""
