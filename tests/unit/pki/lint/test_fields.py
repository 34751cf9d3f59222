from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asn1crypto import core, keys, x509

from openjpki.pki import der
from openjpki.pki.algorithms import KeyAlgorithm
from openjpki.pki.lint.rules import examine
from openjpki.pki.profiles import Profile
from tests.support.hierarchy import CA_EXPIRES, EXPIRES, ISSUED, RESPONDER_EXPIRES
from tests.support.keys import pooled_signer
from tests.unit.pki.lint.tampering import SIGNATURE, Change, changed, codes, specimen, to_be_signed


def _set(field: str, value: object) -> Change:
    def change(tbs: Any) -> None:
        tbs[field] = value

    return change


def _validity(*, first: datetime | None = None, last: datetime | None = None) -> Change:
    def change(tbs: Any) -> None:
        for field, moment in (("not_before", first), ("not_after", last)):
            if moment:
                tbs["validity"][field] = x509.Time("utc_time", core.UTCTime(moment))

    return change


@pytest.mark.parametrize(
    ("profile", "change", "found"),
    [
        (Profile.SIGNATURE, _set("version", "v1"), {"lint.version"}),
        (Profile.SIGNATURE, _set("serial_number", 0), {"lint.serial"}),
        (Profile.SIGNATURE, _set("serial_number", -5), {"lint.serial"}),
        (Profile.SIGNATURE, _set("serial_number", 2**159), {"lint.serial"}),
        (Profile.SIGNATURE, _set("serial_number", 2**159 - 1), set()),
        (Profile.SIGNATURE, _validity(first=EXPIRES), {"lint.validity.order"}),
        (Profile.SIGNATURE, _validity(last=EXPIRES - timedelta(seconds=1)), {"lint.validity.end-of-day"}),
        (Profile.SIGNATURE, _validity(last=EXPIRES + timedelta(seconds=1)), {"lint.validity.end-of-day"}),
        (Profile.SIGNATURE, _validity(first=ISSUED - timedelta(seconds=1)), {"lint.validity.issuer"}),
        (Profile.SIGNATURE, _validity(last=CA_EXPIRES), {"lint.validity.length"}),
        (
            Profile.SIGNATURE,
            _validity(first=CA_EXPIRES - timedelta(days=1), last=CA_EXPIRES + timedelta(days=1)),
            {"lint.validity.issuer"},
        ),
        (Profile.SIGNATURE_CA, _validity(last=CA_EXPIRES + timedelta(days=365)), {"lint.validity.length"}),
        (Profile.OCSP_RESPONDER, _validity(last=RESPONDER_EXPIRES + timedelta(days=365)), {"lint.validity.length"}),
        (Profile.OCSP_RESPONDER, _validity(last=RESPONDER_EXPIRES + timedelta(seconds=9)), set()),
    ],
)  # fmt: skip
def test_a_wrong_field_is_found(profile: Profile, change: Change, found: set[str]) -> None:
    """Each rule finds its own violation, and no other rule complains."""
    assert codes(profile, change) == found


def test_a_later_century_is_generalized_time() -> None:
    """RFC 5280 §4.1.2.5: UTCTime is for the years through 2049, and GeneralizedTime for those after."""
    moment = datetime(2030, 2, 17, 14, 59, 59, tzinfo=UTC)

    def change(tbs: Any) -> None:
        tbs["validity"]["not_after"] = x509.Time("general_time", core.GeneralizedTime(moment))

    assert codes(Profile.SIGNATURE, change) == {"lint.validity.encoding"}


def test_the_cap_by_generation_is_a_setting() -> None:
    """A recalled rule: no certificate outlives its issuer's, unless the setting says otherwise."""
    profiles = replace(SIGNATURE.profiles, cap_by_ca_generation=False)
    change = _validity(first=CA_EXPIRES - timedelta(days=1), last=CA_EXPIRES + timedelta(days=1))

    assert codes(Profile.SIGNATURE, change, profiles) == set()


@pytest.mark.parametrize("algorithm", ["sha1_rsa", "sha384_rsa", "rsassa_pss"])
def test_other_signature_algorithms_are_found(algorithm: str) -> None:
    """The algorithm inside the certificate is the issuer key's one."""
    assert codes(Profile.SIGNATURE, _set("signature", {"algorithm": algorithm})) == {"lint.signature-algorithm"}


def test_a_missing_null_is_found() -> None:
    """RFC 4055 §5: the parameters of an RSA signature are NULL, not absent; strict verifiers refuse the other form."""
    made, raw, issuer = specimen(Profile.SIGNATURE)
    reader = der.Reader(raw).inside(der.SEQUENCE)
    head = reader.whole(der.context(0)) + reader.whole(der.INTEGER)
    algorithm = reader.inside(der.SEQUENCE).whole(der.OBJECT_IDENTIFIER)
    rest = raw[raw.index(head) + len(head) + 15 :]
    without = der.sequence(head, der.sequence(algorithm), rest)

    assert examine(made.profiles, Profile.SIGNATURE, without, issuer)[0].codes == {"lint.signature-algorithm"}


