from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from openjpki.pki.lint.rules import RULES, examine
from openjpki.pki.profiles import Profile, ProfileSet
from tests.unit.pki.lint.tampering import specimen


@pytest.mark.parametrize("profile", Profile)
def test_a_right_certificate_has_no_finding(profile: Profile) -> None:
    """What is prepared by its profile passes every rule of it, and waits for its issuer's key."""
    made, raw, issuer = specimen(profile)
    findings, key = examine(made.profiles, profile, raw, issuer)

    assert findings == ()
    assert key == made.ca_signer.public_key


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("other", Profile)
def test_a_certificate_passes_no_other_profile(profile: Profile, other: Profile) -> None:
    """No certificate of one profile can be signed as one of another."""
    made, raw, issuer = specimen(profile)
    findings, _ = examine(made.profiles, other, raw, issuer)

    assert (not findings) is (profile is other)


@pytest.mark.parametrize("profile", Profile)
def test_every_rule_states_its_clause_and_has_a_code_of_its_own(profile: Profile) -> None:
    """A finding can be looked up: its code is stable, its clause is the rule's sentence with its source."""
    codes = [rule.code for rule in RULES[profile]]

    assert len(codes) == len(set(codes))
    assert all(code.startswith("lint.") for code in codes)
    assert all(": " in rule.clause for rule in RULES[profile])


@pytest.mark.parametrize("raw", [b"", b"\x30\x00", b"no certificate", bytes(700)])
def test_bytes_that_are_no_certificate_are_a_finding(raw: bytes) -> None:
    """Stored bytes that were damaged are found, and give no key to sign with."""
    made, _, issuer = specimen(Profile.SIGNATURE)
    findings, key = examine(made.profiles, Profile.SIGNATURE, raw, issuer)

    assert findings.codes == {"lint.malformed"}
    assert key == b""


def test_the_same_bytes_are_examined_once() -> None:
    """What is linted, stored, read back and linted again costs one lint; a byte that differs is looked at."""
    made, raw, issuer = specimen(Profile.SIGNATURE)
    examine.cache_clear()
    first = examine(made.profiles, Profile.SIGNATURE, raw, issuer)

    assert examine(made.profiles, Profile.SIGNATURE, bytes(bytearray(raw)), issuer) is first
    spoilt = raw.replace(b"JPKI-TEST", b"JPKI-REAL")
    assert examine(made.profiles, Profile.SIGNATURE, spoilt, issuer)[0]
    assert examine(made.profiles, Profile.AUTHENTICATION, raw, issuer)[0]
    assert examine.cache_info().misses == 3


def test_an_issuer_that_is_no_certificate_is_a_finding() -> None:
    """Without an issuer there is nobody to sign."""
    made, raw, _ = specimen(Profile.SIGNATURE)

    assert examine(made.profiles, Profile.SIGNATURE, raw, b"")[0].codes == {"lint.malformed"}


def test_a_holder_cannot_sign_its_own_certificate() -> None:
    """Only a CA certificate signs itself: without an issuer a holder's certificate breaks rules."""
    made, raw, _ = specimen(Profile.SIGNATURE)

    assert "lint.names.issuer" in examine(made.profiles, Profile.SIGNATURE, raw, None)[0].codes


def test_every_rule_says_how_sure_its_clause_is() -> None:
    """docs/lint.md is drawn from the rules: each has a mark of docs/certificates.md."""
    assert all(rule.mark and set(rule.mark) <= set("CIUD") for profile in Profile for rule in RULES[profile])


@pytest.mark.parametrize("setting", [field.name for field in fields(ProfileSet) if field.default is not MISSING])
def test_every_setting_is_documented(setting: str) -> None:
    """docs/certificates.md names each setting at the clause that it changes."""
    page = (Path(__file__).parents[4] / "docs" / "certificates.md").read_text(encoding="utf-8")

    assert f"`{setting}`" in page
