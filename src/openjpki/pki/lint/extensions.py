"""Rules about extensions other than the four attributes. "Profile §n" is docs/certificates.md §n."""

from collections.abc import Iterator
from typing import Any

from openjpki.pki.keys import key_identifier
from openjpki.pki.lint.finding import rule
from openjpki.pki.lint.specimen import Specimen, extensions, parts
from openjpki.pki.profiles import Profile

KEY_USAGE = "2.5.29.15"
SUBJECT_ALT_NAME = "2.5.29.17"
ISSUER_ALT_NAME = "2.5.29.18"
BASIC_CONSTRAINTS = "2.5.29.19"
DISTRIBUTION_POINTS = "2.5.29.31"
POLICIES = "2.5.29.32"
AUTHORITY_KEY = "2.5.29.35"
EXTENDED_KEY_USAGE = "2.5.29.37"
SUBJECT_KEY = "2.5.29.14"
INFORMATION_ACCESS = "1.3.6.1.5.5.7.1.1"
NO_CHECK = "1.3.6.1.5.5.7.48.1.5"

HOLDER_TAIL = (
    (POLICIES, True),
    (ISSUER_ALT_NAME, False),
    (DISTRIBUTION_POINTS, False),
    (INFORMATION_ACCESS, False),
    (AUTHORITY_KEY, False),
    (SUBJECT_KEY, False),
)
CA_EXTENSIONS = (
    (KEY_USAGE, True),
    (SUBJECT_ALT_NAME, False),
    (BASIC_CONSTRAINTS, True),
    (DISTRIBUTION_POINTS, False),
    (SUBJECT_KEY, False),
)


def expected_extensions(specimen: Specimen) -> tuple[tuple[str, bool], ...]:
    """Return the extensions of a profile as (OID, critical), in their order."""
    if specimen.profile.ca_kind:
        return CA_EXTENSIONS
    if specimen.profile is Profile.SIGNATURE:
        return ((KEY_USAGE, True), (SUBJECT_ALT_NAME, False), *HOLDER_TAIL)
    if specimen.profile is Profile.AUTHENTICATION:
        usage = ((EXTENDED_KEY_USAGE, False),) if specimen.profiles.client_authentication else ()
        return ((KEY_USAGE, True), *usage, *HOLDER_TAIL)
    return (
        (KEY_USAGE, True),
        (EXTENDED_KEY_USAGE, specimen.profiles.responder_usage_critical),
        (NO_CHECK, False),
        (AUTHORITY_KEY, False),
        (SUBJECT_KEY, False),
    )


KEY_USAGES = {
    Profile.SIGNATURE_CA: {"key_cert_sign", "crl_sign"},
    Profile.AUTHENTICATION_CA: {"key_cert_sign", "crl_sign"},
    Profile.SIGNATURE: {"digital_signature", "non_repudiation"},
    Profile.AUTHENTICATION: {"digital_signature"},
    Profile.OCSP_RESPONDER: {"digital_signature"},
}


@rule("lint.extensions.order", "CI")
def order(specimen: Specimen) -> Iterator[str]:
    """Profile §2 to §6: the extensions are the profile's, each once, in its order, with its criticality."""
    found = tuple((each["extn_id"].dotted, each["critical"].native) for each in extensions(specimen.tbs))
    if found != expected_extensions(specimen):
        yield "other extensions, order or criticality"


@rule("lint.key-usage", "C")
def key_usage(specimen: Specimen) -> Iterator[str]:
    """Profile §2 to §6: a signature key also commits (nonRepudiation), an authentication key does not."""
    found = specimen.extension(KEY_USAGE)
    if found is None or found.native != KEY_USAGES[specimen.profile]:
        yield "other usages"


@rule("lint.basic-constraints", "C")
def basic_constraints(specimen: Specimen) -> Iterator[str]:
    """RFC 5280 §4.2.1.9: a CA certificate says cA TRUE, here without a path length."""
    found = specimen.extension(BASIC_CONSTRAINTS)
    if found is None or found.native != {"ca": True, "path_len_constraint": None}:
        yield "not cA TRUE without path length"


@rule("lint.subject-key-identifier", "CI")
def subject_key_identifier(specimen: Specimen) -> Iterator[str]:
    """RFC 5280 §4.2.1.2: subjectKeyIdentifier is the SHA-1 of the certified key's bits (method 1)."""
    found = specimen.extension(SUBJECT_KEY)
    if found is None or found.native != key_identifier(specimen.public_key):
        yield "not the identifier of the certified key"


@rule("lint.authority-key-identifier", "I")
def authority_key_identifier(specimen: Specimen) -> Iterator[str]:
    """RFC 5280 §4.2.1.1: authorityKeyIdentifier is the issuer's subjectKeyIdentifier, and nothing else."""
    found, issuer = specimen.extension(AUTHORITY_KEY), specimen.authority_extension(SUBJECT_KEY)
    expected = {
        "key_identifier": issuer and issuer.native,
        "authority_cert_issuer": None,
        "authority_cert_serial_number": None,
    }
    if found is None or issuer is None or found.native != expected:
        yield "not the identifier of the issuer's key"


@rule("lint.policies", "CI")
def policies(specimen: Specimen) -> Iterator[str]:
    """RFC 5280 §4.2.1.4: there is one policy, the profile set's for this kind, with one CPS qualifier."""
    kind = specimen.profile.holder_kind
    expected = kind and [(specimen.profiles.policy(kind), [("1.3.6.1.5.5.7.2.1", specimen.profiles.cps)])]
    found = [(each["policy_identifier"].dotted, _qualifiers(each)) for each in specimen.extension(POLICIES) or ()]
    if found != expected:
        yield "another policy or qualifier"