def _keyed(spki: bytes) -> Change:
    return _set("subject_public_key_info", keys.PublicKeyInfo.load(spki))


def test_the_issuers_key_is_not_certified_again() -> None:
    """With the CA's key a holder could issue."""
    found = codes(Profile.SIGNATURE, _keyed(SIGNATURE.ca_signer.public_key))

    assert found == {"lint.public-key.own", "lint.subject-key-identifier"}


def test_another_algorithm_is_a_setting() -> None:
    """P-384 is chosen by one setting: a key of the other algorithm is found either way."""
    elliptic = pooled_signer(2, KeyAlgorithm.P384_SHA_384).public_key
    profiles = replace(SIGNATURE.profiles, algorithm=KeyAlgorithm.P384_SHA_384)

    assert codes(Profile.SIGNATURE, _keyed(elliptic)) == {"lint.public-key.algorithm", "lint.subject-key-identifier"}
    assert codes(Profile.SIGNATURE, _keyed(elliptic), profiles) == {"lint.subject-key-identifier"}


def _rsa(modulus: int, exponent: int = 65537) -> bytes:
    key = keys.RSAPublicKey({"modulus": modulus, "public_exponent": exponent})
    spki: bytes = keys.PublicKeyInfo({"algorithm": {"algorithm": "rsa"}, "public_key": key}).dump()
    return spki


@pytest.mark.parametrize("factor", [3, 7, 751])
def test_a_modulus_with_a_small_factor_is_found(factor: int) -> None:
    """NIST SP 800-89 §5.3.3: a broken generator in a card is caught before it is certified."""
    modulus = (2**2047 // factor + 1) * factor
    modulus += factor * (1 - modulus % 2)

    assert "lint.public-key.factors" in codes(Profile.SIGNATURE, _keyed(_rsa(modulus)))


@pytest.mark.parametrize("exponent", [3, 65539])
def test_another_exponent_is_found(exponent: int) -> None:
    """The profile's keys have exponent 65537."""
    found = codes(Profile.SIGNATURE, _keyed(_rsa(2**2047 + 1, exponent)))

    assert "lint.public-key.algorithm" in found


def test_an_unknown_issuer_key_is_found() -> None:
    """Under a CA whose key is not supported nothing is signed."""
    raw = to_be_signed(SIGNATURE.holder)
    issuer = x509.Certificate.load(SIGNATURE.ca)
    issuer["tbs_certificate"]["subject_public_key_info"] = keys.PublicKeyInfo.load(_rsa(2**1023 + 1))
    findings, _ = examine(SIGNATURE.profiles, Profile.SIGNATURE, raw, issuer.dump(force=True))

    assert "lint.signature-algorithm" in findings.codes


def test_another_encoding_is_found() -> None:
    """RFC 5280 §4.1: a boolean TRUE is FF in DER; 01 is the same value in BER."""
    made, raw, issuer = specimen(Profile.SIGNATURE_CA)
    other = raw.replace(b"\x55\x1d\x0f\x01\x01\xff", b"\x55\x1d\x0f\x01\x01\x01")

    assert other != raw
    assert "lint.der" in examine(made.profiles, Profile.SIGNATURE_CA, other, issuer)[0].codes


def test_a_certificate_that_a_reader_could_not_size_is_found() -> None:
    """`30 82 LL LL`: two length octets, so neither less than 256 bytes nor more than 65,535 (OpenSC)."""
    small = changed(
        to_be_signed(SIGNATURE.ca),
        lambda tbs: tbs.__setitem__("extensions", x509.Extensions([])),
    )
    made, _, _ = specimen(Profile.SIGNATURE_CA)

    assert "lint.size" not in examine(made.profiles, Profile.SIGNATURE_CA, small, None)[0].codes

    def huge(tbs: Any) -> None:
        text = x509.DirectoryString(name="utf8_string", value="0" * 70_000)
        tbs["subject"].chosen[1][0]["value"] = text

    assert codes(Profile.AUTHENTICATION, huge) == {"lint.size", "lint.names.lengths"}


@pytest.mark.parametrize("field", ["issuer_unique_id", "subject_unique_id"])
def test_a_unique_identifier_is_found(field: str) -> None:
    """RFC 5280 §4.1.2.8: certificates have none; names and keys tell who is who."""

    def change(tbs: Any) -> None:
        tbs[field] = core.OctetBitString(b"\x01")

    assert codes(Profile.SIGNATURE, change) == {"lint.unique-identifiers"}
