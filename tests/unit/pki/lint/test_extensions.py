from dataclasses import replace
from typing import Any

import pytest
from asn1crypto import core, x509
from cryptography import x509 as names
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from openjpki.pki.lint.rules import examine
from openjpki.pki.profiles import Profile
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import AOBA, WAKABA, hierarchy
from tests.unit.pki.lint.tampering import SIGNATURE, Change, codes, set_extension, set_extensions, to_be_signed

KEY_USAGE, SUBJECT_KEY, AUTHORITY_KEY = "2.5.29.15", "2.5.29.14", "2.5.29.35"
ALT_NAME, ISSUER_ALT_NAME, POINTS = "2.5.29.17", "2.5.29.18", "2.5.29.31"
CONSTRAINTS, POLICIES, EXTENDED = "2.5.29.19", "2.5.29.32", "2.5.29.37"
ACCESS, NO_CHECK = "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.48.1.5"


def _usage(*usages: str) -> bytes:
    encoded: bytes = x509.KeyUsage(set(usages)).dump()
    return encoded


def _public(extension: names.ExtensionType) -> bytes:
    return extension.public_bytes()


def _point(name: names.Name, **other: Any) -> bytes:
    full = [names.DirectoryName(name)]
    point = names.DistributionPoint(
        full_name=other.get("full_name", full),
        relative_name=None,
        reasons=other.get("reasons"),
        crl_issuer=other.get("crl_issuer"),
    )
    return _public(names.CRLDistributionPoints([point] * other.get("times", 1)))


def _policy(oid: str, *qualifiers: str) -> bytes:
    policy = names.PolicyInformation(names.ObjectIdentifier(oid), list(qualifiers) or None)
    return _public(names.CertificatePolicies([policy]))


def _access(method: names.ObjectIdentifier, url: str) -> bytes:
    access = names.AccessDescription(method, names.UniformResourceIdentifier(url))
    return _public(names.AuthorityInformationAccess([access]))


PROFILES = SIGNATURE.profiles
HERE = PROFILES.partition_name(CertificateKind.SIGNATURE, WAKABA)
CPS = PROFILES.cps
OCSP = AuthorityInformationAccessOID.OCSP
KEY = bytes(20)


@pytest.mark.parametrize(
    ("profile", "oid", "value", "code"),
    [
        (Profile.SIGNATURE, KEY_USAGE, _usage("digital_signature"), "key-usage"),
        (Profile.SIGNATURE, KEY_USAGE, _usage("digital_signature", "non_repudiation", "crl_sign"), "key-usage"),
        (Profile.AUTHENTICATION, KEY_USAGE, _usage("digital_signature", "non_repudiation"), "key-usage"),
        (Profile.SIGNATURE_CA, KEY_USAGE, _usage("key_cert_sign"), "key-usage"),
        (Profile.OCSP_RESPONDER, KEY_USAGE, _usage("non_repudiation"), "key-usage"),
        (Profile.SIGNATURE, SUBJECT_KEY, _public(names.SubjectKeyIdentifier(KEY)), "subject-key-identifier"),
        (Profile.SIGNATURE, AUTHORITY_KEY, _public(names.AuthorityKeyIdentifier(KEY, None, None)),
         "authority-key-identifier"),
        (Profile.SIGNATURE, POLICIES, _policy("1.2.392.200149.8.5.1.1.20", CPS), "policies"),
        (Profile.SIGNATURE, POLICIES, _policy(PROFILES.signature_policy), "policies"),
        (Profile.SIGNATURE, POLICIES, _policy(PROFILES.signature_policy, "http://example.invalid"), "policies"),
        (Profile.SIGNATURE, POLICIES, _policy(PROFILES.signature_policy, CPS, CPS), "policies"),
        (Profile.SIGNATURE, ISSUER_ALT_NAME, _public(names.IssuerAlternativeName([names.DirectoryName(HERE)])),
         "issuer-alternative-name"),
        (Profile.SIGNATURE, POINTS, _point(PROFILES.partition_name(CertificateKind.SIGNATURE, AOBA)),
         "distribution-point.holder"),
        (Profile.SIGNATURE, POINTS, _point(PROFILES.partition_name(CertificateKind.AUTHENTICATION, WAKABA)),
         "distribution-point.holder"),
        (Profile.SIGNATURE, POINTS, _point(PROFILES.ca_name(CertificateKind.SIGNATURE)), "distribution-point.holder"),
        (Profile.SIGNATURE, POINTS, _point(HERE, times=2), "distribution-point.holder"),
        (Profile.SIGNATURE, POINTS, _point(HERE, crl_issuer=[names.DirectoryName(HERE)]), "distribution-point.holder"),
        (Profile.SIGNATURE, POINTS, _point(HERE, reasons=frozenset({names.ReasonFlags.key_compromise})),
         "distribution-point.holder"),
        (Profile.SIGNATURE, POINTS, _point(HERE, full_name=[names.UniformResourceIdentifier("http://example.invalid")]),
         "distribution-point.holder"),
        (Profile.SIGNATURE, POINTS, _point(HERE, full_name=[names.DirectoryName(HERE)] * 2),
         "distribution-point.holder"),
        (Profile.SIGNATURE_CA, POINTS, _point(HERE), "distribution-point.ca"),
        (Profile.SIGNATURE_CA, POINTS, _point(HERE, times=2), "distribution-point.ca"),
        (Profile.SIGNATURE_CA, ALT_NAME, _public(names.SubjectAlternativeName([names.DirectoryName(HERE)])),
         "ca-alternative-name"),
        (Profile.SIGNATURE_CA, ALT_NAME, _public(names.SubjectAlternativeName([names.DNSName("example.invalid")])),
         "ca-alternative-name"),
        (Profile.SIGNATURE_CA, CONSTRAINTS, _public(names.BasicConstraints(ca=True, path_length=0)),
         "basic-constraints"),
        (Profile.SIGNATURE_CA, CONSTRAINTS, _public(names.BasicConstraints(ca=False, path_length=None)),
         "basic-constraints"),
        (Profile.SIGNATURE, ACCESS, _access(OCSP, "http://example.invalid/ocsp"), "information-access"),
        (Profile.SIGNATURE, ACCESS, _access(AuthorityInformationAccessOID.CA_ISSUERS, PROFILES.signature_ocsp_url),
         "information-access"),
        (Profile.AUTHENTICATION, EXTENDED,
         _public(names.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH])),
         "client-authentication"),
        (Profile.OCSP_RESPONDER, EXTENDED, _public(names.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])),
         "ocsp-signing"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_found(profile: Profile, oid: str, value: bytes, code: str) -> None:
    """Each extension has one right value in its profile; its own rule finds any other."""
    assert codes(profile, set_extension(oid, value)) == {f"lint.{code}"}