@rule("lint.issuer-alternative-name", "CI")
def issuer_alternative_name(specimen: Specimen) -> Iterator[str]:
    """Profile §3: issuerAltName is the issuer's subjectAltName: its Japanese name."""
    found, issuer = specimen.extension(ISSUER_ALT_NAME), specimen.authority_extension(SUBJECT_ALT_NAME)
    if found is None or issuer is None or found.dump() != issuer.dump():
        yield "not the issuer's alternative name"


@rule("lint.ca-alternative-name", "C")
def ca_alternative_name(specimen: Specimen) -> Iterator[str]:
    """Profile §2: a CA's subjectAltName is one directory name: its Japanese name."""
    kind, found = specimen.profile.ca_kind, specimen.extension(SUBJECT_ALT_NAME)
    if not kind or found is None or len(found) != 1 or found[0].name != "directory_name":
        yield "not one directory name"
    elif found[0].chosen.chosen.dump() != specimen.profiles.ca_alternative_name(kind).public_bytes():
        yield "another name"


@rule("lint.distribution-point.ca", "C")
def ca_distribution_point(specimen: Specimen) -> Iterator[str]:
    """Profile §2: a CA's distribution point is its own name."""
    name = distribution_point(specimen)
    if name is None or name.chosen.dump() != specimen.tbs["subject"].dump():
        yield "not the CA's own name"


@rule("lint.distribution-point.holder", "CU")
def holder_distribution_point(specimen: Specimen) -> Iterator[str]:
    """Profile §3: a holder's distribution point is the directory name of the municipality's list, no address.

    C, O, OU purpose, OU "CRL Distribution Points", OU prefecture, CN municipality; in a signature certificate
    prefecture and municipality are the subject's.
    """
    name, kind = distribution_point(specimen), specimen.profile.holder_kind
    if name is None or kind is None:
        yield "not one directory name"
        return
    found = parts(name)
    ca = parts(specimen.authority["subject"])
    shape = [*[part[:2] for part in ca[:3]], ("organizational_unit_name", "CRL Distribution Points")]
    if [part[:2] for part in found[:4]] != shape:
        yield "the name does not begin as the CA's and 'CRL Distribution Points'"
    if [part[0] for part in found[4:]] != ["organizational_unit_name", "common_name"]:
        yield "the name does not end in one OU and one CN"
        return
    before, _, after = specimen.profiles.distribution_point_cn.partition("{municipality}")
    cn = found[5][1]
    if not (cn.startswith(before) and cn.endswith(after) and len(cn) > len(before + after) and found[4][1].strip()):
        yield "no prefecture, or not the CN of the setting distribution_point_cn"
    if kind.value == Profile.SIGNATURE.value:
        places = [text for part, text, _ in parts(specimen.tbs["subject"]) if part == "locality_name"]
        common = specimen.profiles.distribution_point_cn.format(municipality="".join(places[1:2]))
        if [found[4][1], cn] != [*places[:1], common]:
            yield "not the subject's prefecture and municipality"


@rule("lint.information-access", "IU")
def information_access(specimen: Specimen) -> Iterator[str]:
    """RFC 5280 §4.2.2.1: authorityInfoAccess is one OCSP address, the profile set's for this kind."""
    kind = specimen.profile.holder_kind
    found = [
        (each["access_method"].native, each["access_location"].native)
        for each in specimen.extension(INFORMATION_ACCESS) or ()
    ]
    if kind is None or found != [("ocsp", specimen.profiles.ocsp_url(kind))]:
        yield "another address"


@rule("lint.client-authentication", "I")
def client_authentication(specimen: Specimen) -> Iterator[str]:
    """Profile §5: extended key usage is clientAuth alone (setting `client_authentication`)."""
    found = specimen.extension(EXTENDED_KEY_USAGE)
    if specimen.profiles.client_authentication and (found is None or found.native != ["client_auth"]):
        yield "not clientAuth alone"


@rule("lint.ocsp-signing", "D")
def ocsp_signing(specimen: Specimen) -> Iterator[str]:
    """RFC 6960 §4.2.2.2: a delegated responder has extended key usage OCSPSigning, here alone."""
    found = specimen.extension(EXTENDED_KEY_USAGE)
    if found is None or found.native != ["ocsp_signing"]:
        yield "not OCSPSigning alone"


@rule("lint.ocsp-no-check", "D")
def no_check(specimen: Specimen) -> Iterator[str]:
    """RFC 6960 §4.2.2.2.1: id-pkix-ocsp-nocheck is there, a NULL: nobody asks the status of the responder."""
    found = [each["extn_value"].contents for each in extensions(specimen.tbs) if each["extn_id"].dotted == NO_CHECK]
    if found != [b"\x05\x00"]:
        yield "absent or not NULL"


def distribution_point(specimen: Specimen) -> Any:
    """Return the one directory name of the one distribution point; None if it is anything else."""
    points = list(specimen.extension(DISTRIBUTION_POINTS) or ())
    if len(points) != 1 or points[0]["reasons"].native or points[0]["crl_issuer"].native:
        return None
    chosen = points[0]["distribution_point"]
    if chosen.name != "full_name" or len(chosen.chosen) != 1 or chosen.chosen[0].name != "directory_name":
        return None
    return chosen.chosen[0].chosen


def _qualifiers(policy: Any) -> list[tuple[str, object]]:
    return [
        (each["policy_qualifier_id"].dotted, each["qualifier"].native) for each in policy["policy_qualifiers"] or ()
    ]
