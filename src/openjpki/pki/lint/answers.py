"""Rules about OCSP answers, over their signed bytes. "Profile §8" is docs/certificates.md §8."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from asn1crypto import ocsp

from openjpki.pki import der
from openjpki.pki.issuer import Issuer, issuer_of
from openjpki.pki.keys import SignatureInvalid, key_identifier, verify_signature
from openjpki.pki.lint.finding import Findings, LintFinding, Rule, findings, rule
from openjpki.pki.lint.signed import examine_signed
from openjpki.pki.ocsp import HASH_NAMES, NONCE, issuer_hashes
from openjpki.pki.profiles import Profile, ProfileSet
from openjpki.rules.kinds import RevocationReason

_BASIC = "basic_ocsp_response"
_IN_USE = {reason.value for reason in RevocationReason} - {RevocationReason.UNSPECIFIED.value}


class Unparsable(ValueError):
    """The bytes are no answer that says anything."""


@dataclass(frozen=True, kw_only=True)
class AnswerSpecimen:
    """An answer under examination, parsed by another library than the one that built it."""

    profiles: ProfileSet
    issuer_certificate: bytes
    nonce: bytes | None
    """What the question had: the answer must repeat it, or have none."""
    raw: bytes
    response: Any
    """asn1crypto OCSPResponse."""
    basic: Any
    """asn1crypto BasicOCSPResponse."""
    data: Any
    """asn1crypto ResponseData: what is signed."""
    certificates: tuple[bytes, ...]
    """In the answer, DER."""

    @classmethod
    def of(cls, profiles: ProfileSet, answer: bytes, issuer: bytes, nonce: bytes | None) -> Self:
        """Parse everything at once; raise `Unparsable`."""
        try:
            response = ocsp.OCSPResponse.load(answer, strict=True)
            if response["response_bytes"]["response_type"].native != _BASIC:
                raise Unparsable  # noqa: TRY301  -- told with the other ways to be no answer
            basic = response["response_bytes"]["response"].parsed
            _ = basic.native
            certificates = tuple(one.dump() for one in basic["certs"]) if basic["certs"].native else ()
        except Exception as error:
            raise Unparsable from error
        return cls(
            profiles=profiles,
            issuer_certificate=issuer,
            nonce=nonce,
            raw=answer,
            response=response,
            basic=basic,
            data=basic["tbs_response_data"],
            certificates=certificates,
        )

    @property
    def responder(self) -> Issuer | None:
        """Return who the first certificate in the answer is of."""
        return issuer_of(self.certificates[0]) if self.certificates else None

    @property
    def produced_at(self) -> datetime:
        """Return when the answer was signed, UTC."""
        moment: datetime = self.data["produced_at"].native
        return moment


def examine_answer(profiles: ProfileSet, answer: bytes, *, issuer: bytes, nonce: bytes | None = None) -> Findings:
    """Return every finding about a signed answer (DER) about certificates of an issuer (its certificate, DER)."""
    try:
        specimen = AnswerSpecimen.of(profiles, answer, issuer, nonce)
    except Unparsable:
        clause = "RFC 6960 §4.2.1: an answer is a successful BasicOCSPResponse."
        return Findings((LintFinding("lint.answer.malformed", clause, "no answer that says anything"),))
    return findings(ANSWER_RULES, specimen)


@rule("lint.answer.der", "D")
def canonical(specimen: AnswerSpecimen) -> Iterator[str]:
    """RFC 6960 §4.2.1: what is signed is DER, one form for each value (X.690 §10)."""
    if specimen.data.copy().dump(force=True) != specimen.data.dump():
        yield "encoding it again gives other bytes"


@rule("lint.answer.responder-id", "D")
def responder_id(specimen: AnswerSpecimen) -> Iterator[str]:
    """Profile §8: the responder is named by the hash of its key, and its certificate stands in the answer, alone."""
    found, responder = specimen.data["responder_id"], specimen.responder
    if len(specimen.certificates) != 1 or responder is None:
        yield "not one certificate"
    elif found.name != "by_key" or found.native != key_identifier(responder.public_key):
        yield "not the hash of the key of the certificate"


@rule("lint.answer.responder-certificate", "D")
def responder_certificate(specimen: AnswerSpecimen) -> Iterator[str]:
    """RFC 6960 §4.2.2.2: the issuer's key signed the responder's certificate, which follows its own profile (§6)."""
    for certificate in specimen.certificates:
        for found in examine_signed(
            specimen.profiles, Profile.OCSP_RESPONDER, certificate, specimen.issuer_certificate
        ):
            yield str(found)


@rule("lint.answer.signature-algorithm", "D")
def signature_algorithm(specimen: AnswerSpecimen) -> Iterator[str]:
    """RFC 4055 §5, RFC 5758 §3.2: the algorithm is the responder key's, with NULL for RSA, nothing for ECDSA."""
    responder = specimen.responder
    if responder and specimen.basic["signature_algorithm"].dump() != responder.algorithm.identifier:
        yield "not the algorithm of the responder's key"


