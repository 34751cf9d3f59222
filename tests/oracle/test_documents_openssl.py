"""What openssl says of the CMS signatures made here, and what the verifier here says of openssl's."""

import hashlib
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asn1crypto import pem
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from openjpki.documents.evidence import Evidence
from openjpki.documents.indications import Indication
from openjpki.documents.report import Report
from openjpki.documents.sign import sign_cms
from openjpki.documents.verify import verify_cms
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.crl import RevokedEntry
from openjpki.pki.keys import PrivateKey
from openjpki.rules.kinds import CertificateKind, RevocationReason
from tests.support.hierarchy import HOLDER_SERIAL, HOUR, ISSUED, Hierarchy, hierarchy
from tests.support.keys import PooledKeys

pytestmark = pytest.mark.oracle

CONTENT = "申請書\r\n第一号\n".encode()
SIGNED = ISSUED + 2 * HOUR
NOW = ISSUED + 3 * HOUR
MOVED = RevokedEntry(serial=HOLDER_SERIAL, revoked_at=ISSUED + HOUR, reason=RevocationReason.AFFILIATION_CHANGED)


@dataclass(frozen=True)
class HolderCard:
    """A `DocumentSigner` over the key of a hierarchy's holder."""

    made: Hierarchy

    @property
    def certificate(self) -> bytes:
        """Return the holder's certificate."""
        return self.made.holder

    @property
    def chain(self) -> Sequence[bytes]:
        """Return the CA's certificate."""
        return (self.made.ca,)

    @property
    def private(self) -> PrivateKey:
        """Return the third key of the pool, which the hierarchy gave to the holder."""
        keys = PooledKeys()
        return [keys.generate(self.made.algorithm) for _ in range(3)][2]

    def sign_digest(self, digest_name: str, digest: bytes) -> bytes:
        """Sign a digest."""
        hashed = Prehashed({"sha256": hashes.SHA256(), "sha384": hashes.SHA384()}[digest_name])
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(digest, padding.PKCS1v15(), hashed)
        return self.private.sign(digest, ec.ECDSA(hashed))


@dataclass(frozen=True)
class Folder:
    """A hierarchy and the files that openssl wants."""

    made: Hierarchy
    path: Path

    def trust(self, *entries: RevokedEntry) -> Path:
        """Write CA certificate and CRL into one PEM file."""
        file = self.path / "trust.pem"
        file.write_bytes(pem.armor("CERTIFICATE", self.made.ca) + pem.armor("X509 CRL", self.made.crl(*entries)))
        return file

    def verify(
        self,
        message: bytes,
        *entries: RevokedEntry,
        policy: str | None = None,
        content: bytes = CONTENT,
        at: datetime = NOW,
    ) -> tuple[bool, str]:
        """Let openssl verify a signature with path, list, policy and CAdES attributes."""
        (self.path / "signature").write_bytes(message)
        (self.path / "content").write_bytes(content)
        run = subprocess.run(
            [
                *("openssl", "cms", "-verify", "-inform", "DER", "-binary", "-in", self.path / "signature"),
                *("-content", self.path / "content", "-CAfile", self.trust(*entries), "-purpose", "any", "-cades"),
                *("-crl_check", "-policy", policy or self.made.profiles.policy(self.made.kind), "-explicit_policy"),
                *("-attime", str(int(at.timestamp())), "-out", self.path / "out"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        return run.returncode == 0, run.stderr

    def judge(self, message: bytes, *entries: RevokedEntry, content: bytes | None = CONTENT) -> Report:
        """Let our own verifier judge it by the same evidence."""
        return verify_cms(
            message,
            content=content,
            policies={self.made.profiles.policy(self.made.kind)},
            evidence=Evidence(anchors=(self.made.ca,), crls=(self.made.crl(*entries),)),
            at=NOW,
        )


@pytest.fixture(params=KeyAlgorithm, ids=lambda algorithm: algorithm.value)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    """Return the signature hierarchy of each algorithm."""
    return Folder(hierarchy(CertificateKind.SIGNATURE, request.param), tmp_path)


@pytest.mark.parametrize("detached", [True, False], ids=["detached", "attached"])
def test_openssl_accepts_what_is_signed_here(folder: Folder, *, detached: bool) -> None:
    """CAdES attributes, path, CRL and explicit policy hold; both verifiers agree."""
    message = sign_cms(CONTENT, HolderCard(folder.made), moment=SIGNED, detached=detached)

    accepted, said = folder.verify(message)

    assert accepted, said
    assert folder.judge(message).indication is Indication.TOTAL_PASSED


def test_both_refuse_other_content(folder: Folder) -> None:
    """One byte more."""
    message = sign_cms(CONTENT, HolderCard(folder.made), moment=SIGNED)

    assert not folder.verify(message, content=CONTENT + b"!")[0]
    assert folder.judge(message, content=CONTENT + b"!").indication is Indication.TOTAL_FAILED


def test_both_refuse_a_revoked_certificate(folder: Folder) -> None:
    """The municipality's list names it."""
    message = sign_cms(CONTENT, HolderCard(folder.made), moment=SIGNED)

    accepted, said = folder.verify(message, MOVED)

    assert not accepted
    assert "certificate revoked" in said
    assert folder.judge(message, MOVED).indication is Indication.TOTAL_FAILED


def test_both_refuse_another_policy(folder: Folder) -> None:
    """An explicit policy is required."""
    message = sign_cms(CONTENT, HolderCard(folder.made), moment=SIGNED)

    accepted, said = folder.verify(message, policy="1.2.3.4")

    assert not accepted
    assert "policy" in said


def test_both_refuse_an_expired_certificate(folder: Folder) -> None:
    """Six years later."""
    message = sign_cms(CONTENT, HolderCard(folder.made), moment=SIGNED)

    assert not folder.verify(message, at=NOW + timedelta(days=6 * 366))[0]


@pytest.mark.parametrize("options", [["-cades"], []], ids=["cades", "plain"])
def test_what_openssl_signs_is_accepted_here(folder: Folder, options: list[str]) -> None:
    """Another tool's signature with the same key; without -cades it is the older form, and remarked."""
    card = HolderCard(folder.made)
    (folder.path / "key.pem").write_bytes(
        card.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (folder.path / "holder.pem").write_bytes(pem.armor("CERTIFICATE", folder.made.holder))
    (folder.path / "content").write_bytes(CONTENT)
    words: list[str | Path] = ["openssl", "cms", "-sign", "-binary", "-md", folder.made.algorithm.digest_name]
    words += ["-signer", folder.path / "holder.pem", "-inkey", folder.path / "key.pem", "-nosmimecap"]
    words += ["-in", folder.path / "content", "-outform", "DER", "-out", folder.path / "foreign", *options]
    subprocess.run(words, check=True, capture_output=True)
    message = (folder.path / "foreign").read_bytes()
    report = folder.judge(message)
    codes = {finding.code for finding in report.signatures[0].findings}

    # openssl writes the real time as signing time, which lies after the moment of this test
    assert "verify.claimed-time-ahead" in codes
    assert ("verify.certificate-unreferenced" in codes) is (options == [])
    assert report.indication is Indication.INDETERMINATE
    assert hashlib.sha256(CONTENT).hexdigest() == report.sha256