def _partition(prefecture: str, cn: str) -> bytes:
    right = [*PROFILES.partition_name(CertificateKind.AUTHENTICATION, WAKABA)]
    unit = names.NameAttribute(right[4].oid, prefecture, _validate=False)
    return _point(names.Name([*right[:4], unit, names.NameAttribute(right[5].oid, cn)]))


@pytest.mark.parametrize(
    ("prefecture", "cn"), [("Mihon-ken", "Wakaba-shi"), ("Mihon-ken", " CRLDP"), ("", "Wakaba-shi CRLDP")]
)
def test_a_partition_that_no_list_has_is_found(prefecture: str, cn: str) -> None:
    """Profile §3: the distribution point of an authentication certificate has a prefecture and the setting's CN too."""
    found = codes(Profile.AUTHENTICATION, set_extension(POINTS, _partition(prefecture, cn)))

    assert found == {"lint.distribution-point.holder"}


def _more(found: list[Any]) -> list[Any]:
    extra = x509.Extension(
        {"extn_id": "1.2.3.4", "critical": False, "extn_value": core.ParsableOctetString(b"\x05\x00")}
    )
    return [*found, extra]


def _uncritical(found: list[Any]) -> list[Any]:
    found[0]["critical"] = False
    return found


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize(
    "choose",
    [lambda found: [found[1], found[0], *found[2:]], _more, _uncritical],
    ids=["order", "more", "criticality"],
)
def test_other_extensions_order_or_criticality_are_found(profile: Profile, choose: Any) -> None:
    """docs/certificates.md §2 to §6: the profile's extensions, in its order, with its criticality."""
    assert codes(profile, set_extensions(choose)) == {"lint.extensions.order"}


@pytest.mark.parametrize("profile", Profile)
def test_a_certificate_without_extensions_breaks_every_rule_about_them(profile: Profile) -> None:
    """An absent extension is found by its own rule, too: none of them takes silence for agreement."""
    found = codes(profile, set_extensions(lambda _: []))

    assert {"lint.extensions.order", "lint.key-usage", "lint.subject-key-identifier"} <= found
    assert "lint.unexamined" not in found


def test_a_responder_whose_status_would_be_asked_is_found() -> None:
    """RFC 6960 §4.2.2.2.1: without id-pkix-ocsp-nocheck a verifier asks who answers for the answerer."""

    def without(found: list[Any]) -> list[Any]:
        return [each for each in found if each["extn_id"].dotted != NO_CHECK]

    assert codes(Profile.OCSP_RESPONDER, set_extensions(without)) == {"lint.extensions.order", "lint.ocsp-no-check"}


def test_client_authentication_is_a_setting() -> None:
    """Extended key usage in authentication certificates is inferred: the setting takes it away."""
    profiles = replace(PROFILES, client_authentication=False)

    def without(found: list[Any]) -> list[Any]:
        return [each for each in found if each["extn_id"].dotted != EXTENDED]

    assert codes(Profile.AUTHENTICATION, set_extensions(without), profiles) == set()
    assert codes(Profile.AUTHENTICATION, lambda _: None, profiles) == {"lint.extensions.order"}


def test_criticality_of_the_responders_usage_is_a_setting() -> None:
    """Whether the responder's extended key usage is critical is open."""
    profiles = replace(PROFILES, responder_usage_critical=True)

    assert codes(Profile.OCSP_RESPONDER, lambda _: None, profiles) == {"lint.extensions.order"}


def test_another_generation_is_another_key() -> None:
    """docs/certificates.md §2: generations share a name; the authority key identifier tells them apart."""
    raw = to_be_signed(SIGNATURE.holder)
    findings, _ = examine(PROFILES, Profile.SIGNATURE, raw, hierarchy(ca_position=3).ca)

    assert findings.codes == {"lint.authority-key-identifier"}


def _unended(tbs: Any) -> None:
    set_extension(POINTS, _point(names.Name(list(HERE)[:4])))(tbs)


def test_a_distribution_point_without_municipality_is_found() -> None:
    """docs/certificates.md §3: the name ends in prefecture and municipality."""
    change: Change = _unended

    assert codes(Profile.AUTHENTICATION, change) == {"lint.distribution-point.holder"}
