"""By what an operator's browser is known at the pages: a certificate of some days that the operator's own key signs.

The browser gets a key of its own, so the key that approves never leaves the operator's file: whoever takes the browser's
may look, and stop a card, until the certificate ends, and approves nothing. Nobody but the operator makes one, and no
list of them is kept: it counts because an enrolled key signed it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, load_der_public_key, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from openjpki.authority.control.operator_keys import SHORTEST_PASSPHRASE, OperatorKey, PassphraseTooShort
from openjpki.errors import Failure, Kind

MOST_DAYS: Final = 7
"""A certificate's life at most: it is ended before only by the removal of its operator."""
_EARLIER: Final = timedelta(minutes=5)
"""Clocks of two machines may differ by this much."""
_ANCHORED: Final = timedelta(days=1)
"""The life of what TLS is told to trust: it is told anew every few seconds."""
_MAX_CERTIFICATE: Final = 8 * 1024
"""Bytes of a browser's certificate: ours has about 600."""
_MAX_NAME: Final = 32
"""Characters of an operator's name."""
_NO_USE: Final = {
    "content_commitment": False,
    "key_encipherment": False,
    "data_encipherment": False,
    "key_agreement": False,
    "crl_sign": False,
    "encipher_only": False,
    "decipher_only": False,
}


class BrowserCertificateRefused(Failure):
    """It is not signed by an enrolled operator's key, or is none that an operator makes for a browser."""

    code = "authority.operators.browser-certificate-refused"
    kind = Kind.REFUSED
    ja = "この証明書は、登録中の運用者が作ったブラウザー用の証明書ではありません。`openjpki authority operator browser` で作ってください。"
    en = "This certificate was not made for a browser by an enrolled operator. Make one: `openjpki authority operator browser`."


class BrowserCertificateOver(Failure):
    """It has ended, or has not begun."""

    code = "authority.operators.browser-certificate-over"
    kind = Kind.REFUSED
    ja = "ブラウザー用の証明書の有効期間外です。`openjpki authority operator browser` で新しいものを作ってください。"
    en = "The browser's certificate has ended, or has not begun. Make a new one: `openjpki authority operator browser`."


def operator_name(name: str) -> x509.Name:
    """Return the name under which an operator's key certifies."""
    return _name("operators", name)


def made(name: str, key: OperatorKey, now: datetime, *, days: int, passphrase: bytes) -> bytes:
    """Return a new key with its certificate for an operator's browser, PKCS #12; raises `PassphraseTooShort`.

    `now` is the transport clock's; the life of `days` is held to `MOST_DAYS`.
    """
    if len(passphrase.decode(errors="replace")) < SHORTEST_PASSPHRASE:
        raise PassphraseTooShort(least=SHORTEST_PASSPHRASE)
    private = ec.generate_private_key(ec.SECP256R1())
    ends = now + timedelta(days=min(days, MOST_DAYS))
    builder = _builder(operator_name(name), _name("operators' browsers", name), private.public_key(), now, ends)
    certificate = key.certify(
        builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=False, **_NO_USE), critical=True)
        .add_extension(x509.ExtendedKeyUsage((ExtendedKeyUsageOID.CLIENT_AUTH,)), critical=False)
    )
    return pkcs12.serialize_key_and_certificates(
        f"OpenJPKI {name}".encode(), private, certificate, None, BestAvailableEncryption(passphrase)
    )


def operator_in(certificate: bytes) -> str:
    """Return which operator a certificate says has signed it; raises `BrowserCertificateRefused`. Nothing is proven yet."""
    issuer = _read(certificate).issuer
    for attribute in issuer.get_attributes_for_oid(NameOID.COMMON_NAME):
        name = attribute.value
        if isinstance(name, str) and 0 < len(name) <= _MAX_NAME and issuer == operator_name(name):
            return name
    raise BrowserCertificateRefused


def hold(certificate: bytes, public_key: bytes, now: datetime) -> None:
    """Raise `BrowserCertificateRefused` or `BrowserCertificateOver` unless this key made the certificate for a browser of now."""
    read, key = _read(certificate), load_der_public_key(public_key)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(read.signature_hash_algorithm, SHA256):
        raise BrowserCertificateRefused
    try:
        key.verify(read.signature, read.tbs_certificate_bytes, ec.ECDSA(SHA256()))
        usage = list(read.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
        is_ca = read.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (InvalidSignature, x509.ExtensionNotFound, x509.DuplicateExtension, ValueError) as error:
        raise BrowserCertificateRefused from error
    life = read.not_valid_after_utc - read.not_valid_before_utc
    if is_ca or usage != [ExtendedKeyUsageOID.CLIENT_AUTH] or life > timedelta(days=MOST_DAYS) + _EARLIER:
        raise BrowserCertificateRefused
    if not read.not_valid_before_utc <= now <= read.not_valid_after_utc:
        raise BrowserCertificateOver


def anchors(operators: Sequence[tuple[str, bytes]], signer: ec.EllipticCurvePrivateKey, now: datetime) -> bytes:
    """Return what TLS takes as trusted: name and key of each operator as a CA certificate of a day, DER behind DER.

    Their own signatures count for nothing: they are made where they are trusted, by a key that is thrown away.
    """
    return b"".join(_anchor(name, public_key, signer, now) for name, public_key in operators)


def _anchor(name: str, public_key: bytes, signer: ec.EllipticCurvePrivateKey, now: datetime) -> bytes:
    key = load_der_public_key(public_key)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError
    builder = _builder(_name("pages", "anchors"), operator_name(name), key, now, now + _ANCHORED)
    ca = x509.BasicConstraints(ca=True, path_length=0)
    return builder.add_extension(ca, critical=True).sign(signer, SHA256()).public_bytes(Encoding.DER)


def _read(certificate: bytes) -> x509.Certificate:
    if len(certificate) > _MAX_CERTIFICATE:
        raise BrowserCertificateRefused
    try:
        return x509.load_der_x509_certificate(certificate)
    except ValueError as error:
        raise BrowserCertificateRefused from error


def _builder(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(ends)
    )


def _name(unit: str, name: str) -> x509.Name:
    return x509.Name(
        (
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "JPKI-TEST"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        )
    )
