"""Whether a certificate leads to a trusted CA and may be used so. Pure: bytes in, judgement out; status is judged elsewhere.

JPKI has one tier: a holder's certificate is signed by the anchor itself. Anchors are chosen by key, never by name, since
every generation of a CA bears the same name (RFC 5280 §4.1.2.4 names, §4.2.1.1 key identifiers). The certificate policy
tree (RFC 5280 §6.1) is pyhanko-certvalidator's work; its revocation checking is not used, because it ignores a supplied
OCSP answer when the certificate names no responder.
"""

from collections.abc import Collection, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, unique
from typing import Any

from asn1crypto import x509
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import PathValidationError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    CertRevTrustPolicy,
    PKIXValidationParams,
)
from pyhanko_certvalidator.validate import async_validate_path

from openjpki.errors import Failure
from openjpki.pki.algorithms import KeyAlgorithm, UnsupportedKey
from openjpki.pki.keys import verify_signature

UNDERSTOOD = frozenset(
    {"key_usage", "certificate_policies", "basic_constraints", "subject_alt_name", "extended_key_usage"}
)
"""Extensions whose criticality this judgement honours; any other critical one is refused (RFC 5280 §4.2)."""


@unique
class PathProblem(Enum):
    """What is wrong with a path."""

    NO_ANCHOR = "no-anchor"
    """No trusted CA key signed the certificate."""
    ANCHOR_UNFIT = "anchor-unfit"
    """The anchor is no CA certificate, or may not sign certificates."""
    ANCHOR_OUT_OF_BOUNDS = "anchor-out-of-bounds"
    """The anchor itself is outside its validity."""
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    ALGORITHM = "algorithm"
    """The certificate's own key is neither RSA 2048 nor P-384."""
    CRITICAL_EXTENSION = "critical-extension"
    POLICY = "policy"
    """No accepted policy remains at the end of the path."""
    KEY_USAGE = "key-usage"
    """The key usage, or the extended one, is absent or of another use."""
    UNPROCESSABLE = "unprocessable"
    """The certificate or its path could not be processed; never a reason to pass."""


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """What a certificate must be for one use."""

    policies: frozenset[str] | None
    """Accepted policies, dotted; at least one must be valid for the path. None asks for no policy."""
    usages: frozenset[str]
    """Bits that the key usage must have, by their ASN.1 names in snake case ("non_repudiation")."""
    forbidden_usages: frozenset[str] = frozenset()
    extended_usages: frozenset[str] = frozenset()
    """If empty, there must be no extended key usage; else one of these must be in it."""

    @classmethod
    def document(cls, policies: Collection[str]) -> "Requirements":
        """Ask for a signature certificate: nonRepudiation, no extended use."""
        return cls(policies=frozenset(policies), usages=frozenset({"digital_signature", "non_repudiation"}))

    @classmethod
    def login(cls, policies: Collection[str]) -> "Requirements":
        """Ask for an authentication certificate: digitalSignature without nonRepudiation, clientAuth."""
        return cls(
            policies=frozenset(policies),
            usages=frozenset({"digital_signature"}),
            forbidden_usages=frozenset({"non_repudiation"}),
            extended_usages=frozenset({"client_auth"}),
        )

    @classmethod
    def time_stamp(cls) -> "Requirements":
        """Ask for a time-stamp authority's certificate (RFC 3161 §2.3); their policies are not JPKI's."""
        return cls(policies=None, usages=frozenset(), extended_usages=frozenset({"time_stamping"}))


@dataclass(frozen=True, kw_only=True)
class PathJudgement:
    """The anchor that signed the certificate (DER, None if none did) and what is wrong; no problem means it holds."""

    anchor: bytes | None
    problems: tuple[PathProblem, ...]


def judge_path(
    certificate: bytes, *, anchors: Sequence[bytes], requirements: Requirements, at: datetime
) -> PathJudgement:
    """Judge a certificate (DER) against pinned CA certificates (DER) at a moment (UTC-aware).

    All problems are found, not the first only. Anything that cannot be parsed is `UNPROCESSABLE`.
    """
    try:
        anchor = signing_anchor(certificate, anchors)
        leaf = x509.Certificate.load(certificate, strict=True)
        problems = [*_validity(leaf, at), *_key(leaf), *_critical_extensions(leaf), *_usage(leaf, requirements)]
        if anchor is None:
            problems.insert(0, PathProblem.NO_ANCHOR)
        else:
            trusted = x509.Certificate.load(anchor, strict=True)
            problems.extend(_anchor(trusted, at))
            problems.extend(_policies(leaf, trusted, requirements))
    except Exception:  # noqa: BLE001  -- hostile bytes raise whatever they like in the parser; none of it is a pass
        return PathJudgement(anchor=None, problems=(PathProblem.UNPROCESSABLE,))
    return PathJudgement(anchor=anchor, problems=tuple(problems))


