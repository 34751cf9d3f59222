"""Log in with the authentication key: a proof bound to one origin and one nonce, in the shape of Web eID's token.

Signed is `DOMAIN ‖ hash(origin) ‖ hash(nonce)`. The origin comes from whoever talks to the card (the agent), never from
the page; the domain keeps the signature from meaning anything else. The nonce belongs to the relying party's session:
it must forget it when it is used or `CHALLENGE_LIFETIME` after it was made.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from openjpki.documents.evidence import Evidence
from openjpki.documents.findings import Check, Finding, found
from openjpki.documents.judgement import judge_signer
from openjpki.documents.report import Report, SignatureReport, Subject
from openjpki.documents.sign import DocumentSigner, SignerMismatch
from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import verify_signature
from openjpki.pki.path import Requirements

FORMAT = "openjpki-login:1.0"
DOMAIN = FORMAT.encode() + b"\0"
"""Keeps our proofs apart from Web eID's own and from documents."""
CHALLENGE_BYTES = 32
"""256 bits of entropy, as Web eID asks."""
CHALLENGE_LIFETIME = timedelta(minutes=5)
"""How long a relying party may keep a nonce."""
MAX_PROOF = 8 * 1024
"""Bytes of a proof as JSON: native messaging's bound in Web eID; one certificate takes about 2.5 kB in base64."""
_ALGORITHMS = {"RS256": KeyAlgorithm.RSA_2048_SHA_256, "ES384": KeyAlgorithm.P384_SHA_384}
_P384_BYTES = 48
_ORIGIN = re.compile(
    r"https://(?:[a-z0-9-]+\.)*[a-z0-9-]+(?::[1-9][0-9]{0,4})?|http://(?:localhost|127\.0\.0\.1)(?::[1-9][0-9]{0,4})?"
)


class BadOrigin(Failure):
    """The origin is not of the form scheme, host and port (RFC 6454 §6.2)."""

    code = "login.bad-origin"
    kind = Kind.USAGE
    ja = "オリジン「{origin}」が正しくありません。https://ホスト[:ポート] の形(末尾の / なし)で指定してください。"
    en = 'The origin "{origin}" is not valid. It has the form https://host[:port], without a trailing slash.'


class BadNonce(Failure):
    """The nonce is too short or not base64."""

    code = "login.bad-nonce"
    kind = Kind.USAGE
    ja = "チャレンジが正しくありません。32 バイト以上の乱数を base64 で表したものが必要です。"
    en = "The challenge is not valid: at least 32 random bytes in base64 are needed."


@dataclass(frozen=True, kw_only=True)
class LoginProof:
    """What the holder's side sends; nothing in it is believed before it is verified."""

    certificate: bytes
    algorithm: str
    """The JWA name: RS256 or ES384 (RFC 7518 §3.1)."""
    signature: bytes
    """PKCS #1 v1.5, or r ‖ s for ES384 (RFC 7518 §3.4)."""

    def to_json(self) -> bytes:
        """Return the wire form."""
        return json.dumps(
            {
                "unverifiedCertificate": base64.b64encode(self.certificate).decode(),
                "algorithm": self.algorithm,
                "signature": base64.b64encode(self.signature).decode(),
                "format": FORMAT,
            }
        ).encode()


def make_challenge(entropy: Callable[[int], bytes]) -> str:
    """Return a new nonce, base64, for one login of one session."""
    return base64.b64encode(entropy(CHALLENGE_BYTES)).decode()


def answer_challenge(signer: DocumentSigner, *, origin: str, nonce: str) -> LoginProof:
    """Prove possession of the signer's key to one origin, by one call of the card.

    Raises `BadOrigin`, `BadNonce`, `SignerMismatch`, and what the signer raises.
    """
    spki = x509.Certificate.load(signer.certificate).public_key.dump()
    algorithm = KeyAlgorithm.of(spki)
    message = _message(algorithm, origin, nonce)
    digest = hashlib.new(algorithm.digest_name, message).digest()
    signature = signer.sign_digest(algorithm.digest_name, digest)
    try:
        verify_signature(spki, algorithm, message, signature)
    except Failure as failure:
        raise SignerMismatch from failure
    name = next(name for name, known in _ALGORITHMS.items() if known is algorithm)
    return LoginProof(certificate=signer.certificate, algorithm=name, signature=_to_jwa(algorithm, signature))