@rule("lint.answer.signature", "D")
def signature(specimen: AnswerSpecimen) -> Iterator[str]:
    """RFC 6960 §4.2.1: the responder's key signed the answer."""
    responder = specimen.responder
    if responder is None:
        return
    signed = specimen.data.dump(), specimen.basic["signature"].native
    try:
        verify_signature(responder.public_key, responder.algorithm, *signed)
    except SignatureInvalid:
        yield "it does not verify under the responder's key"


@rule("lint.answer.produced-at", "D")
def produced_at(specimen: AnswerSpecimen) -> Iterator[str]:
    """RFC 6960 §4.2.2.1: the answer was signed while the responder's certificate was valid, in its own span."""
    responder = specimen.responder
    if responder and not responder.not_before <= specimen.produced_at <= responder.not_after:
        yield "outside the validity of the responder's certificate"


@rule("lint.answer.times", "D")
def times(specimen: AnswerSpecimen) -> Iterator[str]:
    """Profile §8: thisUpdate is not later than producedAt, nextUpdate is there, later, and not beyond the responder."""
    responder = specimen.responder
    for single in specimen.data["responses"]:
        first, last = single["this_update"].native, single["next_update"].native
        if last is None or not first <= specimen.produced_at < last:
            yield "thisUpdate, producedAt and nextUpdate do not follow each other"
        elif responder and last > responder.not_after:
            yield "nextUpdate is beyond the responder's certificate"


@rule("lint.answer.times.encoding", "D")
def times_encoding(specimen: AnswerSpecimen) -> Iterator[str]:
    """RFC 5280 §4.1.2.5.2: moments are GeneralizedTime in whole seconds with Z."""
    singles = list(specimen.data["responses"])
    fields = [specimen.data["produced_at"], *(single["this_update"] for single in singles)]
    fields += [single["cert_status"].chosen["revocation_time"] for single in singles if _revoked(single)]
    if any(field.contents != der.generalized_time(field.native)[2:] for field in fields):
        yield "a moment is in another form"
    for single in singles:
        last = single["next_update"]
        if last.native is not None and last.contents != der.generalized_time(last.native)[2:]:
            yield "nextUpdate is in another form"


@rule("lint.answer.identifiers", "D")
def identifiers(specimen: AnswerSpecimen) -> Iterator[str]:
    """RFC 6960 §2.2: good and revoked are said of the issuer's certificates alone; CertIDs are by SHA-1 or SHA-256."""
    for single in specimen.data["responses"]:
        asked = single["cert_id"]
        name = asked["hash_algorithm"]["algorithm"].native
        hashes = asked["issuer_name_hash"].native, asked["issuer_key_hash"].native
        known = name in HASH_NAMES and hashes == issuer_hashes(specimen.issuer_certificate, name)
        if not known and single["cert_status"].name != "unknown":
            yield "a status of another issuer's certificate"
    if not len(specimen.data["responses"]):
        yield "about no certificate"


@rule("lint.answer.reasons", "C")
def reasons(specimen: AnswerSpecimen) -> Iterator[str]:
    """RFC 6960 §4.2.1: revoked has a reason in use, or none for unspecified, and is not later than producedAt."""
    for single in filter(_revoked, specimen.data["responses"]):
        said = single["cert_status"].chosen
        if said["revocation_reason"].native not in {None, *_IN_USE}:
            yield "another reason"
        if said["revocation_time"].native > specimen.produced_at:
            yield "revoked after the answer"


@rule("lint.answer.nonce", "D")
def nonce(specimen: AnswerSpecimen) -> Iterator[str]:
    """RFC 9654 §2.1: the nonce of the question is repeated, and there is none where none was sent."""
    found = [one["extn_value"].contents for one in _extensions(specimen) if one["extn_id"].dotted == NONCE]
    expected = [] if specimen.nonce is None else [der.octet_string(specimen.nonce)]
    if found != expected:
        yield "another nonce"


@rule("lint.answer.extensions", "D")
def extensions(specimen: AnswerSpecimen) -> Iterator[str]:
    """Profile §8: there is no extension but the nonce, and it is not critical."""
    others = [one for one in _extensions(specimen) if one["extn_id"].dotted != NONCE or one["critical"].native]
    singles = [single for single in specimen.data["responses"] if single["single_extensions"].native]
    if others or singles:
        yield "another extension, or a critical one"


ANSWER_RULES: tuple[Rule[AnswerSpecimen], ...] = (
    canonical,
    responder_id,
    responder_certificate,
    signature_algorithm,
    signature,
    produced_at,
    times,
    times_encoding,
    identifiers,
    reasons,
    nonce,
    extensions,
)


def _revoked(single: Any) -> bool:
    found: bool = single["cert_status"].name == "revoked"
    return found


def _extensions(specimen: AnswerSpecimen) -> list[Any]:
    found = specimen.data["response_extensions"]
    return [] if found.native is None else list(found)
