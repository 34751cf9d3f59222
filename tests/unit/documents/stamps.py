"""A time-stamp authority for tests: its CA, its certificate, right or wrong, and the tokens it gives."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from tests.unit.documents.world import (
    BEGINS,
    ENDS,
    OCSP_URL,
    SIGNED,
    Ca,
    ca_name,
    crl,
    der,
    key,
    partition,
    usage,
)

STAMPED = SIGNED + timedelta(seconds=10)
TSA_CA = Ca(unit="Time-stamp CA", label="tsa-ca")
TSA_CRL = crl(TSA_CA)


@dataclass(frozen=True, kw_only=True)
class TestAuthority:
    """A `Timestamper`, right by default and wrong where a test says so."""

    __test__ = False

    ca: Ca = TSA_CA
    label: str = "tsa"
    purposes: tuple[x509.ObjectIdentifier, ...] = (ExtendedKeyUsageOID.TIME_STAMPING,)
    critical: bool = True
    signs: bool = True
    begins: datetime = BEGINS
    ends: datetime = ENDS
    at: datetime = STAMPED
    shows: "TestAuthority | None" = None
    """Another authority whose certificate it shows with its own signatures."""
    digest_name: str | None = None

    @property
    def certificate(self) -> bytes:
        """Return its certificate, DER."""
        return _certificate(self)

    def stamp(self, digest_name: str, digest: bytes) -> bytes:
        """Return a token, DER."""
        token: bytes = self.respond(self.request(digest_name, digest))["time_stamp_token"].dump()
        return token

    def request(self, digest_name: str, digest: bytes) -> tsp.TimeStampReq:
        """Return a request without a nonce."""
        imprint = {"hash_algorithm": {"algorithm": self.digest_name or digest_name}, "hashed_message": digest}
        return tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, "cert_req": True})

    def respond(self, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Answer a request as an authority does."""
        private = key(self.label).private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        dummy = DummyTimeStamper(
            asn1_x509.Certificate.load((self.shows or self).certificate),
            keys.PrivateKeyInfo.load(private),
            fixed_dt=self.at,
        )
        return dummy.request_tsa_response(request)

    def over(self, stamped: bytes, digest_name: str = "sha256") -> bytes:
        """Return a token over some bytes."""
        return self.stamp(digest_name, hashlib.new(digest_name, stamped).digest())


@cache
def _certificate(made: TestAuthority) -> bytes:
    ca = made.ca
    access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(OCSP_URL))
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test TSA")]))
        .issuer_name(ca_name(ca.unit))
        .public_key(key(made.label).public_key())
        .serial_number(77)
        .not_valid_before(made.begins)
        .not_valid_after(made.ends)
        .add_extension(usage(signs=made.signs, cert_sign=not made.signs), critical=True)
        .add_extension(x509.ExtendedKeyUsage(made.purposes), critical=made.critical)
        .add_extension(x509.AuthorityKeyIdentifier(ca.key_identifier.digest, None, None), critical=False)
        .add_extension(x509.AuthorityInformationAccess([access]), critical=False)
        .add_extension(
            x509.CRLDistributionPoints([x509.DistributionPoint([partition(ca.unit)], None, None, None)]), critical=False
        )
    )
    return der(builder.sign(ca.private, hashes.SHA256()))


AUTHORITY = TestAuthority()
