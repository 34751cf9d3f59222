"""A signed certificate under examination: its to-be-signed bytes by their profile, and what is around them."""

from collections.abc import Iterator
from dataclasses import dataclass

from openjpki.pki import der
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.keys import SignatureInvalid, verify_signature
from openjpki.pki.lint.finding import Findings, LintFinding, Rule, findings, rule
from openjpki.pki.lint.rules import examine
from openjpki.pki.profiles import Profile, ProfileSet


@dataclass(frozen=True, kw_only=True)
class Signed:
    """The three parts of a certificate, and whose signature it should have."""

    to_be_signed: bytes
    algorithm: bytes
    """AlgorithmIdentifier, DER."""
    signature: bytes
    """Content of the BIT STRING."""
    issuer_key: bytes
    """SubjectPublicKeyInfo, DER."""


@rule("lint.signed.algorithm", "C")
def algorithm(specimen: Signed) -> Iterator[str]:
    """RFC 5280 §4.1.1.2: the algorithm outside of what is signed is the issuer key's, as inside."""
    if specimen.algorithm != KeyAlgorithm.of(specimen.issuer_key).identifier:
        yield "not the algorithm of the issuer's key"


@rule("lint.signed.signature", "C")
def signature(specimen: Signed) -> Iterator[str]:
    """RFC 5280 §4.1.1.3: the issuer's key signed exactly these bytes."""
    try:
        if specimen.signature[:1] != b"\x00":
            raise SignatureInvalid  # noqa: TRY301  -- unused bits are no signature of ours
        key = specimen.issuer_key
        verify_signature(key, KeyAlgorithm.of(key), specimen.to_be_signed, specimen.signature[1:])
    except SignatureInvalid:
        yield "it does not verify under the issuer's key"


SIGNED_RULES: tuple[Rule[Signed], ...] = (algorithm, signature)


def examine_signed(profiles: ProfileSet, profile: Profile, certificate: bytes, issuer: bytes | None) -> Findings:
    """Return every finding about a signed certificate (DER); `issuer` is its CA's (DER), None for a CA's own."""
    try:
        outer = der.Reader(certificate)
        parts = outer.inside(der.SEQUENCE)
        outer.end()
        to_be_signed, named, signed = (
            parts.whole(der.SEQUENCE),
            parts.whole(der.SEQUENCE),
            parts.content(der.BIT_STRING),
        )
        parts.end()
    except der.NotDer as error:
        return Findings((LintFinding("lint.malformed", "RFC 5280 §4.1", str(error)),))
    inside, key = examine(profiles, profile, to_be_signed, issuer)
    if not key:
        return inside
    around = Signed(to_be_signed=to_be_signed, algorithm=named, signature=signed, issuer_key=key)
    return Findings((*inside, *findings(SIGNED_RULES, around)))
