import subprocess
from dataclasses import fields, replace
from typing import Any

import pytest
from asn1crypto.keys import PublicKeyInfo

from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.issuer import load_certificate
from openjpki.pki.lint.external import Pkilint
from openjpki.pki.profiles import Profile, ProfileSet
from openjpki.pki.specimens import key_of_nobody, profile_digests, profiles_digest, specimens

BASE = "http://127.0.0.1:8780"
SANDBOX = ProfileSet.sandbox(BASE)
KNOWN = {
    ("sandbox", "rsa-2048-sha-256"): "1fb9a445ed87c39b738df85204f96cfa9341f35348e1540e40563052eb4bb798",
    ("sandbox", "p-384-sha-384"): "1b232b20d9437285d98dd0b071ff062984ca2f20ed772c41c4a3581904d9c014",
    ("production", "rsa-2048-sha-256"): "2052bb981703cdda17040493e040c36648aeb5ca38d675d55605f73083d6019c",
    ("production", "p-384-sha-384"): "f7a9de7b9d0e1824a02afe52d8cad1e825fce3354ebf52da1b5bde21acc752ef",
}
"""What the released profiles are. Whoever changes one changes what every authority must approve: say so in CHANGELOG.md."""
OTHER: dict[str, Any] = {
    "organization": "JPKI-OTHER",
    "organization_ja": "別のサービス",
    "disclaimer": "Other",
    "disclaimer_ja": "別",
    "signature_policy": "1.2.392.200149.8.5.1.0.21",
    "authentication_policy": "1.2.392.200149.8.5.1.0.31",
    "signature_ocsp_url": "http://ocsp.example/s",
    "authentication_ocsp_url": "http://ocsp.example/a",
    "algorithm": KeyAlgorithm.P384_SHA_384,
    "cps": "http://cps.example/",
    "distribution_point_cn": "{municipality}",
    "unknown_sex": "9",
    "client_authentication": False,
    "responder_usage_critical": True,
    "cap_by_ca_generation": False,
    "holder_years_at_most": 5,
    "ca_years_at_most": 11,
    "responder_days_at_most": 90,
}
"""Another value of every field that a certificate, or a wall around it, shows."""


def digest(profiles: ProfileSet) -> str:
    """Return the digest of all profiles."""
    return profiles_digest(profile_digests(profiles))


@pytest.mark.parametrize("algorithm", KeyAlgorithm, ids=lambda each: each.value)
@pytest.mark.parametrize("make", [ProfileSet.sandbox, ProfileSet.production], ids=["sandbox", "production"])
def test_the_released_profiles_are_known(make: Any, algorithm: KeyAlgorithm) -> None:
    """The same code and settings have the same digest on every machine and day."""
    profiles = make(BASE, algorithm=algorithm)

    assert digest(profiles) == KNOWN[profiles.label, algorithm.value]


@pytest.mark.parametrize("name", [field.name for field in fields(ProfileSet) if field.name != "label"])
def test_every_setting_counts(name: str) -> None:
    """Whatever a profile set says of certificates changes the digest; its label is for people."""
    changed = replace(SANDBOX, **{name: OTHER[name]})

    assert digest(changed) != digest(SANDBOX)
    assert digest(replace(SANDBOX, label="another")) == digest(SANDBOX)


def test_each_profile_has_its_own_digest() -> None:
    """Where only the holders' addresses change, CAs and responders are what they were: status goes on."""
    changed = profile_digests(replace(SANDBOX, signature_ocsp_url="http://ocsp.example/s"))

    assert {one for one in Profile if changed[one] != profile_digests(SANDBOX)[one]} == {Profile.SIGNATURE}


@pytest.mark.parametrize("algorithm", KeyAlgorithm, ids=lambda each: each.value)
def test_no_lint_finds_anything_in_a_specimen(algorithm: KeyAlgorithm) -> None:
    """Our own rules and pkilint; two of the signature profile and of the responder, one of each other."""
    made = specimens(ProfileSet.production(BASE, algorithm=algorithm))

    assert {profile: len(some) for profile, some in made.items()} == {
        profile: 2 if profile in {Profile.SIGNATURE, Profile.OCSP_RESPONDER} else 1 for profile in Profile
    }
    assert not any(one.findings() or one.outside(Pkilint()) for some in made.values() for one in some)


def test_a_profile_that_breaks_a_rule_shows_in_its_specimen() -> None:
    """A wall of five years would refuse a CA's ten: the specimen says so before an authority does."""
    made = specimens(replace(SANDBOX, ca_years_at_most=5))

    assert made[Profile.SIGNATURE_CA][0].findings().codes == {"lint.validity.length"}


@pytest.mark.parametrize("algorithm", KeyAlgorithm, ids=lambda each: each.value)
def test_a_key_of_nobody_is_a_key(algorithm: KeyAlgorithm) -> None:
    """It is of its algorithm, the same at every time, and another for another label."""
    key = key_of_nobody(algorithm, "holder")

    assert KeyAlgorithm.of(key) is algorithm
    assert PublicKeyInfo.load(key, strict=True).native
    assert key_of_nobody.__wrapped__(algorithm, "holder") == key != key_of_nobody(algorithm, "responder")


@pytest.mark.oracle
def test_openssl_reads_every_specimen() -> None:
    """They are certificates to others too, and none of them verifies."""
    for some in specimens(SANDBOX).values():
        for one in some:
            arguments = ("openssl", "x509", "-inform", "DER", "-noout", "-text")
            read = subprocess.run(arguments, input=one.certificate, capture_output=True, check=True)
            assert f"Serial Number: {load_certificate(one.certificate).serial_number}".encode() in read.stdout
