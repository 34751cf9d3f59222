"""The verifiers' side of a `Scene`: registered bodies with their keys, holders who sign consents, questions at the door."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from openjpki.authority.desk.desk_ca import DeskCa
from openjpki.authority.verifiers import register as verifiers
from openjpki.authority.verifiers.door import JSON, DoorReply, DoorRequest, VerifierDoor
from openjpki.authority.verifiers.register import Registration
from openjpki.desk.messages import CertificateActivated, CertificateIssued
from openjpki.documents.sign import sign_cms
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import FreshKeys, SoftwareSigner
from openjpki.rules.kinds import CertificateKind, Procedure
from openjpki.rules.verifiers import GIVES, GROUNDS_OF, Ground, Right, VerifierKind
from openjpki.site.private import write_private
from tests.support.authority import SIGNATURE, Scene

REAL = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
"""The transport clock of these tests: it need not agree with the legal one."""


def request_of(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, name: str = "whoever") -> bytes:
    """Return a certificate request, PEM; its subject counts for nothing."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateSigningRequestBuilder()
        .subject_name(subject)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )


def registration(
    code: str = "bank",
    *,
    kind: VerifierKind = VerifierKind.SIGNATURE_VERIFIER,
    grounds: frozenset[Ground] | None = None,
    rights: frozenset[Right] | None = None,
    since: date = date(2026, 1, 5),
    until: date = date(2029, 3, 31),
) -> Registration:
    """Return a notification; grounds and rights are the most that its kind may have."""
    stands = GROUNDS_OF[kind] if grounds is None else grounds
    most = frozenset[Right]().union(*(GIVES[ground] for ground in stands))
    return Registration(
        code=code,
        name="見本銀行",
        kind=kind,
        grounds=stands,
        rights=most if rights is None else rights,
        since=since,
        until=until,
        corporate_number="7000012050002",
    )


@dataclass
class Holder:
    """A `DocumentSigner` over a certificate of the scene and its key."""

    issued: CertificateIssued
    key: ec.EllipticCurvePrivateKey
    chain: Sequence[bytes] = field(default_factory=tuple)

    @property
    def certificate(self) -> bytes:
        """Return the certificate."""
        return self.issued.certificate

    @property
    def serial(self) -> int:
        """Return its serial."""
        return x509.load_der_x509_certificate(self.certificate).serial_number

    def sign_digest(self, digest_name: str, digest: bytes) -> bytes:
        """Sign a digest, as the card does."""
        hashed = Prehashed({"sha256": hashes.SHA256(), "sha384": hashes.SHA384()}[digest_name])
        return self.key.sign(digest, ec.ECDSA(hashed))


class Verifiers:
    """The door of a scene's authority, with a CA of its own."""

    def __init__(self, scene: Scene, **bounds: float) -> None:
        self.scene = scene
        self.now = REAL
        self.ca = DeskCa(_folder(scene.folder / "verifiers-ca"), write_private, line="verifiers")
        self.ca.found(self.now)
        self.door = VerifierDoor(scene.authority, clock=lambda: self.now, **bounds)

    def register(self, code: str = "bank", **said: Any) -> str:
        """Register a verifier with a certificate, and return that one's fingerprint."""
        verifiers.register(self.scene.authority, registration(code, **said), self.scene.clock())
        return self.certify(code)

    def certify(self, code: str = "bank", key: ec.EllipticCurvePrivateKey | None = None) -> str:
        """Certify a key of a verifier, a new one if none is given."""
        request = request_of(key or ec.generate_private_key(ec.SECP256R1()))
        issued = verifiers.certify(self.scene.authority, self.ca, code, request, self.scene.clock(), now=self.now)
        return issued.fingerprint

    def post(self, shown: str, path: str, **said: object) -> tuple[int, dict[str, Any]]:
        """Ask with a certificate, and return status and JSON."""
        reply = self.door.receive(
            shown, DoorRequest(method="POST", path=path, content_type=JSON, body=json.dumps(said).encode())
        )
        return reply.status.value, json.loads(reply.body)

    def code(self, shown: str, path: str, **said: object) -> str:
        """Ask what must be refused, and return the code."""
        status, told = self.post(shown, path, **said)
        assert status >= 400, told
        return str(told["error"]["code"])

    def get(self, shown: str, path: str) -> DoorReply:
        """Ask with no body."""
        return self.door.receive(shown, DoorRequest(method="GET", path=path))


def issue(scene: Scene, kind: CertificateKind = SIGNATURE, procedure: Procedure = Procedure.NEW) -> Holder:
    """Issue a certificate to Hanako, and keep its key."""
    key = FreshKeys().generate(KeyAlgorithm.P384_SHA_384)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    issued = scene.expect(CertificateIssued, scene.order(kind, procedure, signer=SoftwareSigner(key)))
    scene.expect(CertificateActivated, scene.confirmation(issued))
    return Holder(issued, key)


def consent_text(**changes: object) -> bytes:
    """Return the text of a consent in its one spelling."""
    said: dict[str, object] = {
        "consent": "openjpki-attributes-1",
        "items": ["name", "address"],
        "nonce": "00112233445566778899aabbccddeeff",
        "purpose": "住所変更の手続きの省略",
        "scope": "普通預金口座",
        "since": "2026-01-05",
        "until": "2027-03-31",
        "verifier": "bank",
    } | changes
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def consent(scene: Scene, holder: Holder, **changes: object) -> bytes:
    """Return a consent that a holder signed now."""
    return sign_cms(consent_text(**changes), holder, moment=scene.clock(), detached=False)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
