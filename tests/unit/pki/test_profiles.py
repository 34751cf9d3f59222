from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography import x509

from openjpki.pki.profiles import ForeignIssuer, Profile, ProfileSet
from openjpki.rules.kinds import CertificateKind
from tests.support.hierarchy import BASE_URL, WAKABA

SANDBOX, PRODUCTION = ProfileSet.sandbox(BASE_URL), ProfileSet.production(BASE_URL)
SIGNATURE, AUTHENTICATION = CertificateKind.SIGNATURE, CertificateKind.AUTHENTICATION


def _lines(name: x509.Name) -> list[str]:
    return [f"{part.rfc4514_attribute_name}={part.value!s}" for part in name]


def test_production_names_are_those_of_the_published_certificates() -> None:
    """docs/certificates.md §2: C, O, OU purpose, OU agency; and the Japanese name beside it."""
    assert _lines(PRODUCTION.ca_name(SIGNATURE)) == [
        "C=JP",
        "O=JPKI",
        "OU=JPKI for digital signature",
        "OU=Japan Agency for Local Authority Information Systems",
    ]
    assert _lines(PRODUCTION.ca_alternative_name(AUTHENTICATION)) == [
        "C=JP",
        "O=公的個人認証サービス",
        "OU=公的個人認証サービス利用者証明用",
        "OU=地方公共団体情報システム機構",
    ]


@pytest.mark.parametrize("kind", CertificateKind)
def test_sandbox_names_say_that_j_lis_did_not_issue(kind: CertificateKind) -> None:
    """The default hierarchy says in its names and policies what it is."""
    lines = _lines(SANDBOX.ca_name(kind))

    assert lines[1] == "O=JPKI-TEST"
    assert lines[-1] == "OU=Not issued by J-LIS"
    assert "発行ではありません" in _lines(SANDBOX.ca_alternative_name(kind))[-1]
    assert SANDBOX.policy(kind) != PRODUCTION.policy(kind)
    assert SANDBOX.ca_name(kind) != PRODUCTION.ca_name(kind)


def test_country_is_printable_and_all_else_utf8() -> None:
    """RFC 5280 §4.1.2.4 and the published certificates: tag 19 for C, tag 12 for the rest."""
    name = SANDBOX.signature_subject(WAKABA, "ID")

    assert name.public_bytes().hex() == (
        "3043"
        "310b300906035504061302" + b"JP".hex() + "31123010060355040 70c09".replace(" ", "") + b"Mihon-ken".hex()
        + "31133011060355040 70c0a".replace(" ", "") + b"Wakaba-shi".hex()
        + "310b300906035504030c02" + b"ID".hex()
    )  # fmt: skip


def test_partition_is_a_directory_name_per_municipality() -> None:
    """docs/certificates.md §3: OU "CRL Distribution Points", OU prefecture, CN municipality with the recalled suffix."""
    assert _lines(PRODUCTION.partition_name(SIGNATURE, WAKABA)) == [
        "C=JP",
        "O=JPKI",
        "OU=JPKI for digital signature",
        "OU=CRL Distribution Points",
        "OU=Mihon-ken",
        "CN=Wakaba-shi CRLDP",
    ]
    other = replace(SANDBOX, distribution_point_cn="CRL of {municipality}")
    assert _lines(other.partition_name(AUTHENTICATION, WAKABA))[-1] == "CN=CRL of Wakaba-shi"


def test_an_authentication_subject_names_no_place() -> None:
    """R-0.4: country and an opaque name, nothing else."""
    assert _lines(SANDBOX.authentication_subject("ID")) == ["C=JP", "CN=ID"]


def test_a_responder_is_named_after_its_ca() -> None:
    """docs/certificates.md §6."""
    assert list(SANDBOX.responder_subject(SIGNATURE))[:-1] == list(SANDBOX.ca_name(SIGNATURE))


def test_ocsp_addresses_come_from_one_base() -> None:
    """The real addresses are not public: both are settings, made from one base."""
    profiles = ProfileSet.sandbox("http://127.0.0.1:8480/")

    assert profiles.ocsp_url(SIGNATURE) == "http://127.0.0.1:8480/ocsp/signature"
    assert profiles.ocsp_url(AUTHENTICATION) == "http://127.0.0.1:8480/ocsp/authentication"


@pytest.mark.parametrize("kind", CertificateKind)
def test_a_ca_name_tells_its_kind(kind: CertificateKind) -> None:
    """Which hierarchy an issuer belongs to is read from its name."""
    assert SANDBOX.kind_of(SANDBOX.ca_name(kind)) is kind


def test_a_foreign_ca_is_refused() -> None:
    """A production name is not the sandbox's."""
    with pytest.raises(ForeignIssuer):
        SANDBOX.kind_of(PRODUCTION.ca_name(SIGNATURE))


@pytest.mark.parametrize(
    "broken",
    [
        lambda: replace(SANDBOX, distribution_point_cn="CRLDP"),
        lambda: replace(SANDBOX, signature_ocsp_url="ldap://127.0.0.1"),
        lambda: replace(SANDBOX, cps="www.jpki.go.jp"),
    ],
)
def test_settings_that_no_certificate_can_carry_are_bugs(broken: Callable[[], ProfileSet]) -> None:
    """A distribution point names its municipality; addresses are http."""
    with pytest.raises(ValueError, match="must"):
        broken()


def test_profiles_know_what_they_issue() -> None:
    """Two CA profiles, two holder profiles, one responder profile."""
    assert [profile.ca_kind for profile in Profile] == [SIGNATURE, AUTHENTICATION, None, None, None]
    assert [profile.holder_kind for profile in Profile] == [None, None, SIGNATURE, AUTHENTICATION, None]
