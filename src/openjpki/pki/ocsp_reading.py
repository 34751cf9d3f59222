"""What an OCSP answer proves about one certificate at one moment (RFC 6960 §3.2), read by a verifier.

Nothing is believed that was not checked: who signed, for whom, about which certificate, for which time. Whatever does
not check out raises: there is no default status.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.x509 import ocsp

from openjpki.errors import Failure, Kind
from openjpki.pki.algorithms import UnsupportedKey
from openjpki.pki.delegation import WrongResponder, delegated
from openjpki.pki.issuer import PARSE_ERRORS, CertificateUnreadable, Issuer, is_under, issuer_of, load_certificate
from openjpki.pki.keys import SignatureInvalid, key_identifier, verify_signature
from openjpki.pki.ocsp import HASH_NAMES, issuer_hashes
from openjpki.pki.reasons import reason_of
from openjpki.rules.kinds import RevocationReason

MOST_ANSWER_BYTES: Final = 65_536
"""Twenty statuses and a few certificates stay far below; more is an attack on memory."""
MOST_CERTIFICATES: Final = 4
"""In an answer: the responder's, and what some responders add."""
SKEW: Final = timedelta(minutes=5)
"""How far a responder's clock may run before the verifier's."""


class MalformedAnswer(Failure):
    """The bytes are no OCSP answer."""

    code = "ocsp.malformed-answer"
    kind = Kind.INDETERMINATE
    ja = "OCSP応答として読み取れません。"
    en = "This cannot be read as an OCSP answer."


class NoAnswer(Failure):
    """The responder said that it does not answer; `status` is its word (RFC 6960 §2.3)."""

    code = "ocsp.no-answer"
    kind = Kind.UNAVAILABLE
    ja = "OCSP応答者が回答しませんでした（{status}）。"
    en = "The OCSP responder gave no answer ({status})."


class WrongNonce(Failure):
    """The answer does not repeat the request's nonce: it may be an old one, replayed."""

    code = "ocsp.wrong-nonce"
    kind = Kind.INDETERMINATE
    ja = "OCSP応答のノンスが要求と一致しません。以前の応答が再送された可能性があります。"
    en = "The OCSP answer does not repeat the nonce of the request; it may be a replay of an older answer."


class WrongCertificate(Failure):
    """The answer is about other certificates."""

    code = "ocsp.wrong-certificate"
    kind = Kind.INDETERMINATE
    ja = "OCSP応答は、問い合わせた証明書についてのものではありません。"
    en = "The OCSP answer is not about the certificate that was asked about."


class StaleAnswer(Failure):
    """The answer's time is over, or it does not say until when it holds."""

    code = "ocsp.stale"
    kind = Kind.INDETERMINATE
    ja = "OCSP応答の有効期間が過ぎています。"
    en = "The OCSP answer is out of date."


class AnswerNotYetValid(Failure):
    """The answer speaks of a later time than the moment in question."""

    code = "ocsp.not-yet-valid"
    kind = Kind.INDETERMINATE
    ja = "OCSP応答は、検証時点よりも後の時点のものです。"
    en = "The OCSP answer is about a later time than the moment of verification."


@dataclass(frozen=True, kw_only=True)
class OcspStatus:
    """What a responder said, and for when."""

    status: Literal["good", "revoked", "unknown"]
    """"unknown" is never good."""
    revoked_at: datetime | None
    reason: RevocationReason | None
    """UNSPECIFIED if none was given; None if not revoked, or for a reason outside the vocabulary."""
    this_update: datetime
    next_update: datetime | None
    """None if the responder does not say; such an answer is never current."""
    produced_at: datetime
    nonce: bytes | None = None
    """The nonce that the answer repeats."""


def read_status(
    answer: bytes, *, certificate: bytes, issuer: bytes, moment: datetime, nonce: bytes | None = None
) -> OcspStatus:
    """Return the status of a certificate at a moment (UTC-aware) by an answer; all bytes are DER.

    `issuer` is the CA certificate whose key signed `certificate`. With a nonce the answer must repeat it. Raises
    `MalformedAnswer`, `NoAnswer`, `WrongResponder`, `SignatureInvalid`, `WrongNonce`, `WrongCertificate`,
    `StaleAnswer`, `AnswerNotYetValid`.
    """
    status = read_answer(answer, certificate=certificate, issuer=issuer, at=moment)
    if nonce is not None and not repeats(status, nonce):
        raise WrongNonce
    if max(status.this_update, status.produced_at) > moment + SKEW:
        raise AnswerNotYetValid
    if status.next_update is None or moment > status.next_update:
        raise StaleAnswer
    return status


