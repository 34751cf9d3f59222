"""A small CA for lines over HTTPS: it certifies the two ends of one, and has nothing to do with holders.

The desk has one, and the door of the verifiers another, so that nobody who is let in at one is let in at the other.

Its certificates are ordinary TLS ones (RFC 5280, P-256), so no JPKI profile applies to them and none of its keys is a CA
key of the service. A municipality is named by the URI `urn:openjpki:municipality:CODE` among its subject's names.
"""

import ipaddress
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from openjpki.desk.tls import PEER, ClientFiles

CA_DAYS: Final = 3653
LEAF_DAYS: Final = 397
RENEWED_BEFORE: Final = timedelta(days=30)
"""An end's certificate is made anew when it has less than this to go."""
_EARLIER: Final = timedelta(minutes=5)
"""Clocks of two machines may differ by this much."""
_NO_USE: Final = {
    "content_commitment": False,
    "key_encipherment": False,
    "data_encipherment": False,
    "key_agreement": False,
    "encipher_only": False,
    "decipher_only": False,
}


class DeskCa:
    """The CA in a folder: `ca.key`, `ca.pem`, and `server.pem`, which holds key and certificate of the authority's end.

    `now` is the transport clock's moment; `write` puts a private file (0600) in its place, whole or not at all; `line`
    is what the line is called in its certificates.
    """

    def __init__(self, folder: Path, write: Callable[[Path, bytes], None], *, line: str = "desk") -> None:
        self._folder = folder
        self._write = write
        self._line = line

    @property
    def certificate(self) -> Path:
        """Return the file of the CA's certificate, PEM."""
        return self._folder / "ca.pem"

    def found(self, now: datetime) -> None:
        """Make the CA's key and certificate, unless they are there."""
        if self.certificate.exists():
            return
        key = generate_private_key(SECP256R1())
        name = _name(f"OpenJPKI {self._line} CA (test)")
        certificate = (
            _builder(name, name, key.public_key(), now, CA_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(
                x509.KeyUsage(digital_signature=False, key_cert_sign=True, crl_sign=True, **_NO_USE), critical=True
            )
            .sign(key, SHA256())
        )
        self._write(self._folder / "ca.key", _pem(key))
        self._write(self.certificate, certificate.public_bytes(Encoding.PEM))

    def server_file(self, now: datetime) -> Path:
        """Return the file of the authority's end on loopback, made or renewed if need be."""
        names = (x509.IPAddress(ipaddress.IPv4Address("127.0.0.1")), x509.DNSName("localhost"))
        path = self._folder / "server.pem"
        self._issue(path, f"OpenJPKI {self._line}", names, ExtendedKeyUsageOID.SERVER_AUTH, now)
        return path

    def client_files(self, folder: Path, municipality: str, now: datetime) -> ClientFiles:
        """Return the file of a municipality's end, made or renewed in its own folder if need be, and what it trusts."""
        path = folder / "client.pem"
        names = (x509.UniformResourceIdentifier(PEER + municipality),)
        self._issue(path, municipality, names, ExtendedKeyUsageOID.CLIENT_AUTH, now)
        return ClientFiles(certificate=path, trust=self.certificate)

    def _issue(
        self, path: Path, name: str, names: Sequence[x509.GeneralName], usage: x509.ObjectIdentifier, now: datetime
    ) -> None:
        """Write key and certificate of an end into one file, so that they always belong together."""
        if _lasts(path, now):
            return
        key = generate_private_key(SECP256R1())
        made = self.certify(key.public_key(), name, names, usage, now)
        self._write(path, _pem(key) + made.public_bytes(Encoding.PEM))

    def certify(
        self,
        key: CertificatePublicKeyTypes,
        name: str,
        names: Sequence[x509.GeneralName],
        usage: x509.ObjectIdentifier,
        now: datetime,
    ) -> x509.Certificate:
        """Return a certificate for somebody's public key, valid for `LEAF_DAYS`; only the key is taken from outside."""
        ca = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        ca_key = load_pem_private_key((self._folder / "ca.key").read_bytes(), None)
        if not isinstance(ca_key, EllipticCurvePrivateKey):
            raise TypeError
        return (
            _builder(_name(name), ca.subject, key, now, LEAF_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(digital_signature=True, key_cert_sign=False, crl_sign=False, **_NO_USE), critical=True
            )
            .add_extension(x509.ExtendedKeyUsage((usage,)), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
            .sign(ca_key, SHA256())
        )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: CertificatePublicKeyTypes, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _lasts(path: Path, now: datetime) -> bool:
    """Say whether a certificate is there and has long enough to go."""
    if not path.exists():
        return False
    found = x509.load_pem_x509_certificate(path.read_bytes())
    return found.not_valid_after_utc - now > RENEWED_BEFORE


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        (
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "JPKI-TEST"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        )
    )


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
