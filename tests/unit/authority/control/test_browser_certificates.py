import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from openjpki.authority.control.browser_certificates import (
    MOST_DAYS,
    BrowserCertificateOver,
    BrowserCertificateRefused,
    anchors,
    hold,
    made,
    operator_in,
    operator_name,
)
from openjpki.authority.control.operator_keys import OperatorKey, PassphraseTooShort

NOW = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
KEY, OTHER = OperatorKey.generate(), OperatorKey.generate()
PASSPHRASE = b"correct horse battery"


def certificate(days: int = 1) -> bytes:
    """Return a browser's certificate, DER."""
    _, found, _ = pkcs12.load_key_and_certificates(made("sato", KEY, NOW, days=days, passphrase=PASSPHRASE), PASSPHRASE)
    assert found is not None
    return found.public_bytes(Encoding.DER)


def test_the_browser_gets_a_key_of_its_own() -> None:
    """The operator's key signs and stays where it is; the file opens by its passphrase alone."""
    packed = made("sato", KEY, NOW, days=1, passphrase=PASSPHRASE)
    private, found, _ = pkcs12.load_key_and_certificates(packed, PASSPHRASE)

    assert isinstance(private, ec.EllipticCurvePrivateKey)
    assert found is not None
    assert found.public_key() == private.public_key()
    assert OperatorKey(private).public_key != KEY.public_key
    with pytest.raises(ValueError, match="password"):
        pkcs12.load_key_and_certificates(packed, b"another passphrase")
    with pytest.raises(PassphraseTooShort):
        made("sato", KEY, NOW, days=1, passphrase=b"short")


def test_it_counts_while_it_lasts_and_by_its_operators_key_alone() -> None:
    """Neither before nor after, nor by another's key; it lives for days."""
    shown = certificate()
    assert operator_in(shown) == "sato"
    hold(shown, KEY.public_key, NOW)
    hold(shown, KEY.public_key, NOW + timedelta(days=1))
    with pytest.raises(BrowserCertificateRefused):
        hold(shown, OTHER.public_key, NOW)
    for moment in (NOW - timedelta(minutes=6), NOW + timedelta(days=1, seconds=1)):
        with pytest.raises(BrowserCertificateOver):
            hold(shown, KEY.public_key, moment)
    with pytest.raises(BrowserCertificateOver):
        hold(certificate(days=400), KEY.public_key, NOW + timedelta(days=MOST_DAYS, seconds=1))


def built(
    *,
    issuer: x509.Name | None = None,
    days: float = 1,
    usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH,
    ca: bool = False,
    extended: bool = True,
) -> bytes:
    """Return a certificate that an operator's own key made by other means."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(operator_name("x"))
        .issuer_name(issuer or operator_name("sato"))
        .public_key(ec.generate_private_key(ec.SECP256R1()).public_key())
        .serial_number(7)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return KEY.certify(builder).public_bytes(Encoding.DER)


def test_what_the_key_signed_for_something_else_opens_nothing() -> None:
    """A CA, a server, a life beyond the longest, no usage, another hash: none is a browser's certificate."""
    hold(built(), KEY.public_key, NOW)
    wrong = [built(days=8), built(ca=True), built(usage=ExtendedKeyUsageOID.SERVER_AUTH), built(extended=False)]
    builder = x509.CertificateBuilder().subject_name(operator_name("x")).issuer_name(operator_name("sato"))
    whole = builder.public_key(KEY._private.public_key()).serial_number(7).not_valid_before(NOW)
    other_hash = whole.not_valid_after(NOW + timedelta(days=1)).sign(KEY._private, SHA512())
    for shown in (*wrong, other_hash.public_bytes(Encoding.DER)):
        with pytest.raises(BrowserCertificateRefused):
            hold(shown, KEY.public_key, NOW)


def test_what_names_no_operator_is_refused() -> None:
    """Bytes that are no certificate, too many of them, and a name of another form."""
    nameless = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sato")])
    empty = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "JPKI-TEST")])
    for shown in (b"", b"\x30" * 9000, built(issuer=nameless), built(issuer=empty)):
        with pytest.raises(BrowserCertificateRefused):
            operator_in(shown)


def test_what_tls_trusts_is_the_operators_and_nobody_elses() -> None:
    """One certificate for each, of a day, under the operator's name and key; a key of another sort is a bug."""
    signer = ec.generate_private_key(ec.SECP256R1())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_verify_locations(cadata=anchors([("sato", KEY.public_key), ("tanaka", OTHER.public_key)], signer, NOW))
    told = str([one["subject"] for one in context.get_ca_certs()])

    assert ("'sato'" in told, "'tanaka'" in told, len(context.get_ca_certs())) == (True, True, 2)
    first = x509.load_der_x509_certificate(anchors([("sato", KEY.public_key)], signer, NOW))
    assert first.not_valid_after_utc - NOW <= timedelta(days=1)
    assert first.signature_hash_algorithm is not None
    assert isinstance(first.signature_hash_algorithm, SHA256)
    with pytest.raises(TypeError):
        anchors([("sato", _edwards())], signer, NOW)


def _edwards() -> bytes:
    from cryptography.hazmat.primitives.asymmetric import ed25519
    from cryptography.hazmat.primitives.serialization import PublicFormat

    public = ed25519.Ed25519PrivateKey.generate().public_key()
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