def read_answer(answer: bytes, *, certificate: bytes, issuer: bytes, at: datetime) -> OcspStatus:
    """Return what an authentic answer says of a certificate, whenever it says it; the caller asks for its time and nonce.

    The responder's certificate must hold when it answered and until `at`, the moment of the judgement (UTC-aware). If
    an answer speaks of the certificate twice, the worst counts. Raises `MalformedAnswer`, `NoAnswer`, `WrongResponder`,
    `SignatureInvalid`, `WrongCertificate`.
    """
    response = _load(answer)
    responder = _responder(response, issuer)
    _hold_signature(response, responder)
    nonce = _nonce(response)
    produced_at = response.produced_at_utc
    single = _single(response, certificate, issuer)
    if not responder.not_before <= produced_at <= responder.not_after or at > responder.not_after:
        raise WrongResponder(problem="certificate out of date")
    return OcspStatus(
        status=_WORDS[single.certificate_status],
        revoked_at=single.revocation_time_utc,
        reason=reason_of(single.revocation_reason) if single.revocation_time_utc else None,
        this_update=single.this_update_utc,
        next_update=single.next_update_utc,
        produced_at=produced_at,
        nonce=nonce,
    )


def repeats(status: OcspStatus, nonce: bytes) -> bool:
    """Tell whether an answer repeats the nonce of the request (RFC 9654 §2.1)."""
    return hmac.compare_digest(nonce, status.nonce or b"")


_WORDS: dict[ocsp.OCSPCertStatus, Literal["good", "revoked", "unknown"]] = {
    ocsp.OCSPCertStatus.GOOD: "good",
    ocsp.OCSPCertStatus.REVOKED: "revoked",
    ocsp.OCSPCertStatus.UNKNOWN: "unknown",
}
_WORST_FIRST = (ocsp.OCSPCertStatus.REVOKED, ocsp.OCSPCertStatus.UNKNOWN, ocsp.OCSPCertStatus.GOOD)


def _load(answer: bytes) -> ocsp.OCSPResponse:
    if len(answer) > MOST_ANSWER_BYTES:
        raise MalformedAnswer
    try:
        response = ocsp.load_der_ocsp_response(answer)
        if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise NoAnswer(status=response.response_status.name.lower())
        _ = (response.extensions, response.produced_at_utc, response.certificates)
    except PARSE_ERRORS as error:
        raise MalformedAnswer from error
    return response


def _responder(response: ocsp.OCSPResponse, issuer: bytes) -> Issuer:
    """Return the one who signed: the issuer itself, or a certificate in the answer that the issuer delegated."""
    ca = issuer_of(issuer)
    if _is_named(response, ca):
        return ca
    refusal = WrongResponder(problem="responder's certificate is not in the answer")
    for certificate in response.certificates[:MOST_CERTIFICATES]:
        candidate = certificate.public_bytes(serialization.Encoding.DER)
        try:
            if _is_named(response, issuer_of(candidate)):
                return delegated(candidate, issuer)
        except WrongResponder as failure:
            refusal = failure
        except (CertificateUnreadable, UnsupportedKey):
            refusal = WrongResponder(problem="certificate in the answer")
    raise refusal


def _is_named(response: ocsp.OCSPResponse, responder: Issuer) -> bool:
    if response.responder_name is not None:
        return response.responder_name == responder.subject
    return response.responder_key_hash == key_identifier(responder.public_key)


def _hold_signature(response: ocsp.OCSPResponse, responder: Issuer) -> None:
    if response.signature_algorithm_oid.dotted_string != responder.algorithm.oid:
        raise SignatureInvalid
    verify_signature(responder.public_key, responder.algorithm, response.tbs_response_bytes, response.signature)


def _nonce(response: ocsp.OCSPResponse) -> bytes | None:
    """Return the nonce in the answer; refuse what is critical and not understood."""
    found = None
    for extension in response.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            found = extension.value.nonce
        elif extension.critical:
            raise MalformedAnswer
    try:
        singles = asn1_ocsp.ResponseData.load(response.tbs_response_bytes)["responses"]
        critical = any(_has_critical(single) for single in singles)
    except PARSE_ERRORS as error:
        raise MalformedAnswer from error
    if critical:
        raise MalformedAnswer
    return found


def _has_critical(single: asn1_ocsp.SingleResponse) -> bool:
    """Tell whether one answer has an extension that must be understood; none of these is (RFC 6960 §4.4)."""
    return any(extension["critical"].native for extension in single["single_extensions"])


def _single(response: ocsp.OCSPResponse, certificate: bytes, issuer: bytes) -> ocsp.OCSPSingleResponse:
    """Return the worst answer about exactly this certificate: issuer name, issuer key, serial (RFC 6960 §3.2 (1))."""
    if not is_under(certificate, issuer):
        raise WrongCertificate
    serial = load_certificate(certificate).serial_number
    about = []
    for single in response.responses:
        try:
            hash_name = single.hash_algorithm.name
        except UnsupportedAlgorithm:
            continue
        if hash_name in HASH_NAMES and single.serial_number == serial:
            hashes = (single.issuer_name_hash, single.issuer_key_hash)
            if hashes == issuer_hashes(issuer, hash_name):
                about.append(_hold_ends(single))
    if not about:
        raise WrongCertificate
    return min(about, key=lambda single: _WORST_FIRST.index(single.certificate_status))


def _hold_ends(single: ocsp.OCSPSingleResponse) -> ocsp.OCSPSingleResponse:
    """Refuse an answer that ends before it begins."""
    next_update = single.next_update_utc
    if next_update is not None and next_update < single.this_update_utc:
        raise MalformedAnswer
    return single