def verify_login(
    proof: bytes, *, origin: str, nonce: str, policies: Collection[str], evidence: Evidence, at: datetime
) -> Report:
    """Judge a login proof (JSON) for the caller's own origin and the session's nonce, at a moment (UTC-aware).

    `policies` are the accepted certificate policies, dotted. A signature certificate is refused. Raises `BadOrigin` and
    `BadNonce` for the caller's own arguments; whatever is wrong with the proof is in the report.
    """
    _message(KeyAlgorithm.RSA_2048_SHA_256, origin, nonce)
    read = _read(proof)
    if isinstance(read, Finding):
        return Report(subject=Subject.LOGIN, at=at, findings=(read,))
    findings = _possession(read, origin, nonce)
    # The nonce is fresh, so the proof was made now: what ended before it has certainly ended.
    judged = judge_signer(
        read.certificate, claimed=at, evidence=evidence, requirements=Requirements.login(policies), at=at
    )
    signature = SignatureReport(
        findings=(*findings, *judged.findings),
        scheme=read.algorithm,
        certificate=judged.certificate,
        status=judged.status,
    )
    return Report(subject=Subject.LOGIN, at=at, signatures=(signature,), sha256=hashlib.sha256(proof).hexdigest())


def _message(algorithm: KeyAlgorithm, origin: str, nonce: str) -> bytes:
    if not _ORIGIN.fullmatch(origin):
        raise BadOrigin(origin=origin)
    try:
        entropy = base64.b64decode(nonce, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNonce from error
    if len(entropy) < CHALLENGE_BYTES:
        raise BadNonce
    parts = (hashlib.new(algorithm.digest_name, part.encode()).digest() for part in (origin, nonce))
    return DOMAIN + b"".join(parts)


def _read(proof: bytes) -> LoginProof | Finding:
    if len(proof) > MAX_PROOF:
        return found(Check.PROOF_MALFORMED, reason="size")
    try:
        fields: dict[str, Any] = json.loads(proof)
        if fields["format"] != FORMAT or fields["algorithm"] not in _ALGORITHMS:
            return found(Check.PROOF_MALFORMED, reason="format")
        return LoginProof(
            certificate=base64.b64decode(fields["unverifiedCertificate"], validate=True),
            algorithm=fields["algorithm"],
            signature=base64.b64decode(fields["signature"], validate=True),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return found(Check.PROOF_MALFORMED, reason=type(error).__name__)


def _possession(proof: LoginProof, origin: str, nonce: str) -> list[Finding]:
    """Hold the signature against what this origin and this nonce must have been signed as."""
    algorithm = _ALGORITHMS[proof.algorithm]
    try:
        spki = x509.Certificate.load(proof.certificate, strict=True).public_key.dump()
        verify_signature(spki, algorithm, _message(algorithm, origin, nonce), _from_jwa(algorithm, proof.signature))
    except (Failure, ValueError, TypeError, KeyError):
        return [found(Check.SIGNATURE_VALUE)]
    return []


def _to_jwa(algorithm: KeyAlgorithm, signature: bytes) -> bytes:
    if algorithm is KeyAlgorithm.RSA_2048_SHA_256:
        return signature
    return b"".join(number.to_bytes(_P384_BYTES, "big") for number in decode_dss_signature(signature))


def _from_jwa(algorithm: KeyAlgorithm, signature: bytes) -> bytes:
    if algorithm is KeyAlgorithm.RSA_2048_SHA_256:
        return signature
    if len(signature) != 2 * _P384_BYTES:
        message = "length"
        raise ValueError(message)
    halves = (signature[:_P384_BYTES], signature[_P384_BYTES:])
    return encode_dss_signature(*(int.from_bytes(half, "big") for half in halves))
