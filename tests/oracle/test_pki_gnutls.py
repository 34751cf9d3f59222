"""What GnuTLS says of our certificates and lists. It only knows the real time, so everything is issued lately."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.crl import RevokedEntry
from openjpki.pki.keys import key_identifier
from openjpki.rules.kinds import CertificateKind, RevocationReason
from tests.support.hierarchy import DAY, HOLDER_SERIAL, HOUR, ISSUED, Hierarchy, hierarchy

pytestmark = pytest.mark.oracle

EACH = [(kind, algorithm) for algorithm in KeyAlgorithm for kind in CertificateKind]


@pytest.fixture(params=EACH, ids=lambda each: f"{each[0].value}-{each[1].value}")
def made(request: pytest.FixtureRequest) -> Hierarchy:
    """Return each hierarchy, issued in the last two days."""
    shift = (datetime.now(UTC) - ISSUED).days - 1
    return hierarchy(*request.param, shift=shift * DAY)


def certtool(*arguments: str | Path) -> str:
    """Run certtool; return what it says, content or not."""
    run = subprocess.run(["certtool", *arguments], capture_output=True, text=True, check=False)
    return run.stdout + run.stderr


def certificate(folder: Path, der: bytes) -> Path:
    """Write a certificate as PEM."""
    path = folder / f"{len(list(folder.iterdir()))}.pem"
    path.write_bytes(x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM))
    return path


def revocation_list(folder: Path, der: bytes) -> Path:
    """Write a list as PEM."""
    path = folder / f"{len(list(folder.iterdir()))}.pem"
    path.write_bytes(x509.load_der_x509_crl(der).public_bytes(serialization.Encoding.PEM))
    return path


def test_gnutls_verifies_the_chain(made: Hierarchy, tmp_path: Path) -> None:
    """The holder's certificate is trusted under its CA, and not under a look-alike's."""
    holder, ca = certificate(tmp_path, made.holder), certificate(tmp_path, made.ca)
    fake = hierarchy(made.kind, made.algorithm, ca_position=3, shift=made.shift)
    said = certtool("--verify", "--infile", holder, "--load-ca-certificate", ca)
    refused = certtool("--verify", "--infile", holder, "--load-ca-certificate", certificate(tmp_path, fake.ca))

    assert "Chain verification output: Verified. The certificate is trusted." in said
    assert "NOT trusted" in refused


def test_gnutls_reads_the_certificate(made: Hierarchy, tmp_path: Path) -> None:
    """Names, dates, key identifiers, usages and policy as certtool prints them."""
    said = certtool("--certificate-info", "--infile", certificate(tmp_path, made.holder))

    assert "O=JPKI-TEST,C=JP" in said
    assert "14:59:59 UTC" in said
    assert key_identifier(made.holder_signer.public_key).hex() in said
    assert key_identifier(made.ca_signer.public_key).hex() in said
    assert made.profiles.policy(made.kind) in said
    assert "Certificate Policies (critical)" in said
    assert made.profiles.ocsp_url(made.kind) in said
    assert ("Non repudiation." in said) is (made.kind is CertificateKind.SIGNATURE)
    assert ("TLS WWW Client." in said) is (made.kind is CertificateKind.AUTHENTICATION)
    assert ("otherName OID: 1.2.392.200149.8.5.5.1" in said) is (made.kind is CertificateKind.SIGNATURE)


def test_gnutls_verifies_the_list(made: Hierarchy, tmp_path: Path) -> None:
    """The list's signature is the CA's; serial, number and dates are readable."""
    now = datetime.now(UTC)
    entry = RevokedEntry(serial=HOLDER_SERIAL, revoked_at=now - 2 * HOUR, reason=RevocationReason.SUPERSEDED)
    crl = revocation_list(tmp_path, made.crl(entry, number=12, this_update=now - HOUR, next_update=now + DAY))
    said = certtool("--verify-crl", "--infile", crl, "--load-ca-certificate", certificate(tmp_path, made.ca))
    info = certtool("--crl-info", "--infile", crl)

    assert "Verification output: Verified. The certificate is trusted." in said
    assert "CRL Number (not critical): 0c" in info
    assert f"Serial Number (hex): {HOLDER_SERIAL:04x}" in info
    assert "Unknown extension 2.5.29.28 (critical)" in info, "GnuTLS 3.7 prints the issuingDistributionPoint unread"


def test_gnutls_sees_the_revocation(made: Hierarchy, tmp_path: Path) -> None:
    """A certificate on the list is revoked, one that is not is trusted."""
    now = datetime.now(UTC)
    entry = RevokedEntry(serial=HOLDER_SERIAL, revoked_at=now - 2 * HOUR, reason=RevocationReason.SUPERSEDED)
    lately, later = now - HOUR, now + DAY
    holder, ca = certificate(tmp_path, made.holder), certificate(tmp_path, made.ca)
    verify = ("--verify", "--infile", holder, "--load-ca-certificate", ca, "--load-crl")
    listed = revocation_list(tmp_path, made.crl(entry, this_update=lately, next_update=later))
    empty = revocation_list(tmp_path, made.crl(this_update=lately, next_update=later))

    assert "revoked" in certtool(*verify, listed)
    assert "Verified. The certificate is trusted." in certtool(*verify, empty)