def signing_anchor(certificate: bytes, anchors: Sequence[bytes]) -> bytes | None:
    """Return the anchor whose key signed the certificate, None if none did.

    Name and key identifier must agree and the signature must verify; the name alone decides nothing.
    """
    leaf = x509.Certificate.load(certificate, strict=True)
    for anchor in anchors:
        candidate = x509.Certificate.load(anchor, strict=True)
        if candidate.subject == leaf.issuer and _same_key(leaf, candidate) and _signed_by(leaf, candidate):
            return anchor
    return None


def _same_key(leaf: x509.Certificate, issuer: x509.Certificate) -> bool:
    named, own = leaf.authority_key_identifier, issuer.key_identifier
    return named is None or own is None or named == own


def _signed_by(leaf: x509.Certificate, issuer: x509.Certificate) -> bool:
    inner, outer = leaf["tbs_certificate"]["signature"].dump(), leaf["signature_algorithm"].dump()
    spki = issuer.public_key.dump()
    try:
        algorithm = KeyAlgorithm.of(spki)
        verify_signature(spki, algorithm, leaf["tbs_certificate"].dump(), leaf["signature_value"].native)
    except Failure:
        return False
    return bool(inner == outer == algorithm.identifier)


def _validity(certificate: x509.Certificate, at: datetime) -> list[PathProblem]:
    """Both ends are inclusive (RFC 5280 §4.1.2.5)."""
    if at < certificate.not_valid_before:
        return [PathProblem.NOT_YET_VALID]
    if at > certificate.not_valid_after:
        return [PathProblem.EXPIRED]
    return []


def _anchor(anchor: x509.Certificate, at: datetime) -> list[PathProblem]:
    """Ask of the anchor that it is a CA, may sign certificates and is valid: being pinned does not excuse it."""
    problems = []
    usage = anchor.key_usage_value
    if not anchor.ca or usage is None or "key_cert_sign" not in usage.native:
        problems.append(PathProblem.ANCHOR_UNFIT)
    if _validity(anchor, at):
        problems.append(PathProblem.ANCHOR_OUT_OF_BOUNDS)
    return problems


def _key(certificate: x509.Certificate) -> list[PathProblem]:
    try:
        KeyAlgorithm.of(certificate.public_key.dump())
    except UnsupportedKey:
        return [PathProblem.ALGORITHM]
    return []


def _critical_extensions(certificate: x509.Certificate) -> list[PathProblem]:
    return [PathProblem.CRITICAL_EXTENSION] if certificate.critical_extensions - UNDERSTOOD else []


def _usage(certificate: x509.Certificate, requirements: Requirements) -> list[PathProblem]:
    """Ask for the use; an absent key usage is refused, since both JPKI profiles have it, critical."""
    usage = certificate.key_usage_value
    present = frozenset() if usage is None else frozenset(usage.native)
    extended = certificate.extended_key_usage_value
    purposes = frozenset() if extended is None else frozenset(extended.native)
    fits = requirements.usages <= present and not requirements.forbidden_usages & present
    fits = fits and bool(requirements.extended_usages & purposes if requirements.extended_usages else not purposes)
    if certificate.ca or not fits:
        return [PathProblem.KEY_USAGE]
    return []


def _policies(leaf: x509.Certificate, anchor: x509.Certificate, requirements: Requirements) -> list[PathProblem]:
    """Process the path by RFC 5280 §6.1, with an explicit policy required where policies are asked for.

    The moment handed over lies inside the validity: whether `at` does is judged apart, so that both can be told.
    """
    asked = requirements.policies is not None
    parameters = PKIXValidationParams(
        user_initial_policy_set=requirements.policies or frozenset({"any_policy"}),
        initial_explicit_policy=asked,
        initial_policy_mapping_inhibit=asked,
        initial_any_policy_inhibit=asked,
    )
    context = ValidationContext(
        trust_roots=[anchor],
        moment=leaf.not_valid_before,
        revinfo_policy=CertRevTrustPolicy(NO_REVOCATION),
    )
    path = ValidationPath(CertTrustAnchor(anchor), [], leaf)
    try:
        _complete(async_validate_path(context, path, parameters))
    except PathValidationError:
        return [] if leaf.critical_extensions - UNDERSTOOD else [PathProblem.POLICY]
    return []


def _complete(work: Coroutine[Any, Any, object]) -> None:
    """Run a coroutine that has nothing to wait for: no fetching is configured."""
    try:
        work.send(None)
    except StopIteration:
        return
    work.close()
    message = "path processing must not wait"
    raise RuntimeError(message)
