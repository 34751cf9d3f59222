"""A second lint, by a program that nobody here wrote: pkilint's rules for RFC 5280, over certificates before their signature.

pkilint is an extra (`pip install 'openjpki[lint]'`). It takes a second and a half to load, so that it is loaded when the
first certificate is held against it, and never where the setting is off.

What is not signed yet is shown to it with a signature that nobody made: it reads a signature only where it has both
certificates, and that is the one rule of it that is left to our own lint of what was signed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Final, Protocol

from openjpki.errors import Failure, Kind
from openjpki.pki.lint.finding import Findings, LintFinding
from openjpki.pki.profiles import Profile
from openjpki.pki.tbs import as_if_signed

NEEDED: Final = ("pkilint", "pyasn1_alt_modules")
"""What is imported of the `lint` extra."""
CODE: Final = "lint.external"
CLAUSE: Final = "RFC 5280, in the words of another program: pkilint finds nothing that is not explained."
_HOLDERS = frozenset(profile for profile in Profile if profile.holder_kind)
_CAS = frozenset(profile for profile in Profile if profile.ca_kind)


class ExternalLintUnusable(Failure):
    """The other program is there and cannot be loaded: nothing is signed that it has not seen."""

    code = "pki.external-lint-unusable"
    kind = Kind.UNAVAILABLE
    ja = "証明書を検査する pkilint を読み込めません({reason})。何も発行していません。`pip install 'openjpki[lint]'` で入れ直してください。"
    en = "pkilint, which certificates are held against, cannot be loaded ({reason}). Nothing was issued. Install it anew: `pip install 'openjpki[lint]'`."


class ExternalLint(Protocol):
    """Another program's opinion on a certificate that nobody has signed yet."""

    @property
    def name(self) -> str:
        """Return what the program is called."""
        ...

    def examine(self, profile: Profile, to_be_signed: bytes, issuer_key: bytes, issuer: bytes | None) -> Findings:
        """Return what it finds, what is explained left out.

        `issuer_key` is the key (SPKI DER) that shall sign; `issuer` its certificate (DER), None for a CA's own.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A finding that the profile causes on purpose: no other is let pass."""

    code: str
    """pkilint's own."""
    profiles: frozenset[Profile]
    reason: str
    clause: str


EXPLAINED: Final = (
    Explained(
        code="pkix.subject_key_identifier_method_1_identified",
        profiles=frozenset(Profile),
        reason="information: subjectKeyIdentifier is the SHA-1 of the key bits, as in the published CA certificates",
        clause="RFC 5280 §4.2.1.2 method 1; Profile §2 to §6",
    ),
    Explained(
        code="pkix.certificate_policies_policy_has_qualifier",
        profiles=_HOLDERS,
        reason="notice: policies without qualifiers are preferred; JPKI certificates carry the CPS address",
        clause="RFC 5280 §4.2.1.4; Profile §3 and §5",
    ),
    Explained(
        code="pkix.authority_key_identifier_extension_absent",
        profiles=_CAS,
        reason="only a self-signed certificate may lack it, and that is not to be seen before it is signed",
        clause="RFC 5280 §4.2.1.1; Profile §2",
    ),
)
"""Closed: whatever else is found, of whatever severity, keeps a certificate from being signed."""


def explained(profile: Profile) -> frozenset[str]:
    """Return the codes of what pkilint may find in a certificate of this profile."""
    return frozenset(one.code for one in EXPLAINED if profile in one.profiles)


class Pkilint:
    """pkilint's certificate rules, and those of a certificate beside its issuer's: nothing of a web browser's."""

    name: Final = "pkilint"

    def load(self) -> None:
        """Load the program now, which the first certificate would otherwise wait for; raises `ExternalLintUnusable`."""
        _loaded()

    def examine(self, profile: Profile, to_be_signed: bytes, issuer_key: bytes, issuer: bytes | None) -> Findings:
        """Return what pkilint finds, what is explained left out; that it failed is a finding too. Raises `ExternalLintUnusable`."""
        look = _loaded()
        try:
            found = list(look(as_if_signed(to_be_signed, issuer_key), issuer))
        except Exception as error:  # noqa: BLE001  -- whatever goes wrong, it was not found right
            return Findings((LintFinding("lint.unexamined", CLAUSE, f"{CODE}: {type(error).__name__}"),))
        return Findings(
            LintFinding(CODE, CLAUSE, f"pkilint: {code}") for code in found if code not in explained(profile)
        )


def found_here() -> Pkilint | None:
    """Return the program if it is installed, without loading it."""
    return Pkilint() if all(find_spec(name) for name in NEEDED) else None


Look = Callable[[bytes, bytes | None], Iterator[str]]
"""Gives the code of every finding about a certificate beside its issuer's, DER."""


@lru_cache(maxsize=1)
def _loaded() -> Look:
    """Load pkilint and put its validators together, once in a process; raises `ExternalLintUnusable`."""
    try:
        return _put_together()
    except Exception as error:
        raise ExternalLintUnusable(reason=type(error).__name__) from error


def _put_together() -> Look:
    from pkilint import document
    from pkilint.pkix import certificate, extension, name
    from pkilint.pkix.certificate import RFC5280Certificate, certificate_extension
    from pkilint.validation import ValidatorContainer
    from pyasn1_alt_modules import rfc5280

    decoders = certificate.create_decoding_validators(name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS)
    alone = certificate.create_pkix_certificate_validator_container(
        decoders,
        [
            certificate.create_issuer_validator_container([]),
            certificate.create_validity_validator_container(),
            certificate.create_subject_validator_container([]),
            certificate.create_extensions_validator_container([]),
            certificate.create_spki_validator_container([]),
        ],
    )

    decoding = ValidatorContainer(validators=decoders, path="certificate")

    def authority_key_identifier(node: Any) -> Any:
        subject = document.get_document_by_name(node, "subject")
        return subject.get_extension_by_oid(rfc5280.id_ce_authorityKeyIdentifier)

    beside = ValidatorContainer(
        validators=[
            name.IssuerSubjectNameBinaryEqualValidator(
                path="certificate.tbsCertificate.subject",
                subject_document_issuer_dn_path="subject:certificate.tbsCertificate.issuer",
            ),
            extension.IssuerSubjectKeyIdentifierBinaryEqualValidator(
                subject_auth_key_id_retriever=authority_key_identifier
            ),
            certificate_extension.IssuerSubjectPolicyChainValidator(),
        ]
    )

    def look(made: bytes, issuer: bytes | None) -> Iterator[str]:
        family: dict[str, Any] = {}
        subject = RFC5280Certificate("subject", made, "subject", family)
        subject.decode()
        family["subject"] = subject
        results = alone.validate(subject.root)
        if issuer is not None:
            authority = RFC5280Certificate("issuer", issuer, "issuer", family)
            authority.decode()
            family["issuer"] = authority
            results = [*results, *decoding.validate(authority.root), *beside.validate(authority.root)]
        for result in results:
            yield from (one.finding.code for one in result.finding_descriptions)

    return look
