"""Which rules hold for which profile."""

from functools import lru_cache

from openjpki.pki.lint import extensions, names
from openjpki.pki.lint.attributes import ATTRIBUTE_RULES
from openjpki.pki.lint.fields import FIELD_RULES, canonical, end_of_day
from openjpki.pki.lint.finding import Findings, LintFinding, Rule, findings
from openjpki.pki.lint.names import NAME_RULES
from openjpki.pki.lint.specimen import Specimen, Unparsable
from openjpki.pki.profiles import Profile, ProfileSet

EVERY: tuple[Rule[Specimen], ...] = (
    *FIELD_RULES,
    *NAME_RULES,
    extensions.order,
    extensions.key_usage,
    extensions.subject_key_identifier,
)
CA: tuple[Rule[Specimen], ...] = (
    *EVERY,
    end_of_day,
    names.hierarchy,
    names.ca_subject,
    extensions.basic_constraints,
    extensions.ca_alternative_name,
    extensions.ca_distribution_point,
)
HOLDER: tuple[Rule[Specimen], ...] = (
    *EVERY,
    end_of_day,
    names.hierarchy,
    extensions.authority_key_identifier,
    extensions.policies,
    extensions.issuer_alternative_name,
    extensions.holder_distribution_point,
    extensions.information_access,
)
_RULES: dict[Profile, tuple[Rule[Specimen], ...]] = {
    Profile.SIGNATURE_CA: CA,
    Profile.AUTHENTICATION_CA: CA,
    Profile.SIGNATURE: (*HOLDER, names.signature_subject, *ATTRIBUTE_RULES),
    Profile.AUTHENTICATION: (*HOLDER, names.authentication_subject, extensions.client_authentication),
    Profile.OCSP_RESPONDER: (
        *EVERY,
        names.responder_subject,
        extensions.authority_key_identifier,
        extensions.ocsp_signing,
        extensions.no_check,
    ),
}
RULES = {profile: (*rules, canonical) for profile, rules in _RULES.items()}
"""`canonical` is the last: it spoils the specimen for the others."""


@lru_cache(maxsize=64)
def examine(profiles: ProfileSet, profile: Profile, raw: bytes, issuer: bytes | None) -> tuple[Findings, bytes]:
    """Return every finding about a to-be-signed certificate, and the key (SPKI DER) whose signature it waits for.

    The last verdicts are remembered: it depends on nothing but these four values, each compared whole. Bytes that are
    linted, stored, read again and linted again before they are signed cost one lint, if they are the same.
    """
    try:
        specimen = Specimen.of(profiles, profile, raw, issuer)
    except Unparsable:
        return Findings((LintFinding("lint.malformed", "RFC 5280 §4.1", "no TBSCertificate, or no issuer"),)), b""
    return findings(RULES[profile], specimen), specimen.issuer_key
